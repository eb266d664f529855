"""Signed bytes become a typed event, whatever Google adds or leaves out."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.strategies import HOSTILE_BYTES, event_objects, garbage
from tests.support.payloads import event_bytes, list_names, load_bytes, load_json

from rbm_ledger.domain.events import (
    AgentLaunchEvent,
    ServerEvent,
    UnknownEvent,
    UserEvent,
    UserMessage,
    event_key,
    is_known_type,
    parse_event,
)

AGENT, PHONE = "growing-tree-bank", "+12223334444"
OURS, THEIRS, EVENT = (
    "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11",
    "MxIgT-4pWCQu2tH9hMkSTljQ",
    "MxJdOFFXN4QBmdGn1GLbqnpw",
)
SENT = datetime(2018, 12, 31, 15, 1, 23, 45123, UTC)
LAUNCH = "rbm-chatbot-id/0a7ed168-676e-4a56-b422-b23434"

# file: (family, type, agent, phone number, id of the message, id of the event)
EXPECTED = {
    "agent-launch-event": ("AgentLaunchEvent", "REJECTED", "rbm-chatbot-id", None, None, LAUNCH),
    "capability-callback-response-deprecated": ("Unknown", "", "", None, None, None),
    "server-event-ttl-expiration-revoke-failed": (
        *("ServerEvent", "TTL_EXPIRATION_REVOKE_FAILED", AGENT, PHONE, OURS),
        "c4a8d9e3-6e1a-4a1c-9a0f-1d2e3f4a5b6c",
    ),
    "server-event-ttl-expiration-revoked": (
        *("ServerEvent", "TTL_EXPIRATION_REVOKED", AGENT, PHONE, OURS),
        "b3f7c8f2-5d0f-4f0b-8f9e-0c1d2e3f4a5b",
    ),
    "user-event-delivered-minimal": ("UserEvent", "DELIVERED", AGENT, PHONE, OURS, EVENT),
    "user-event-delivered": ("UserEvent", "DELIVERED", AGENT, PHONE, OURS, EVENT),
    "user-event-is-typing": ("UserEvent", "IS_TYPING", AGENT, PHONE, None, EVENT),
    "user-event-read": ("UserEvent", "READ", AGENT, PHONE, OURS, EVENT),
    "user-event-subscribe": ("UserEvent", "SUBSCRIBE", AGENT, PHONE, None, EVENT),
    "user-event-suggestion-action-with-event-id": (
        *("UserMessage", "suggestionResponse", AGENT, PHONE, EVENT, None),
    ),
    "user-event-unsubscribe": ("UserEvent", "UNSUBSCRIBE", AGENT, PHONE, None, EVENT),
    "user-message-file": ("UserMessage", "userFile", AGENT, PHONE, THEIRS, None),
    "user-message-location": ("UserMessage", "location", AGENT, PHONE, THEIRS, None),
    "user-message-suggestion-action-us": (
        *("UserMessage", "suggestionResponse", AGENT, "+18001111111", "MxXXXXXXXXXXXXXXXX", None),
    ),
    "user-message-suggestion-reply-no-type": (
        "UserMessage",
        "suggestionResponse",
        AGENT,
        PHONE,
        THEIRS,
        None,
    ),
    "user-message-suggestion-reply": ("UserMessage", "suggestionResponse", AGENT, PHONE, THEIRS, None),
    "user-message-text-us": ("UserMessage", "text", AGENT, "+12025550123", THEIRS, None),
    "user-message-text-with-event-id": ("UserMessage", "text", AGENT, PHONE, THEIRS, None),
    "user-message-text": ("UserMessage", "text", AGENT, PHONE, THEIRS, None),
}
WITHOUT_SEND_TIME = {
    "capability-callback-response-deprecated",
    "user-event-delivered-minimal",
    "user-event-subscribe",
    "user-event-suggestion-action-with-event-id",
    "user-event-unsubscribe",
    "user-message-text-with-event-id",
}
each_file = pytest.mark.parametrize("name", EXPECTED)


def test_every_documented_event_has_its_row() -> None:
    assert sorted(f"{name}.json" for name in EXPECTED) == list_names("decoded-events")


@each_file
def test_documented_event_is_understood(name: str) -> None:
    event = parse_event(load_bytes(f"decoded-events/{name}.json"))
    ids = tuple(getattr(event, field, None) for field in ("phone_number", "message_id", "event_id"))
    assert (event.family, event.event_type, event.agent_id, *ids) == EXPECTED[name]
    assert (getattr(event, "send_time", None) is None) == (name in WITHOUT_SEND_TIME)


@each_file
def test_layout_and_unknown_fields_change_nothing(name: str) -> None:
    fields = load_json(f"decoded-events/{name}.json")
    pretty = json.dumps(fields, indent=2).encode()
    compact = json.dumps(dict(reversed(fields.items())), separators=(",", ":")).encode()
    assert parse_event(pretty) == parse_event(compact)
    extended = parse_event(event_bytes(name, inventedIn2027={"a": [1]}))
    assert (extended.family, extended.event_type) == EXPECTED[name][:2]


@each_file
def test_agent_id_is_short_whichever_form_comes(name: str) -> None:
    for agent_id in (AGENT, f"{AGENT}@rbm.goog"):
        assert parse_event(event_bytes(name, agentId=agent_id)).agent_id == AGENT


def test_send_time_is_cut_to_microseconds() -> None:
    event = parse_event(event_bytes("user-event-delivered"))
    assert isinstance(event, UserEvent)
    assert (event.send_time, event.send_time_text) == (SENT, "")


def test_send_time_that_is_no_time_is_kept_as_text() -> None:
    event = parse_event(event_bytes("user-event-delivered", sendTime="yesterday"))
    assert isinstance(event, UserEvent)
    assert (event.send_time, event.send_time_text) == (None, "yesterday")


@pytest.mark.parametrize("send_time", [1546268483, None, {}, "\ud800"])
def test_send_time_that_no_document_can_hold_does_not_spoil_the_receipt(send_time: object) -> None:
    event = parse_event(event_bytes("user-event-delivered", sendTime=send_time))
    assert isinstance(event, UserEvent)
    assert (event.message_id, event.send_time) == (OURS, None)
    assert json.loads(event.send_time_text or "null") == send_time


@pytest.mark.parametrize("name", ["user-event-delivered", "user-event-read"])
def test_receipt_that_says_phone_number_instead_keeps_its_number_and_type(name: str) -> None:
    event = parse_event(event_bytes(name, without=("senderPhoneNumber",), phoneNumber=PHONE))
    assert isinstance(event, ServerEvent)
    assert (event.phone_number, event.event_type, event.message_id) == (PHONE, EXPECTED[name][1], OURS)


def test_expiration_that_says_sender_phone_number_instead_is_still_the_servers() -> None:
    payload = event_bytes(
        "server-event-ttl-expiration-revoked", without=("phoneNumber",), senderPhoneNumber=PHONE
    )
    event = parse_event(payload)
    assert isinstance(event, ServerEvent)
    assert event.phone_number == PHONE


def test_user_message_prefers_its_message_id_to_its_event_id() -> None:
    event = parse_event(event_bytes("user-message-text", eventId=EVENT))
    assert isinstance(event, UserMessage)
    assert event.message_id == THEIRS


@pytest.mark.parametrize("name", ["user-event-delivered", "server-event-ttl-expiration-revoked"])
def test_event_type_of_the_future_is_kept_with_its_message(name: str) -> None:
    event = parse_event(event_bytes(name, eventType="PLAYED"))
    assert isinstance(event, UserEvent | ServerEvent)
    assert (event.event_type, event.message_id) == ("PLAYED", OURS)
    assert not is_known_type(event)


def test_event_type_of_the_future_without_a_message_is_unknown() -> None:
    event = parse_event(event_bytes("user-event-is-typing", eventType="BLOCKED"))
    assert event == UnknownEvent("messageId is missing or not a text.", AGENT)


@pytest.mark.parametrize(
    "name", [name for name in EXPECTED if EXPECTED[name][0] in ("UserEvent", "ServerEvent")]
)
def test_documented_event_types_are_known(name: str) -> None:
    event = parse_event(event_bytes(name))
    assert isinstance(event, UserEvent | ServerEvent)
    assert is_known_type(event)


def test_launch_event_names_its_region_shortly_and_keeps_every_field() -> None:
    event = parse_event(event_bytes("agent-launch-event"))
    assert isinstance(event, AgentLaunchEvent)
    assert event.region == "fi-rcs"
    assert event.fields == load_json("decoded-events/agent-launch-event.json")


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("user-event-delivered", "agentId"),
        ("user-event-delivered", "senderPhoneNumber"),
        ("user-event-delivered", "messageId"),
        ("server-event-ttl-expiration-revoked", "phoneNumber"),
        ("server-event-ttl-expiration-revoked", "messageId"),
        ("user-message-text", "agentId"),
        ("user-message-text", "senderPhoneNumber"),
        ("user-message-text", "messageId"),
        ("user-message-text", "text"),
        ("agent-launch-event", "agentId"),
        ("agent-launch-event", "newLaunchState"),
    ],
)
def test_event_without_what_places_it_is_unknown_and_says_why(name: str, missing: str) -> None:
    event = parse_event(event_bytes(name, without=(missing,)))
    assert isinstance(event, UnknownEvent)
    assert event.reason


@pytest.mark.parametrize("member", ["agentId", "senderPhoneNumber", "messageId", "eventType"])
@pytest.mark.parametrize("value", ["", 7, ["x"], {"a": 1}, "\ud800"])
def test_receipt_with_an_unusable_member_is_unknown(member: str, value: Any) -> None:
    assert isinstance(parse_event(event_bytes("user-event-delivered", **{member: value})), UnknownEvent)


def test_agent_id_that_is_only_the_domain_is_unknown() -> None:
    assert parse_event(event_bytes("user-event-read", agentId="@rbm.goog")) == UnknownEvent(
        "agentId is empty."
    )


def test_reason_never_repeats_the_payload() -> None:
    event = parse_event(event_bytes("user-event-delivered", senderPhoneNumber=["SECRET"]))
    assert isinstance(event, UnknownEvent)
    assert "SECRET" not in event.reason


@pytest.mark.parametrize("payload", HOSTILE_BYTES.values(), ids=HOSTILE_BYTES)
def test_hostile_payload_is_unknown(payload: bytes) -> None:
    event = parse_event(payload)
    assert isinstance(event, UnknownEvent)
    assert event.reason


@given(garbage | event_objects)
def test_any_bytes_are_an_event_with_utf8_names_and_a_key(payload: bytes) -> None:
    event = parse_event(payload)
    texts = [event.family, event.event_type, event.agent_id]
    texts += [
        getattr(event, name, None) or "" for name in ("phone_number", "message_id", "event_id", "region")
    ]
    assert "".join(texts).encode().decode() == "".join(texts)
    assert len(event_key(event, payload)) == 32


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_unknown_payloads_share_a_key_only_if_they_are_the_same(first: bytes, second: bytes) -> None:
    event = UnknownEvent("")
    assert (event_key(event, first) == event_key(event, second)) == (first == second)
