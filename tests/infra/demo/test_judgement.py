"""The demo's verdict can go wrong in every way that it claims to see."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rbm_ledger.domain.ledger import State
from rbm_ops.demo import scenarios
from rbm_ops.demo.judgement import Found, find_differences
from rbm_ops.demo.scenarios import SCENARIOS, Scenario

_NOW = datetime(2026, 11, 22, tzinfo=UTC)
_OPTS_OUT = Scenario(
    "opts out", "0109", "text", State.READ, ("DELIVERED", "READ"), user_messages=("text",), opts_out=True
)


def _record(**changes: Any) -> dict[str, Any]:
    return {
        "stateRank": State.READ.value,
        "requestedTime": _NOW,
        "acceptedTime": _NOW,
        "attempts": [{"at": _NOW, "method": "create", "httpStatus": 200, "status": ""}],
        "events": [{"eventType": "DELIVERED"}, {"eventType": "READ"}],
    } | changes


_DECISION = {"reason": "undelivered", "certainty": "confirmed", "decidedTime": _NOW}
_RIGHT = Found(_record(), ("text",), {"optedOutAtMs": 1}, ("event", "keyword"))


def test_document_that_is_as_it_must_be_has_no_differences() -> None:
    assert find_differences(_OPTS_OUT, _RIGHT) == ()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (replace(_RIGHT, record={}), "no document"),
        (replace(_RIGHT, record=_record(stateRank=State.DELIVERED.value)), "state delivered, must be read"),
        (replace(_RIGHT, record=_record(events=[{"eventType": "READ"}])), "events ['READ']"),
        (
            replace(_RIGHT, record=_record(events=[*_record()["events"], {"eventType": "READ"}])),
            "events ['DELIVERED', 'READ', 'READ']",
        ),
        (replace(_RIGHT, record=_record(attempts=[])), "the platform must have been called"),
        (replace(_RIGHT, consent={}), "the consent is not as it must be"),
        (replace(_RIGHT, consent={"optedOutAtMs": 1, "optedInAtMs": 2}), "the consent is not as it must be"),
        (replace(_RIGHT, evidence_kinds=("event",)), "evidence of consent ('event',)"),
        (replace(_RIGHT, evidence_kinds=("event", "keyword", "keyword")), "evidence of consent"),
        (replace(_RIGHT, user_message_kinds=()), "user messages ()"),
        (
            replace(_RIGHT, record=_record(fallbackDecisions=[_DECISION])),
            "fallback undelivered, must be None",
        ),
        (replace(_RIGHT, user_message_kinds=("text", "text")), "user messages ('text', 'text')"),
    ],
)
def test_each_deviation_is_named(wrong: Found, named: str) -> None:
    assert any(named in difference for difference in find_differences(_OPTS_OUT, wrong))


@pytest.mark.parametrize("missing", ["requestedTime", "acceptedTime"])
def test_record_without_its_own_times_is_a_difference(missing: str) -> None:
    record = _record()
    del record[missing]
    assert find_differences(_OPTS_OUT, replace(_RIGHT, record=record))


def test_scenarios_use_every_content_file_of_the_documentation() -> None:
    files = {file.stem for file in (Path(scenarios.__file__).parent / "agent_messages").glob("*.json")}
    assert files == {scenario.content for scenario in SCENARIOS}
