"""However much was signed: each document that it changes has room for it, and for others beside it."""

import json
from typing import Any

import pytest
from tests.functions.domain.builders import (
    AGENT,
    MESSAGE,
    MESSAGE_DOCUMENT,
    USER_MESSAGE_DOCUMENT,
    correlate,
    correlate_type,
    fold_all,
    record_answer,
)
from tests.functions.domain.swept import tap
from tests.support.payloads import event_bytes
from tests.support.storage_size import MAX_DOCUMENT_BYTES, document_bytes

from rbm_ledger.domain.ledger import Merge, quarantine_path

# What is left of the largest body that `webhook` can be set to take.
MOST_BYTES = 970_000
LONG = "x" * 600_000


def tap_saying(**said: Any) -> bytes:
    fields = json.loads(tap(MESSAGE))
    fields["suggestionResponse"] |= said
    return json.dumps(fields).encode()


LONG_EVENTS = {
    "text beside half a pair": event_bytes("user-message-text", text="é\ud800").replace(
        b"\\u00e9", "é".encode() * 380_000
    ),
    "text": event_bytes("user-message-text", text="x" * MOST_BYTES),
    "small numbers": event_bytes("user-message-text", more=[0] * 300_000),
    "small numbers in a place": event_bytes("user-message-location", location={"points": [0] * 300_000}),
    "numbers that grow as JSON": event_bytes("user-message-text").replace(
        b'"Hello, world!"', b"[" + b"1e15," * 180_000 + b"0]"
    ),
    "time of numbers that grow": event_bytes("user-message-text", sendTime=0).replace(
        b'"sendTime": 0', b'"sendTime": [' + b"1e15," * 180_000 + b"0]"
    ),
    "eventType": event_bytes("user-event-delivered", eventType=LONG),
    "eventId": event_bytes("user-event-delivered", eventId=LONG),
    "time of an event": event_bytes("user-event-delivered", sendTime=LONG),
    "agent of a message": event_bytes("user-message-text", agentId=LONG),
    "agent of nothing known": json.dumps({"agentId": LONG}).encode(),
    "type without a message": json.dumps({"agentId": "a", "eventType": LONG}).encode(),
    "launch event": event_bytes("agent-launch-event", more=LONG),
    "launch event without an id": event_bytes("agent-launch-event", more=LONG, without=("eventId",)),
    "text of a tap": tap_saying(text=LONG),
    "type of a tap": tap_saying(type=LONG),
}


def assert_room(merges: tuple[Merge, ...]) -> None:
    for path, document in fold_all(merges).items():
        assert document_bytes(path, document) <= MAX_DOCUMENT_BYTES


@pytest.mark.parametrize("store_content", [True, False])
@pytest.mark.parametrize("payload", LONG_EVENTS.values(), ids=LONG_EVENTS)
def test_long_event_fits_into_each_of_its_documents(payload: bytes, store_content: bool) -> None:
    assert len(payload) <= MOST_BYTES + 1000
    assert_room(correlate(payload, store_content=store_content))


@pytest.mark.parametrize("payload", LONG_EVENTS.values(), ids=LONG_EVENTS)
def test_long_event_is_kept_raw_and_whole(payload: bytes) -> None:
    documents = fold_all(correlate(payload))
    assert documents[quarantine_path(payload)]["raw"] == payload


def test_long_contents_of_one_id_fit_beside_each_other() -> None:
    long_text = "x" * 90_000
    contents = [
        event_bytes("user-message-text", text=long_text, more=long_text),
        event_bytes("user-message-text", text=long_text),
        event_bytes("user-message-location", location={"label": long_text}),
        event_bytes("user-message-file", userFile={"payload": long_text}),
        event_bytes("user-message-suggestion-reply", suggestionResponse={"text": long_text}),
        *(event_bytes("user-message-text", text=str(number) + LONG) for number in range(9)),
    ]
    assert_room(tuple(merge for payload in contents for merge in correlate(payload)))


def test_long_events_fit_beside_the_record_of_their_message() -> None:
    record = record_answer(200, contentMessage={"text": "Hello", "more": "x" * 240_000})
    events = [
        *correlate_type("READ", eventId=LONG),
        *correlate_type("DELIVERED", sendTime=LONG),
        *correlate_type("DELIVERED", eventType=LONG, eventId="another"),
        *correlate(tap_saying(text=LONG)),
        *correlate(tap_saying(text="y" + LONG)),
    ]
    assert_room((record, *events))
    message = fold_all([record, *events])[MESSAGE_DOCUMENT]
    assert len(message["events"]) == 3


def test_long_tap_says_beside_its_message_only_that_it_came() -> None:
    documents = fold_all(correlate(tap_saying(text="x" * 20_000)))
    [element] = documents[MESSAGE_DOCUMENT]["taps"]
    assert element.keys() == {"messageId", "sendTime"}
    assert documents[USER_MESSAGE_DOCUMENT]["suggestionResponse"]["text"] == "x" * 20_000


def test_long_launch_events_leave_room_to_pause_their_agent() -> None:
    events = [
        event_bytes("agent-launch-event", agentId=AGENT, more=str(number) + LONG, newLaunchState="LAUNCHED")
        for number in range(3)
    ]
    merges = tuple(merge for payload in events for merge in correlate(payload))
    assert_room(merges)
    assert fold_all(merges)["agents", AGENT]["launchStateAtMs"] == {"fi-rcs": {"LAUNCHED": 1741200619386}}


def test_name_that_is_long_stands_in_quarantine_as_its_digest() -> None:
    payload = LONG_EVENTS["agent of nothing known"]
    kept = fold_all(correlate(payload))[quarantine_path(payload)]
    assert len(kept["agentId"]) < 100
    assert kept["raw"] == payload
