"""What is deployed says itself where to begin, unless it may not be read."""

from pathlib import Path
from typing import Any

import pytest

from rbm_ops.doctor.observed import Kind, Observed, System, Unseen
from rbm_ops.doctor.target import find_target
from rbm_ops.smoke.target import NoTarget, Target

_TOKENS = '{"": ["NEW", "OLD"]}'
_OPEN = {"webhook": {"serviceConfig": {"uri": "https://webhook.example.com", "ingressSettings": "ALLOW_ALL"}}}
_CLOSED = {"webhook": {"serviceConfig": {"uri": "https://x", "ingressSettings": "ALLOW_INTERNAL_AND_GCLB"}}}


def _find(functions: Any = _OPEN, value: Any = _TOKENS, **given: Any) -> Target | Unseen:
    secrets = {"rbm-client-tokens": {"latest": {}, "value": value}}
    observed = Observed(System(Kind.DEPLOYED, "p"), {"functions": functions, "secrets": secrets})
    return find_target(observed, **{"webhook": "", "tokens_file": None, **given})


def test_newest_token_of_the_partner_webhook_is_used_at_its_address() -> None:
    assert _find() == Target("https://webhook.example.com/", "p", "rbm-ledger", "NEW")


def test_address_and_tokens_that_are_given_come_first(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    file.write_text('{"": ["GIVEN"]}')
    found = _find(_CLOSED, Unseen("no"), webhook="https://lb.example.com", tokens_file=file)
    assert found == Target("https://lb.example.com/", "p", "rbm-ledger", "GIVEN")


@pytest.mark.parametrize(
    ("functions", "value", "reason"),
    [
        (_CLOSED, _TOKENS, "load balancer"),
        ({}, _TOKENS, "--webhook"),
        (Unseen("HTTP 403"), _TOKENS, "--webhook"),
        (_OPEN, Unseen("HTTP 403"), "--tokens-file"),
        (_OPEN, '{"shop": ["OTHER"]}', "--tokens-file"),
        (_OPEN, "no JSON", "--tokens-file"),
    ],
)
def test_what_is_not_known_is_asked_for(functions: Any, value: Any, reason: str) -> None:
    found = _find(functions, value)
    assert isinstance(found, Unseen)
    assert reason in found.reason


def test_file_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoTarget):
        _find(tokens_file=tmp_path / "none")
