"""Adding and retiring never lock Google out, and no refusal repeats a token."""

import pytest

from rbm_ledger.domain.signature import fingerprint_token
from rbm_ops.tokens.changing import Refusal, add_token, make_token, retire_token
from rbm_ops.tokens.usage import Standing, Use

_OLD, _NEW = "OLDOLDOLDOLDOLDOLD", "NEWNEWNEWNEWNEWNEW"
_TOKENS = {"": (_NEW, _OLD)}


def _stand(token: str, *, webhook: str = "", is_safe: bool = False) -> Standing:
    return Standing(webhook, fingerprint_token(token), Use(), is_safe, "because")


def test_added_token_is_the_newest_and_the_others_stay() -> None:
    assert add_token({"": (_OLD,), "shop": (_OLD,)}, "", _NEW) == {"": (_NEW, _OLD), "shop": (_OLD,)}


def test_webhook_that_has_none_gets_its_first() -> None:
    assert add_token({"": (_OLD,)}, "shop", _NEW) == {"": (_OLD,), "shop": (_NEW,)}


@pytest.mark.parametrize(
    ("webhook", "token"),
    [
        ("", _OLD),
        ("", "SHORT"),
        ("", ""),
        ("", "WITH A BLANK IN IT AND LONG"),
        ("", "UMLAUTÄÄÄÄÄÄÄÄÄÄÄÄ"),
        ("a/b", _NEW),
        ("", "X" * 70_000),
    ],
)
def test_token_that_would_not_do_is_refused_and_not_repeated(webhook: str, token: str) -> None:
    with pytest.raises(Refusal) as refusal:
        add_token({"": (_OLD,)}, webhook, token)
    assert _OLD not in str(refusal.value)
    assert not token or token not in str(refusal.value)


def test_token_made_here_is_taken_and_no_other_one() -> None:
    token = make_token()
    assert add_token({"": (_OLD,)}, "", token)[""] == (token, _OLD)
    assert token != make_token()


def test_safe_token_is_retired() -> None:
    standings = [_stand(_NEW), _stand(_OLD, is_safe=True)]
    left, retired = retire_token(_TOKENS, standings, fingerprint_token(_OLD), is_forced=False)
    assert left == {"": (_NEW,)}
    assert retired.fingerprint == fingerprint_token(_OLD)


def test_token_that_is_not_safe_is_retired_by_force_alone() -> None:
    standings = [_stand(_NEW), _stand(_OLD)]
    with pytest.raises(Refusal, match="because"):
        retire_token(_TOKENS, standings, fingerprint_token(_OLD), is_forced=False)
    left, _ = retire_token(_TOKENS, standings, fingerprint_token(_OLD), is_forced=True)
    assert left == {"": (_NEW,)}


def test_only_token_of_a_webhook_stays_even_by_force() -> None:
    with pytest.raises(Refusal, match="only token"):
        retire_token({"": (_OLD,)}, [_stand(_OLD, is_safe=True)], fingerprint_token(_OLD), is_forced=True)


def test_fingerprint_of_none_or_of_two_is_refused() -> None:
    tokens = {"": (_NEW, _OLD), "shop": (_NEW, _OLD)}
    standings = [_stand(_OLD), _stand(_OLD, webhook="shop")]
    with pytest.raises(Refusal, match="no token"):
        retire_token(tokens, standings, "00000000", is_forced=True)
    with pytest.raises(Refusal, match="--webhook"):
        retire_token(tokens, standings, fingerprint_token(_OLD), is_forced=True)
