"""A token is safe to retire when a newer one has taken its place for longer than Google repeats."""

from datetime import UTC, datetime, timedelta

import pytest

from rbm_ledger.domain.signature import fingerprint_token
from rbm_ops.tokens.usage import Standing, Usage, Use, judge_tokens

_NOW = datetime(2026, 11, 25, tzinfo=UTC)
_TOKENS = {"": ("NEW", "OLD")}


def _days_ago(days: float) -> Use:
    return Use(3, _NOW - timedelta(days=days))


def _judge(new: Use, old: Use, *, days: int = 8, unknown: str = "") -> list[Standing]:
    by_token = {("", fingerprint_token("NEW")): new, ("", fingerprint_token("OLD")): old}
    return judge_tokens(_TOKENS, Usage(by_token, days, unknown), _NOW)


def test_token_that_a_newer_one_has_replaced_is_safe_to_retire() -> None:
    new, old = _judge(_days_ago(0), Use())
    assert (new.is_safe_to_retire, old.is_safe_to_retire) == (False, True)
    assert old.fingerprint == fingerprint_token("OLD")


@pytest.mark.parametrize(
    ("new", "old", "why"),
    [
        (_days_ago(0), _days_ago(7.9), "in use"),
        (Use(), Use(), "no newer token has verified anything"),
        (Use(), _days_ago(1), "in use"),
        (_days_ago(9), Use(), "no newer token has verified anything"),
    ],
)
def test_token_that_may_be_needed_stays(new: Use, old: Use, why: str) -> None:
    standing = _judge(new, old)[1]
    assert not standing.is_safe_to_retire
    assert why in standing.why


def test_new_token_that_is_not_entered_yet_stays() -> None:
    new, _ = _judge(Use(), _days_ago(0))
    assert not new.is_safe_to_retire
    assert "RBM console" in new.why


def test_only_token_stays() -> None:
    [standing] = judge_tokens({"": ("OLD",)}, Usage({}), _NOW)
    assert not standing.is_safe_to_retire
    assert standing.why == "the only token of its webhook"


def test_shorter_look_back_than_google_repeats_says_nothing() -> None:
    assert not _judge(_days_ago(0), Use(), days=7)[1].is_safe_to_retire


def test_what_is_not_known_is_not_safe() -> None:
    standing = _judge(_days_ago(0), Use(), unknown="no logs")[1]
    assert not standing.is_safe_to_retire
    assert "no logs" in standing.why


def test_tokens_of_other_webhooks_do_not_speak_for_a_token() -> None:
    tokens = {"": ("OLD",), "shop": ("NEW", "OLD")}
    usage = Usage({("shop", fingerprint_token("NEW")): _days_ago(0)})
    partner, _, shop = judge_tokens(tokens, usage, _NOW)
    assert not partner.is_safe_to_retire
    assert shop.is_safe_to_retire
