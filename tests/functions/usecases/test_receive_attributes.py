"""What goes on to rbm-events: the signed bytes as they are, described by themselves alone."""

import pytest
from hypothesis import given, settings
from tests.functions.domain.strategies import HOSTILE_BYTES, event_objects, garbage
from tests.functions.usecases.receiving import DELIVERED, TOKEN, make_call, receive
from tests.support.payloads import event_bytes, list_names, load_bytes

from rbm_ledger.domain.signature import fingerprint_token
from rbm_ledger.usecases.receive import DeliveryPublished, WebhookCall

MAX_ATTRIBUTE_BYTES = 1024
MESSAGE = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

# file → family, type and messageId (a user's own message id names no message of ours)
DESCRIPTIONS = {
    "agent-launch-event": ("AgentLaunchEvent", "REJECTED", None),
    "capability-callback-response-deprecated": ("Unknown", None, None),
    "server-event-ttl-expiration-revoke-failed": ("ServerEvent", "TTL_EXPIRATION_REVOKE_FAILED", MESSAGE),
    "server-event-ttl-expiration-revoked": ("ServerEvent", "TTL_EXPIRATION_REVOKED", MESSAGE),
    "user-event-delivered": ("UserEvent", "DELIVERED", MESSAGE),
    "user-event-delivered-minimal": ("UserEvent", "DELIVERED", MESSAGE),
    "user-event-is-typing": ("UserEvent", "IS_TYPING", None),
    "user-event-read": ("UserEvent", "READ", MESSAGE),
    "user-event-subscribe": ("UserEvent", "SUBSCRIBE", None),
    "user-event-suggestion-action-with-event-id": ("UserMessage", "suggestionResponse", None),
    "user-event-unsubscribe": ("UserEvent", "UNSUBSCRIBE", None),
    "user-message-file": ("UserMessage", "userFile", None),
    "user-message-location": ("UserMessage", "location", None),
    "user-message-suggestion-action-us": ("UserMessage", "suggestionResponse", None),
    "user-message-suggestion-reply": ("UserMessage", "suggestionResponse", None),
    "user-message-suggestion-reply-no-type": ("UserMessage", "suggestionResponse", None),
    "user-message-text": ("UserMessage", "text", None),
    "user-message-text-us": ("UserMessage", "text", None),
    "user-message-text-with-event-id": ("UserMessage", "text", None),
}


async def published_attributes(call: WebhookCall) -> dict[str, str]:
    _, [message] = await receive(call)
    return dict(message.attributes)


def describe(attributes: dict[str, str]) -> tuple[str | None, ...]:
    return tuple(attributes.get(name) for name in ("family", "type", "messageId"))


@pytest.mark.parametrize("name", [name.removesuffix(".json") for name in list_names("decoded-events")])
async def test_every_documented_event_is_published_and_described(name: str) -> None:
    payload = load_bytes(f"decoded-events/{name}.json")
    _, [message] = await receive(make_call(payload))
    assert message.data == payload
    assert describe(dict(message.attributes)) == DESCRIPTIONS[name]


async def test_delivery_is_described_in_full() -> None:
    attributes = await published_attributes(make_call(DELIVERED, traceparent=TRACEPARENT))
    assert len(attributes.pop("eventKey")) == 32
    assert attributes == {
        "family": "UserEvent",
        "type": "DELIVERED",
        "agentId": "growing-tree-bank",
        "messageId": MESSAGE,
        "receivedTime": "2026-11-22T12:00:00.000005Z",
        "tokenVersion": fingerprint_token(TOKEN),
        "traceparent": TRACEPARENT,
    }


async def test_nothing_outside_the_signed_bytes_is_passed_on() -> None:
    forged = {"type": "READ", "family": "forged", "business_id": "forged@rbm.goog"}
    call = make_call(DELIVERED, attributes=forged, messageId="forged", publishTime="2000-01-01T00:00:00Z")
    assert await published_attributes(call) == await published_attributes(make_call(DELIVERED))


@pytest.mark.parametrize("length", [MAX_ATTRIBUTE_BYTES, MAX_ATTRIBUTE_BYTES + 1])
async def test_value_that_no_attribute_can_hold_is_left_out(length: int) -> None:
    attributes = await published_attributes(make_call(event_bytes("user-event-read", messageId="x" * length)))
    assert ("messageId" in attributes) is (length <= MAX_ATTRIBUTE_BYTES)
    assert attributes["type"] == "READ"


async def test_length_of_a_value_is_counted_in_bytes() -> None:
    attributes = await published_attributes(make_call(event_bytes("user-event-read", messageId="€" * 342)))
    assert "messageId" not in attributes


@pytest.mark.parametrize(
    "traceparent",
    [
        "",
        "x" * 2000,
        TRACEPARENT.upper(),
        TRACEPARENT + "\n",
        TRACEPARENT + "-extra",
        TRACEPARENT[:-1],
        TRACEPARENT.replace("4bf9", "zzzz"),
        "００" + TRACEPARENT[2:],
    ],
    ids=ascii,
)
async def test_trace_context_that_is_none_is_left_out(traceparent: str) -> None:
    assert "traceparent" not in await published_attributes(make_call(DELIVERED, traceparent=traceparent))


@pytest.mark.parametrize("payload", HOSTILE_BYTES.values(), ids=HOSTILE_BYTES.keys())
async def test_authentic_payload_that_nobody_understands_is_published_all_the_same(payload: bytes) -> None:
    _, [message] = await receive(make_call(payload))
    assert message.data == payload
    assert message.attributes["family"] == "Unknown"


@settings(max_examples=200)
@given(event_objects | garbage)
async def test_whatever_is_signed_is_published_with_attributes_that_pubsub_takes(payload: bytes) -> None:
    outcome, [message] = await receive(make_call(payload))
    assert isinstance(outcome, DeliveryPublished)
    assert message.data == payload
    assert all(0 < len(value.encode()) <= MAX_ATTRIBUTE_BYTES for value in message.attributes.values())
