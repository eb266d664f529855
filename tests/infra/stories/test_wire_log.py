"""The wire log beside the document: latencies, attempts, records that are gone, and what is awaited."""

from datetime import timedelta

import pytest
from tests.infra.stories.lives import REQUESTED_AT, Life

# What a step says of the wire


def test_call_has_its_number_its_latency_and_both_times() -> None:
    life = Life()
    life.call(200)
    step = life.last()
    assert (step["number"], step["outcome"]) == (1, "200 OK, 3 ms")
    assert step["receivedTime"] == REQUESTED_AT + timedelta(seconds=1)
    assert step["payload"] == {"request": {}, "answer": {}}


def test_callback_has_the_events_own_time_and_that_of_its_receipt() -> None:
    life = Life()
    life.receipt("DELIVERED")
    step = life.last()
    assert step["time"] == REQUESTED_AT + timedelta(seconds=0.5)
    assert step["receivedTime"] == REQUESTED_AT + timedelta(seconds=1)
    assert step["payload"]["eventType"] == "DELIVERED"


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ({}, "200, 3 ms"),
        ({"attempt": 2}, "attempt 2: 200, 3 ms"),
        ({"outcome": "failed", "httpStatus": 0}, "no answer, 3 ms"),
        ({"outcome": "dropped", "attempt": 0, "httpStatus": 0}, "dropped"),
    ],
)
def test_outcome_of_a_callback_says_which_attempt(outcome: dict[str, object], said: str) -> None:
    life = Life()
    life.call(200)
    life.receipt("DELIVERED", **outcome)
    assert life.last()["outcome"] == said


def test_steps_follow_the_wire_and_not_the_order_of_the_list() -> None:
    life = Life()
    life.call(200)
    life.receipt("DELIVERED")
    life.wire.reverse()
    assert [step["number"] for step in life.story()] == [None, 1, 2]


def test_calls_are_told_apart_by_their_status() -> None:
    """`send` died between the second answer and its record: the first attempt belongs to the first call."""
    life = Life()
    life.call(503, "UNAVAILABLE")
    life.call(200, recorded=False)
    first, second = life.story()[1:]
    assert "this settles nothing" in first["note"]
    assert "has not recorded" in second["note"]


def test_last_attempts_pair_with_the_last_calls_when_the_log_has_lost_the_first() -> None:
    life = Life()
    life.call(200)
    life.call(200)
    life.forget_wire(before=2)
    told = life.story()
    assert [step["number"] for step in told] == [None, None, 2]
    assert told[1]["time"] == REQUESTED_AT + timedelta(seconds=1)


def test_call_that_was_given_up_pairs_with_the_answer_that_came_too_late() -> None:
    life = Life()
    life.call(0)
    life.wire[0]["httpStatus"] = 200
    life.call(200)
    assert ["this settles nothing" in step["note"] for step in life.story()[1:]] == [True, False]
    assert [step["number"] for step in life.story()[1:]] == [1, 2]


# What the log has lost


def test_without_any_wire_log_the_document_tells_the_story() -> None:
    life = Life()
    life.call(429, "RESOURCE_EXHAUSTED")
    life.call(200)
    life.receipt("DELIVERED")
    life.receipt("TTL_EXPIRATION_REVOKED", changes={"sendTime": "2026-11-22T10:01:00Z"})
    whole = life.story()
    life.forget_wire()
    told = life.story()
    assert [step["number"] for step in told] == [None] * 5
    assert [step["outcome"] for step in told[1:]] == ["recorded", "429 RESOURCE_EXHAUSTED", "200", "recorded"]
    assert sorted(step["title"] for step in told) == sorted(step["title"] for step in whole)
    assert "outranks EXPIRED" in told[-1]["note"]


def test_what_the_log_has_lost_comes_before_what_it_still_has() -> None:
    life = Life()
    life.call(200)
    life.receipt("DELIVERED")
    life.receipt("READ")
    whole = life.story()
    life.forget_wire(before=3)
    told = life.story()
    assert [step["number"] for step in told] == [None, None, None, 3]
    assert told[-1] == whole[-1]


def test_event_of_which_only_a_failed_attempt_is_left_is_told_of_its_own() -> None:
    life = Life()
    life.call(200)
    life.receipt("DELIVERED", outcome="failed", httpStatus=401)
    life.receipt("DELIVERED", attempt=2)
    del life.wire[2]
    assert [(step["title"], step["number"]) for step in life.story()] == [
        ("requested", None),
        ("DELIVERED", None),
        ("agentMessages.create", 1),
        ("DELIVERED", 2),
    ]


def test_event_without_a_time_is_told_last() -> None:
    life = Life()
    life.receipt("DELIVERED", changes={"sendTime": None})
    life.receipt("READ")
    life.forget_wire()
    assert [step["title"] for step in life.story()] == ["READ", "DELIVERED"]


def test_event_with_an_unreadable_time_is_found_again() -> None:
    life = Life()
    life.call(200)
    life.receipt("DELIVERED", changes={"sendTime": "yesterday"})
    assert len(life.story()) == 3
    life.forget_wire()
    assert "the user's device has it" in life.last()["note"]


# What is awaited


@pytest.mark.parametrize(
    ("status", "receipts", "awaited"),
    [
        (429, (), ["an answer of the platform"]),
        (200, (), ["DELIVERED, as soon as", "READ, after that"]),
        (200, ("DELIVERED",), ["READ, if the user"]),
        (200, ("DELIVERED", "READ"), []),
        (200, ("TTL_EXPIRATION_REVOKED",), ["nothing; a late DELIVERED would still win"]),
        (200, ("TTL_EXPIRATION_REVOKE_FAILED",), ["DELIVERED, if the phone"]),
        (404, (), []),
        (403, (), []),
    ],
)
def test_awaited_follows_from_the_state(status: int, receipts: tuple[str, ...], awaited: list[str]) -> None:
    life = Life()
    life.call(status)
    for receipt in receipts:
        life.receipt(receipt)
    assert len(life.awaited()) == len(awaited)
    assert all(said.startswith(start) for said, start in zip(life.awaited(), awaited, strict=True))


def test_receipt_alone_awaits_the_record_of_send() -> None:
    life = Life()
    life.receipt("READ")
    [awaited] = life.awaited()
    assert "the record of `send`" in awaited


def test_failed_callback_is_awaited_until_a_later_attempt_succeeds() -> None:
    life = Life()
    life.call(200)
    life.receipt("DELIVERED", outcome="failed", httpStatus=401, callback=5)
    assert "DELIVERED: Google repeats it at 2026-11-22T10:00:09Z" in life.awaited()
    life.receipt("DELIVERED", callback=5, attempt=2)
    assert not any("Google repeats" in awaited for awaited in life.awaited())


def test_published_receipt_is_awaited_until_correlate_has_written_it() -> None:
    life = Life()
    life.call(200)
    life.receipt("DELIVERED", written=False)
    assert any("`correlate` has not written it yet" in awaited for awaited in life.awaited())
    life.receipt("DELIVERED")
    assert not any("`correlate`" in awaited for awaited in life.awaited())
