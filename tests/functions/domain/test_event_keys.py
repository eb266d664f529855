"""A key that is equal for repeats of one event, and different for any two others."""

import json
from typing import Any

import pytest
from tests.support.payloads import event_bytes, list_names, load_bytes, load_json

from rbm_ledger.domain.events import event_key, parse_event

OTHER_MESSAGE = "0c9c2f9e-6a0d-4a8b-8a3f-3f1f0f6e2b11"


def key_of(payload: bytes) -> str:
    return event_key(parse_event(payload), payload)


@pytest.mark.parametrize("name", [name for name in list_names("decoded-events") if "capability" not in name])
def test_repeat_in_another_layout_has_the_same_key(name: str) -> None:
    fields = load_json(f"decoded-events/{name}")
    assert key_of(load_bytes(f"decoded-events/{name}")) == key_of(json.dumps(fields).encode())


def test_repeat_with_the_long_or_the_short_agent_id_has_the_same_key() -> None:
    short = event_bytes("user-event-delivered", agentId="growing-tree-bank")
    assert key_of(short) == key_of(event_bytes("user-event-delivered"))


def test_repeat_with_another_send_time_has_the_same_key() -> None:
    later = event_bytes("user-event-delivered", sendTime="2019-01-01T00:00:00Z")
    assert key_of(later) == key_of(event_bytes("user-event-delivered"))


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("user-event-delivered", {"agentId": "other-bank"}),
        ("user-event-delivered", {"senderPhoneNumber": "+12223334445"}),
        ("user-event-delivered", {"eventType": "READ"}),
        ("user-event-delivered", {"eventId": "another"}),
        ("user-event-delivered", {"messageId": OTHER_MESSAGE}),
        ("user-message-text", {"agentId": "other-bank"}),
        ("user-message-text", {"senderPhoneNumber": "+12223334445"}),
        ("user-message-text", {"messageId": "another"}),
        ("agent-launch-event", {"agentId": "other-bank"}),
        ("agent-launch-event", {"eventId": "another"}),
        ("agent-launch-event", {"newLaunchState": "LAUNCHED"}),
        ("capability-callback-response-deprecated", {"requestId": "another"}),
    ],
)
def test_another_event_has_another_key(name: str, changes: dict[str, Any]) -> None:
    assert key_of(event_bytes(name, **changes)) != key_of(event_bytes(name))


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("user-event-delivered", {"messageId": OTHER_MESSAGE}),
        ("user-event-is-typing", {"sendTime": "2019-01-01T00:00:00Z"}),
        ("user-event-unsubscribe", {"sendTime": "2019-01-01T00:00:00Z"}),
        ("agent-launch-event", {"regionId": "/v1/regions/se-rcs"}),
    ],
)
def test_events_that_have_no_event_id_are_told_apart_all_the_same(name: str, changes: dict[str, Any]) -> None:
    first = event_bytes(name, without=("eventId",))
    second = event_bytes(name, without=("eventId",), **changes)
    assert key_of(first) != key_of(second)
    assert key_of(first) == key_of(first)


def test_names_that_differ_only_in_where_one_ends_have_different_keys() -> None:
    first = event_bytes("user-event-delivered", senderPhoneNumber="+1\0x", eventId="y")
    second = event_bytes(
        "user-event-delivered", senderPhoneNumber="+1", eventType="x\0DELIVERED", eventId="y"
    )
    assert key_of(first) != key_of(second)
