"""Which call decided a message's state, and what a POST is told whose message is known already."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.builders import REQUESTED, fold_one, merge_step, record_answer

from rbm_ledger.domain.attempts import find_deciding_attempt, http_status_of, list_attempts
from rbm_ledger.domain.ledger import State

USER_LIMIT = "You have reached the allowed traffic limit for this agent on the user"


def attempt(
    http_status: int, *, minute: int = 0, method: str = "create", message: str = ""
) -> dict[str, Any]:
    at = REQUESTED + timedelta(minutes=minute)
    return {"at": at, "method": method, "httpStatus": http_status, "status": "", "message": message}


def record(state: State, *attempts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"stateRank": state.value, "attempts": list(attempts), **fields}


def deciding_status(state: State, *attempts: dict[str, Any]) -> int | None:
    found = find_deciding_attempt(record(state, *attempts))
    return found["httpStatus"] if found else None


def test_call_that_led_to_the_state_decided_it_whatever_came_later() -> None:
    later = (attempt(503, minute=2), attempt(401, minute=3))
    assert deciding_status(State.REJECTED, attempt(403, minute=1), *later) == 403
    assert deciding_status(State.UNREACHABLE, attempt(404, minute=1), *later) == 404


def test_of_several_the_last_one_counts() -> None:
    assert deciding_status(State.REJECTED, attempt(403, minute=2), attempt(400, minute=1)) == 403
    assert deciding_status(State.PENDING, attempt(503, minute=1), attempt(429, minute=2)) == 429


def test_where_none_led_to_the_state_the_last_one_counts() -> None:
    assert deciding_status(State.DELIVERED, attempt(503, minute=2), attempt(500, minute=1)) == 503


def test_message_that_was_never_called_for_has_none() -> None:
    assert deciding_status(State.SUPPRESSED) is None
    assert find_deciding_attempt({}) is None


def test_revoke_decides_nothing_about_the_create() -> None:
    assert deciding_status(State.ACCEPTED, attempt(200), attempt(404, minute=1, method="delete")) == 200


@given(st.permutations(range(5)))
def test_order_of_the_array_changes_nothing(minutes: list[int]) -> None:
    attempts = [attempt(503, minute=minute) for minute in minutes]
    listed = list_attempts(record(State.PENDING, *attempts), "create")
    assert [element["at"] for element in listed] == sorted(element["at"] for element in attempts)


@pytest.mark.parametrize("state", [state for state in State if state >= State.ACCEPTED])
def test_message_that_was_taken_is_200(state: State) -> None:
    assert http_status_of(record(state, attempt(503), attempt(404))) == 200


@pytest.mark.parametrize(
    ("state", "attempts", "http_status"),
    [
        (State.UNREACHABLE, [attempt(404)], 404),
        (State.UNREACHABLE, [attempt(429, message=USER_LIMIT)], 429),
        (State.UNREACHABLE, [], 404),
        (State.REJECTED, [attempt(403)], 403),
        (State.REJECTED, [attempt(403), attempt(503, minute=1)], 403),
        (State.REJECTED, [attempt(418)], 418),
        (State.REJECTED, [], 400),
        (State.SUPPRESSED, [], 422),
        (State.PENDING, [attempt(429)], 503),
        (State.UNKNOWN_MESSAGE, [], 503),
    ],
)
def test_message_that_was_not_taken_has_the_status_of_the_call_that_decided_it(
    state: State, attempts: list[dict[str, Any]], http_status: int
) -> None:
    assert http_status_of(record(state, *attempts)) == http_status


def test_request_with_faults_is_400_whatever_else_was_tried() -> None:
    assert (
        http_status_of(record(State.REJECTED, attempt(403), faults=[{"path": "ttl", "problem": "x"}])) == 400
    )


def test_call_that_is_not_made_again_was_not_sent_as_far_as_anybody_knows() -> None:
    unanswered = record(State.UNRESOLVED, attempt(503))
    assert http_status_of(unanswered) == 200
    assert http_status_of({**unanswered, "suppressedReason": "expired"}) == 422


@pytest.mark.parametrize(
    ("step", "http_status"),
    [
        *(("pending", 503), ("suppressed", 422), ("rejected", 400), ("unreachable", 404), ("accepted", 200)),
        *(("revoked", 200), ("DELIVERED", 200), ("TTL_EXPIRATION_REVOKED", 200)),
    ],
)
def test_document_as_it_is_written_tells_its_status(step: str, http_status: int) -> None:
    assert http_status_of(fold_one(merge_step(step))) == http_status


def test_attempt_without_a_time_stands_first() -> None:
    untimed = {"method": "create", "httpStatus": 503}
    assert list_attempts(record(State.PENDING, attempt(429), untimed), "create")[0] is untimed


def test_rejection_after_a_timeout_is_told_by_the_rejection() -> None:
    document = fold_one([record_answer(503), record_answer(403, minute=1)])
    assert http_status_of(document) == 403
