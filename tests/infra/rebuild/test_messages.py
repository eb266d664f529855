"""A message's document against itself: nothing is said of what the functions wrote, something of all else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.builders import (
    AGENT,
    EVENT_FILES,
    MESSAGE,
    MESSAGE_DOCUMENT,
    RECEIVED,
    SENDS,
    fold_all,
    fold_one,
    merge_step,
    record_answer,
)
from tests.functions.domain.swept import LIFE, message, rejected

from rbm_ledger.domain.deadlines import NEVER_MS, first_deadline_ms, orphan_deadline_ms, shard_of
from rbm_ledger.domain.fallback import read_fallback
from rbm_ledger.domain.ledger import State, fold
from rbm_ops.rebuild.differences import Difference
from rbm_ops.rebuild.messages import compare_message

# What may come first, and what comes of a message that there is.
_OPEN_REVOKE = record_answer(503, revoke=True)
_STEPS = [*(merge_step(step) for step in (*EVENT_FILES, *SENDS)), (rejected(),), (_OPEN_REVOKE,)]
_FIRST = [step for step in _STEPS if step[0].document == MESSAGE_DOCUMENT]


def compare(record: dict[str, Any]) -> list[Difference]:
    return list(compare_message(MESSAGE_DOCUMENT, record))


def mend(record: dict[str, Any]) -> dict[str, Any]:
    for difference in compare(record):
        if difference.mend is not None:
            record = fold(record, difference.mend)
    return record


def read_message(*steps: str) -> dict[str, Any]:
    return fold_one(merge for step in steps for merge in merge_step(step))


@given(st.sampled_from(_FIRST), st.lists(st.sampled_from([*_STEPS, *LIFE])))
def test_whatever_the_functions_wrote_differs_in_nothing(first: Any, later: Any) -> None:
    record = fold_all(merge for step in (first, *later) for merge in step)[MESSAGE_DOCUMENT]
    assert compare(record) == []


def test_revoke_that_is_open_says_nothing_of_the_message() -> None:
    assert compare(fold_one([_OPEN_REVOKE])) == []


@pytest.mark.parametrize("step", [step for step in SENDS if "not" not in step])
def test_rank_that_was_lowered_is_found_and_raised_again(step: str) -> None:
    record = read_message(step)
    [difference] = compare({**record, "stateRank": 0})
    assert (difference.field, difference.stored, difference.rebuilt) == ("stateRank", 0, record["stateRank"])
    assert mend({**record, "stateRank": 0}) == record


@pytest.mark.parametrize("stored", [None, "read", 59, True])
def test_rank_that_is_no_rank_or_too_low_becomes_that_of_the_events(stored: object) -> None:
    record = read_message("accepted", "DELIVERED")
    [difference] = compare({**record, "stateRank": stored})
    assert "DELIVERED" in difference.why
    assert mend({**record, "stateRank": stored})["stateRank"] == State.DELIVERED


def test_rank_that_nothing_leads_to_is_told_and_never_lowered() -> None:
    record = {**read_message("accepted", "DELIVERED"), "events": [], "signed": {}}
    [difference] = [each for each in compare(record) if each.field == "stateRank"]
    assert (difference.stored, difference.rebuilt, difference.mend) == (State.DELIVERED, State.ACCEPTED, None)
    assert mend(record)["stateRank"] == State.DELIVERED


@pytest.mark.parametrize("events", [[], None, "text"])
def test_event_whose_signed_content_is_there_comes_back(events: object) -> None:
    record = read_message("accepted", "DELIVERED", "READ")
    broken = {**record, "events": events, "stateRank": State.ACCEPTED}
    assert {each.field for each in compare(broken)} == {"events", "stateRank"}
    assert mend(broken) == record


@pytest.mark.parametrize(("step", "field"), [("accepted", "acceptedTime"), ("revoked", "revokedTime")])
def test_time_without_its_attempt_or_attempt_without_its_time_is_told(step: str, field: str) -> None:
    record = read_message(step)
    for missing in (field, "attempts"):
        less = {name: value for name, value in record.items() if name != missing}
        [difference] = compare(less)
        assert (difference.field, difference.mend) == (missing, None)


@pytest.mark.parametrize(("field", "name"), [("agentId", AGENT), ("messageId", MESSAGE)])
@pytest.mark.parametrize("stored", [None, "another"])
def test_name_that_is_missing_or_wrong_comes_from_that_of_the_document(
    field: str, name: str, stored: object
) -> None:
    record = read_message("accepted", "READ")
    assert mend({**record, field: stored})[field] == name
    assert mend(mend({**record, field: stored})) == record


def test_number_that_is_missing_beside_events_is_told() -> None:
    record = read_message("DELIVERED")
    del record["phoneNumber"]
    assert [(each.field, each.mend) for each in compare(record)] == [("phoneNumber", None)]


def test_name_that_a_hash_hides_is_told() -> None:
    path = ("agents", AGENT, "messages", "~" + "a" * 64)
    differences = list(compare_message(path, {"agentId": AGENT, "stateRank": 0}))
    assert [(each.field, each.mend) for each in differences] == [("messageId", None)]


def test_message_without_deadlines_comes_into_the_hands_of_the_sweep_again() -> None:
    """As those from before there was a sweep."""
    record = message(*LIFE[0])
    mended = mend({**record, "sweep": {}})
    assert mended["sweep"] == {
        "shard": shard_of(MESSAGE),
        "dueAtMs": first_deadline_ms(
            record["requestedTime"], record.get("expireTime"), read_fallback(record["fallback"])
        ),
        "orphanDueAtMs": NEVER_MS,
    }
    assert compare(mended) == []


@pytest.mark.parametrize("step", ["suppressed", "rejected", "unreachable"])
def test_message_that_was_not_sent_needs_no_deadline(step: str) -> None:
    """As `send` writes it where nothing was recorded before."""
    record = read_message(step)
    del record["sweep"]["dueAtMs"]
    assert compare(record) == []


def test_orphan_without_deadlines_is_looked_at_by_the_sweep_and_one_with_a_receipt_never_due() -> None:
    record = {**read_message("READ"), "updatedTime": RECEIVED, "sweep": None}
    assert mend(record)["sweep"] == {
        "shard": shard_of(MESSAGE),
        "dueAtMs": NEVER_MS,
        "orphanDueAtMs": orphan_deadline_ms(RECEIVED),
    }


@pytest.mark.parametrize("broken", ["text", 7, None, ["text"], {"eventType": "READ"}])
@pytest.mark.parametrize(
    "field", ["events", "attempts", "sweep", "fallback", "requestedTime", "fingerprints", "signed"]
)
def test_field_that_is_nothing_we_write_breaks_nothing(field: str, broken: object) -> None:
    compare({**message(*LIFE[0]), field: broken})
