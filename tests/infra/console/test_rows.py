"""Documents as rows and numbers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rbm_ledger.domain.consent import describe_consent
from rbm_ledger.domain.ledger import State
from rbm_ledger.domain.policies import AgentPolicies, AgentPolicy
from rbm_ops.console.rows import (
    conversation_row,
    conversation_rows,
    event_time,
    message_row,
    newest_first,
    summarize,
)
from rbm_ops.console.statistics import describe_statistics

_NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def _after(seconds: float) -> datetime:
    return _NOW + timedelta(seconds=seconds)


# Rows


@pytest.mark.parametrize(
    ("content", "summary"),
    [
        ({"text": "Hello"}, "Hello"),
        ({"text": "x" * 200}, "x" * 120),
        ({"richCard": {"standaloneCard": {"cardContent": {"title": "Shoes"}}}}, "Card: Shoes"),
        ({"richCard": {"standaloneCard": {"cardContent": {}}}}, "Card"),
        ({"richCard": {"carouselCard": {"cardContents": [{"title": "One"}, {}]}}}, "Carousel of 2: One"),
        ({"richCard": {"carouselCard": {"cardContents": [{}, {}]}}}, "Carousel"),
        ({"contentInfo": {"fileUrl": "https://x"}}, "File by address"),
        ({"uploadedRbmFile": {}}, "Uploaded file"),
        ({"newKind": 1}, ""),
        ({"richCard": "no object"}, ""),
        ("kept as text", ""),
        (None, ""),
    ],
)
def test_summary_is_what_a_person_would_recognise(content: Any, summary: str) -> None:
    assert summarize({"content": content}) == summary


def test_orphan_has_a_row_without_request() -> None:
    row = message_row(
        {"agentId": "a", "messageId": "m", "phoneNumber": "+1", "stateRank": 60, "updatedTime": _NOW}
    )
    assert (row["state"], "requestedTime" in row, "deliveredTime" in row) == ("delivered", False, False)


def test_first_event_of_a_type_counts_and_those_without_time_do_not() -> None:
    events = [
        {"eventType": "DELIVERED"},
        {"eventType": "DELIVERED", "sendTime": _after(2)},
        {"eventType": "DELIVERED", "sendTime": _after(1)},
        {"eventType": "READ", "sendTime": _NOW},
    ]
    assert event_time({"events": events}, "DELIVERED") == _after(1)
    assert event_time({}, "DELIVERED") is None


def test_rows_are_sorted_by_request_and_orphans_by_their_write() -> None:
    rows = [
        {"id": "first", "requestedTime": _NOW, "updatedTime": _after(9)},
        {"id": "third", "requestedTime": _after(2), "updatedTime": _after(2)},
        {"id": "orphan", "updatedTime": _after(1)},
    ]
    assert [row["id"] for row in newest_first(rows)] == ["third", "orphan", "first"]


@pytest.mark.parametrize(
    ("consent", "opted_out"),
    [
        ({}, False),
        ({"optedOutAtMs": 5}, True),
        ({"optedInAtMs": 5}, False),
        ({"optedOutAtMs": 5, "optedInAtMs": 4}, True),
        ({"optedOutAtMs": 5, "optedInAtMs": 6}, False),
        ({"optedInAtMs": 6, "heardAtMs": {"optedOut": {"a": 7}}}, True),
    ],
)
def test_later_word_on_consent_counts(consent: dict[str, Any], opted_out: bool) -> None:
    row = conversation_row({}, consent)
    assert row["optedOut"] is opted_out
    assert ("optedOutTime" in row) is ("optedOutAtMs" in describe_consent(consent))


def test_conversation_stands_with_the_consent_of_its_agent_or_of_its_brand() -> None:
    conversations = [{"agentId": agent, "phoneNumber": "+1"} for agent in ("branded", "own", "silent")]
    consents = [
        {"brand": "b", "phoneNumber": "+1", "optedOutAtMs": 5},
        {"agentId": "own", "phoneNumber": "+1", "optedInAtMs": 5},
        {"agentId": "own", "phoneNumber": "+2", "optedOutAtMs": 5},
        {"brand": "b", "phoneNumber": "+2", "optedOutAtMs": 5},
        {"agentId": "branded", "phoneNumber": "+1", "optedInAtMs": 9},
    ]
    policies = AgentPolicies({"branded": AgentPolicy(brand="b"), "*": AgentPolicy()})
    rows = conversation_rows(conversations, consents, policies)
    assert [(row["agentId"], row.get("brand"), row["phoneNumber"], row["optedOut"]) for row in rows] == [
        ("branded", "b", "+1", True),
        ("own", None, "+1", False),
        ("silent", None, "+1", False),
        ("own", None, "+2", True),
        ("", "b", "+2", True),
        ("branded", None, "+1", False),
    ]


# Statistics


def _message(
    state: State, *events: tuple[str, float], number: str = "+1", accepted: float | None = 0
) -> dict[str, Any]:
    return {
        "agentId": "a",
        "phoneNumber": number,
        "messageId": f"{number}/{accepted}",
        "stateRank": state.value,
        "events": [{"eventType": kind, "sendTime": _after(seconds)} for kind, seconds in events],
        **({} if accepted is None else {"acceptedTime": _after(accepted)}),
    }


def test_each_step_of_the_funnel_holds_those_below_it() -> None:
    messages = [
        _message(State.READ),
        _message(State.DELIVERED),
        _message(State.EXPIRED),
        _message(State.ACCEPTED),
        _message(State.PENDING, accepted=None),
        _message(State.REJECTED, accepted=None),
    ]
    told = describe_statistics(messages, [])
    assert told["funnel"] == {"requested": 6, "accepted": 4, "delivered": 2, "read": 1, "answered": 0}
    assert told["others"] == {"expired": 1, "pending": 1, "rejected": 1}


def test_latencies_leave_out_what_is_not_known_and_are_never_negative() -> None:
    messages = [
        _message(State.READ, ("DELIVERED", 1.5), ("READ", 4)),
        _message(State.READ, ("READ", 4)),
        _message(State.DELIVERED, ("DELIVERED", -3)),
        _message(State.DELIVERED, ("DELIVERED", 1), accepted=None),
    ]
    told = describe_statistics(messages, [])
    assert (told["deliverySeconds"], told["readSeconds"]) == ([1.5, 0.0], [2.5])


def test_answer_goes_to_the_latest_message_before_it() -> None:
    messages = [_message(State.READ, accepted=seconds) for seconds in (0, 10)]
    user = {"agentId": "a", "phoneNumber": "+1"}

    def answered(*times: float) -> int:
        written = [{**user, "sendTime": _after(seconds)} for seconds in times]
        return int(describe_statistics(messages, written)["funnel"]["answered"])

    assert (answered(-1), answered(5), answered(5, 6), answered(5, 11)) == (0, 1, 1, 2)
    stranger = [{"agentId": "a", "phoneNumber": "+2", "updatedTime": _after(5)}]
    assert describe_statistics(messages, stranger)["funnel"]["answered"] == 0
