"""The life of a message, told in the order it happened."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.builders import (
    REQUESTED,
    SENDS,
    correlate_type,
    fold_one,
    merge_step,
    record_answer,
)

from rbm_ledger.domain.explanations import explain
from rbm_ledger.domain.ledger import State, fold
from rbm_ledger.domain.timeline import Step, describe_record, describe_timeline, timeline

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
moments = st.integers(0, 3).map(lambda seconds: AT + timedelta(seconds=seconds))
events = st.fixed_dictionaries(
    {"eventId": st.text("ab", max_size=1), "eventType": st.sampled_from(("DELIVERED", "READ", "PLAYED"))},
    optional={"sendTime": moments},
)
attempts = st.fixed_dictionaries(
    {"at": moments, "httpStatus": st.sampled_from((0, 200, 503)), "status": st.just("")}
)
records: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"events": st.lists(events, max_size=5), "attempts": st.lists(attempts, max_size=3)},
    optional={"requestedTime": moments, "acceptedTime": moments, "revokedTime": moments},
)


def steps_of(record: dict[str, Any]) -> list[str]:
    return [step.what for step in timeline(record)]


def test_document_without_anything_has_no_steps() -> None:
    assert timeline({}) == ()


def test_steps_stand_by_time_whatever_order_they_came_in() -> None:
    merges = [
        *correlate_type("READ", sendTime="2026-11-22T13:00:00Z"),
        *correlate_type("DELIVERED", sendTime="2026-11-22T12:00:00Z"),
        record_answer(409, minute=2),
        record_answer(503, minute=1),
    ]
    assert steps_of(fold_one(merges)) == [
        *("requested", "attempted", "attempted", "accepted", "DELIVERED", "READ"),
    ]


def test_attempt_says_how_it_ended() -> None:
    document = fold(None, record_answer(503))
    assert timeline(document) == (Step("requested", REQUESTED), Step("attempted", REQUESTED, "503"))


def test_what_no_event_tells_is_told_too() -> None:
    decision = {"reason": "undelivered", "certainty": "inconclusive", "decidedTime": AT}
    record = {
        "gaveUpTime": AT,
        "fallbackDecisions": [decision, {**decision, "reason": "expired"}],
        "unresolvedTime": AT + timedelta(seconds=1),
        "taps": [
            {"messageId": "m", "sendTime": AT + timedelta(seconds=2), "postbackData": "p", "text": "Yes"}
        ],
    }
    assert timeline(record) == (
        Step("fallback", AT, "undelivered, inconclusive"),
        Step("given up", AT),
        Step("unresolved", AT + timedelta(seconds=1)),
        Step("tapped", AT + timedelta(seconds=2), "Yes"),
    )


@pytest.mark.parametrize("said", [None, 5, True, [], {"a": 1}], ids=repr)
def test_tap_that_says_no_text_is_told_without_one(said: object) -> None:
    record = {"taps": [{"messageId": "1", "text": "Yes"}, {"messageId": "2", "text": said}]}
    assert timeline(record) == (Step("tapped", None), Step("tapped", None, "Yes"))


def test_steps_of_the_same_time_stand_as_they_can_only_have_happened() -> None:
    record = {
        "events": [
            {"eventType": "READ", "sendTime": AT},
            {"eventType": "PLAYED", "sendTime": AT},
            {"eventType": "DELIVERED", "sendTime": AT},
        ],
        "attempts": [{"at": AT, "httpStatus": 200, "status": ""}],
        "acceptedTime": AT,
        "requestedTime": AT,
    }
    assert steps_of(record) == ["requested", "attempted", "accepted", "DELIVERED", "READ", "PLAYED"]


def test_step_that_nobody_timed_stands_first_and_has_no_time() -> None:
    merges = [*correlate_type("DELIVERED", sendTime=None), record_answer(200)]
    assert timeline(fold_one(merges))[0] == Step("DELIVERED", None)
    assert describe_timeline(fold_one(merges))[0] == {"what": "DELIVERED"}


def test_description_is_json_with_times_in_utc() -> None:
    document = fold(None, record_answer(503))
    assert describe_timeline(document) == [
        {"what": "requested", "at": "2026-11-22T11:00:00.000000Z"},
        {"what": "attempted", "at": "2026-11-22T11:00:00.000000Z", "detail": "503"},
    ]


def test_revocation_is_a_step() -> None:
    document = fold_one([record_answer(200), record_answer(200, minute=3, revoke=True)])
    assert steps_of(document)[-1] == "revoked"


@given(records, st.randoms(use_true_random=False))
def test_order_of_arrays_changes_nothing(record: dict[str, Any], random: Any) -> None:
    shuffled = {**record, "events": [*record["events"]], "attempts": [*record["attempts"]]}
    random.shuffle(shuffled["events"])
    random.shuffle(shuffled["attempts"])
    assert timeline(shuffled) == timeline(record)


@given(records)
def test_every_step_is_told_once_and_in_order(record: dict[str, Any]) -> None:
    steps = timeline(record)
    times = [step.at for step in steps if step.at is not None]
    assert times == sorted(times)
    assert len(steps) == len(record["events"]) + len(record["attempts"]) + sum(
        "Time" in name for name in record
    )


@pytest.mark.parametrize("step", [*SENDS, "DELIVERED", "TTL_EXPIRATION_REVOKED"])
def test_described_record_is_json_and_says_its_state_in_words(step: str) -> None:
    document = fold_one(merge_step(step))
    described = json.loads(json.dumps(describe_record(document)))
    assert described["state"] in {state.label for state in State}
    assert described["timeline"] == describe_timeline(document)
    assert described["explanation"] == explain(document)
    assert described.keys() - {"state", "explanation", "timeline"} == document.keys()
