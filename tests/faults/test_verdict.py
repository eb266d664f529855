"""The harness sees what it looks for: each way to lose, repeat or confuse something, planted."""

import dataclasses

import pytest
from tests.faults.load import Request
from tests.faults.verdict import Kept, Kind, Told, judge

_REQUEST = Request(1, "0101", is_published=True, copies=1)
_EXPIRING = Request(2, "0103", is_published=True, copies=1)
_UNREACHABLE = Request(3, "0104", is_published=True, copies=1)
_EVENTS = frozenset({("e1", "DELIVERED"), ("e2", "READ")})
_TOLD = Told(("id",), _EVENTS, {"u1": "text"}, opted_out=True)
_RECORD = {
    "stateRank": 70,
    "requestedTime": "then",
    "events": [{"eventId": "e1", "eventType": "DELIVERED"}, {"eventId": "e2", "eventType": "READ"}],
}
_KEPT = Kept(_RECORD, {"u1": "text"}, opted_out=True, told_rank=70)


def _kinds(request: Request, told: Told, kept: Kept) -> list[Kind]:
    return [problem.kind for problem in judge(request, told, kept)]


def test_books_that_agree_have_no_problem() -> None:
    assert _kinds(_REQUEST, _TOLD, _KEPT) == []


def test_message_accepted_twice_is_found() -> None:
    told = dataclasses.replace(_TOLD, accepted=("id", "other"))
    assert _kinds(_REQUEST, told, _KEPT) == [Kind.TWICE]


def test_missing_document_is_lost() -> None:
    assert _kinds(_REQUEST, _TOLD, Kept()) == [Kind.LOST]


def test_missing_event_is_lost_though_the_state_is_right() -> None:
    record = {**_RECORD, "events": [{"eventId": "e2", "eventType": "READ"}]}
    assert _kinds(_REQUEST, _TOLD, dataclasses.replace(_KEPT, message=record)) == [Kind.LOST]


def test_event_that_nobody_sent_is_wrong() -> None:
    told = dataclasses.replace(_TOLD, events=frozenset({("e2", "READ")}))
    assert _kinds(_REQUEST, told, _KEPT) == [Kind.WRONG]


@pytest.mark.parametrize("rank", [0, 10, 30, 60])
def test_state_below_its_events_is_wrong(rank: int) -> None:
    record = {**_RECORD, "stateRank": rank}
    assert _kinds(_REQUEST, _TOLD, dataclasses.replace(_KEPT, message=record)) == [Kind.WRONG]


def test_update_that_never_came_is_lost() -> None:
    assert _kinds(_REQUEST, _TOLD, dataclasses.replace(_KEPT, told_rank=60)) == [Kind.LOST]


def test_request_that_nobody_recorded_is_lost() -> None:
    record = {name: value for name, value in _RECORD.items() if name != "requestedTime"}
    assert _kinds(_REQUEST, _TOLD, dataclasses.replace(_KEPT, message=record)) == [Kind.LOST]


def test_request_that_never_went_out_is_lost() -> None:
    kept = Kept({"stateRank": 10, "requestedTime": "then"}, told_rank=10)
    assert _kinds(_REQUEST, Told(), kept) == [Kind.LOST]


def test_request_that_came_too_late_is_suppressed() -> None:
    kept = Kept({"stateRank": 20, "requestedTime": "then"}, told_rank=20)
    assert _kinds(_EXPIRING, Told(), kept) == []
    assert _kinds(_REQUEST, Told(), kept) == [Kind.LOST]


def test_refusal_is_the_state_of_what_the_platform_refused() -> None:
    kept = Kept({"stateRank": 22, "requestedTime": "then"}, told_rank=22)
    assert _kinds(_UNREACHABLE, Told(), kept) == []
    assert _kinds(_UNREACHABLE, Told(), dataclasses.replace(kept, message={**_RECORD, "stateRank": 21}))


def test_users_message_that_is_missing_or_another_is_lost() -> None:
    for user_messages in ({}, {"u1": "location"}):
        kept = dataclasses.replace(_KEPT, user_messages=user_messages)
        assert _kinds(_REQUEST, _TOLD, kept) == [Kind.LOST]


def test_opt_out_that_is_missing_is_lost() -> None:
    assert _kinds(_REQUEST, _TOLD, dataclasses.replace(_KEPT, opted_out=False)) == [Kind.LOST]
