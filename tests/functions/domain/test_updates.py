"""What other services are told."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from tests.functions.domain.builders import (
    AGENT,
    MESSAGE,
    PHONE,
    RECEIVED,
    correlate_type,
    fold_one,
    merge_step,
    record_answer,
)
from tests.functions.domain.strategies import event_objects
from tests.support.payloads import event_bytes, load_json

from rbm_ledger.domain.events import AgentLaunchEvent, Event, ServerEvent, UserEvent, UserMessage, parse_event
from rbm_ledger.domain.explanations import explain
from rbm_ledger.domain.ledger import State, fold
from rbm_ledger.domain.updates import (
    Update,
    describe_event,
    launch_update,
    message_update,
    user_message_update,
)

RECORDED = "2026-11-22T12:00:00.000000Z"


def read(update: Update) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(update.data, parse_constant=pytest.fail)
    return fields


def tell_message(record: dict[str, Any]) -> Update:
    return message_update(record, event=None, recorded_at=RECEIVED)


def test_message_update_says_all_of_the_contract() -> None:
    sent = record_answer(
        503, source="orders", clientReference="1234", labels={"campaign": "none"}, idempotencyKey=None
    )
    receipt = parse_event(event_bytes("user-event-delivered"))
    assert isinstance(receipt, UserEvent)
    record = fold_one([sent, *correlate_type("DELIVERED")])
    update = message_update(record, event=describe_event(receipt), recorded_at=RECEIVED)
    assert read(update) == {
        "kind": "message",
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "messageId": MESSAGE,
        "state": "delivered",
        "explanation": explain(record),
        "source": "orders",
        "clientReference": "1234",
        "labels": {"campaign": "none"},
        "event": {
            "eventId": "MxJdOFFXN4QBmdGn1GLbqnpw",
            "eventType": "DELIVERED",
            "sendTime": "2018-12-31T15:01:23.045123Z",
        },
        "timeline": [
            {"what": "DELIVERED", "at": "2018-12-31T15:01:23.045123Z"},
            {"what": "requested", "at": "2026-11-22T11:00:00.000000Z"},
            {"what": "attempted", "at": "2026-11-22T11:00:00.000000Z", "detail": "503"},
        ],
        "recordedTime": RECORDED,
    }
    assert update.attributes == {
        "kind": "message",
        "state": "delivered",
        "agentId": AGENT,
        "source": "orders",
    }


def test_message_without_a_request_has_no_source_to_filter_on() -> None:
    update = tell_message(fold_one(correlate_type("READ")))
    assert update.attributes == {"kind": "message", "state": "read", "agentId": AGENT}
    assert "event" not in read(update)


def test_state_never_goes_back_whatever_event_came_last() -> None:
    record: dict[str, Any] = {}
    told = []
    for step in ("accepted", "READ", "DELIVERED", "TTL_EXPIRATION_REVOKED", "accepted"):
        for merge in merge_step(step):
            record = fold(record, merge)
        told.append(tell_message(record).attributes["state"])
    assert told == ["accepted", "read", "read", "read", "read"]


def test_rejected_message_names_its_faults() -> None:
    faults = [{"path": "ttl", "problem": "must be a text"}]
    fields = read(tell_message({"agentId": AGENT, "stateRank": State.REJECTED.value, "faults": faults}))
    assert (fields["state"], fields["faults"]) == ("rejected", faults)


@pytest.mark.parametrize("name", ["user-message-text", "user-message-file", "user-message-suggestion-reply"])
def test_user_message_update_carries_the_message_whole(name: str) -> None:
    event = parse_event(event_bytes(name))
    assert isinstance(event, UserMessage)
    update = user_message_update(event, RECEIVED)
    assert read(update) == {
        "kind": "userMessage",
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "messageId": "MxIgT-4pWCQu2tH9hMkSTljQ",
        "event": load_json(f"decoded-events/{name}.json"),
        "recordedTime": RECORDED,
    }
    assert update.attributes == {"kind": "userMessage", "agentId": AGENT}


def test_launch_update_says_the_new_state_and_every_field() -> None:
    event = parse_event(event_bytes("agent-launch-event"))
    assert isinstance(event, AgentLaunchEvent)
    update = launch_update(event, RECEIVED)
    assert update.attributes == {"kind": "agentLaunch", "state": "REJECTED", "agentId": "rbm-chatbot-id"}
    assert read(update)["event"] == load_json("decoded-events/agent-launch-event.json")


def tell(event: Event) -> Update | None:
    match event:
        case UserMessage():
            return user_message_update(event, RECEIVED)
        case AgentLaunchEvent():
            return launch_update(event, RECEIVED)
        case UserEvent() | ServerEvent():
            return message_update(
                {}, event=describe_event(event), recorded_at=datetime.max.replace(tzinfo=UTC)
            )
    return None


@given(event_objects)
def test_update_of_any_event_is_json(payload: bytes) -> None:
    update = tell(parse_event(payload))
    assert update is None or read(update)["recordedTime"]


@pytest.mark.parametrize("location", [b"1e999", b"-1e999", b"123456789012345678901234567890", b'"\\ud800"'])
def test_update_of_an_odd_value_is_json(location: bytes) -> None:
    payload = event_bytes("user-message-location").replace(b"37.422", location)
    update = tell(parse_event(payload))
    assert update is None or read(update)["kind"] == "userMessage"
