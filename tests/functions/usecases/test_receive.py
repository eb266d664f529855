"""Who may call the webhook, and what of a call goes on to rbm-events."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings

from rbm_ledger.domain.errors import MalformedDelivery, NotAuthentic, NotConfirmed, UnknownToken
from rbm_ledger.usecases.receive import DeliveryPublished, HandshakeAnswered, WebhookCall, receive_call

from ..domain.payloads import event_bytes, list_names, load_bytes, load_json
from ..domain.strategies import HOSTILE_BYTES, event_objects, garbage
from ..fakes import Published, RecordingPublisher, ScriptedTokens

TOKEN = "SJENCPGJESMGUFPY"
TOKENS = ScriptedTokens({"": (TOKEN,), "growing-tree-bank": ("agents-own",)})
RECEIVED = datetime(2026, 11, 22, 12, 0, 0, 5, tzinfo=UTC)
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
DELIVERED = load_bytes("decoded-events/user-event-delivered.json")
MESSAGE = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
MAX_ATTRIBUTE_BYTES = 1024

# file → family, type, agent, messageId (a user's own message id names no message of ours)
DESCRIPTIONS = {
    "agent-launch-event": ("AgentLaunchEvent", "REJECTED", "rbm-chatbot-id", None),
    "capability-callback-response-deprecated": ("Unknown", None, None, None),
    "server-event-ttl-expiration-revoke-failed": (
        "ServerEvent",
        "TTL_EXPIRATION_REVOKE_FAILED",
        "growing-tree-bank",
        MESSAGE,
    ),
    "server-event-ttl-expiration-revoked": (
        "ServerEvent",
        "TTL_EXPIRATION_REVOKED",
        "growing-tree-bank",
        MESSAGE,
    ),
    "user-event-delivered": ("UserEvent", "DELIVERED", "growing-tree-bank", MESSAGE),
    "user-event-delivered-minimal": ("UserEvent", "DELIVERED", "growing-tree-bank", MESSAGE),
    "user-event-is-typing": ("UserEvent", "IS_TYPING", "growing-tree-bank", None),
    "user-event-read": ("UserEvent", "READ", "growing-tree-bank", MESSAGE),
    "user-event-subscribe": ("UserEvent", "SUBSCRIBE", "growing-tree-bank", None),
    "user-event-suggestion-action-with-event-id": (
        "UserMessage",
        "suggestionResponse",
        "growing-tree-bank",
        None,
    ),
    "user-event-unsubscribe": ("UserEvent", "UNSUBSCRIBE", "growing-tree-bank", None),
    "user-message-file": ("UserMessage", "userFile", "growing-tree-bank", None),
    "user-message-location": ("UserMessage", "location", "growing-tree-bank", None),
    "user-message-suggestion-action-us": ("UserMessage", "suggestionResponse", "growing-tree-bank", None),
    "user-message-suggestion-reply": ("UserMessage", "suggestionResponse", "growing-tree-bank", None),
    "user-message-suggestion-reply-no-type": ("UserMessage", "suggestionResponse", "growing-tree-bank", None),
    "user-message-text": ("UserMessage", "text", "growing-tree-bank", None),
    "user-message-text-us": ("UserMessage", "text", "growing-tree-bank", None),
    "user-message-text-with-event-id": ("UserMessage", "text", "growing-tree-bank", None),
}


def sign(payload: bytes, token: str = TOKEN) -> str:
    """As Google does, written down a second time on purpose."""
    return base64.b64encode(hmac.new(token.encode(), payload, hashlib.sha512).digest()).decode()


def make_call(
    payload: bytes,
    *,
    webhook: str = "",
    signature: str | None = None,
    traceparent: str = "",
    **message: Any,
) -> WebhookCall:
    body = json.dumps({"message": {"data": base64.b64encode(payload).decode(), **message}}).encode()
    return WebhookCall(webhook, body, sign(payload) if signature is None else signature, traceparent, RECEIVED)


def make_handshake(token: str, *, webhook: str = "") -> WebhookCall:
    body = json.dumps({**load_json("webhook-bodies/handshake.json"), "clientToken": token}).encode()
    return WebhookCall(webhook, body, "", "", RECEIVED)


async def receive(
    call: WebhookCall, tokens: ScriptedTokens = TOKENS
) -> tuple[HandshakeAnswered | DeliveryPublished, list[Published]]:
    events = RecordingPublisher()
    return await receive_call(call, tokens=tokens, events=events), events.messages


async def published_attributes(call: WebhookCall) -> dict[str, str]:
    _, [message] = await receive(call)
    return dict(message.attributes)


def family_and_type(attributes: dict[str, str]) -> tuple[str | None, ...]:
    return tuple(attributes.get(name) for name in ("family", "type", "agentId", "messageId"))


@pytest.mark.parametrize(("webhook", "token"), [("", TOKEN), ("growing-tree-bank", "agents-own")])
async def test_handshake_with_a_token_of_this_webhook_is_answered_with_its_secret(
    webhook: str, token: str
) -> None:
    answer = await receive(make_handshake(token, webhook=webhook))
    assert answer == (HandshakeAnswered("1234567890"), [])


@pytest.mark.parametrize(
    ("webhook", "token"),
    [("", "wrong"), ("", ""), ("", "agents-own"), ("growing-tree-bank", TOKEN), ("unknown", TOKEN)],
)
async def test_handshake_with_any_other_token_is_refused(webhook: str, token: str) -> None:
    with pytest.raises(UnknownToken):
        await receive(make_handshake(token, webhook=webhook))


async def test_handshake_for_a_token_that_was_just_rotated_in_is_answered() -> None:
    tokens = ScriptedTokens({"": (TOKEN,)}, {"": ("new", TOKEN)})
    assert await receive(make_handshake("new"), tokens) == (HandshakeAnswered("1234567890"), [])


@pytest.mark.parametrize("vector", load_json("signature-vectors.json"), ids=lambda vector: vector["name"])
async def test_recorded_delivery_is_published_to_the_byte(vector: dict[str, str]) -> None:
    body = json.dumps({"message": {"data": vector["messageData"]}}).encode()
    call = WebhookCall("", body, vector["xGoogSignature"], "", RECEIVED)
    _, [message] = await receive(call, ScriptedTokens({"": (vector["clientToken"],)}))
    assert message.data == base64.b64decode(vector["messageData"])


@pytest.mark.parametrize("name", [name.removesuffix(".json") for name in list_names("decoded-events")])
async def test_every_documented_event_is_published_and_described(name: str) -> None:
    payload = load_bytes(f"decoded-events/{name}.json")
    _, [message] = await receive(make_call(payload))
    assert message.data == payload
    assert family_and_type(dict(message.attributes)) == DESCRIPTIONS[name]


async def test_delivery_is_described_in_full() -> None:
    attributes = await published_attributes(make_call(DELIVERED, traceparent=TRACEPARENT))
    assert len(attributes.pop("eventKey")) == 32
    assert attributes == {
        "family": "UserEvent",
        "type": "DELIVERED",
        "agentId": "growing-tree-bank",
        "messageId": MESSAGE,
        "receivedTime": "2026-11-22T12:00:00.000005Z",
        "tokenVersion": "0",
        "traceparent": TRACEPARENT,
    }


@pytest.mark.parametrize(("signed_with", "version"), [("newest", 0), ("middle", 1), ("oldest", 2)])
async def test_any_active_token_may_sign_and_its_version_is_told(signed_with: str, version: int) -> None:
    tokens = ScriptedTokens({"": ("newest", "middle", "oldest")})
    outcome, [message] = await receive(make_call(DELIVERED, signature=sign(DELIVERED, signed_with)), tokens)
    assert isinstance(outcome, DeliveryPublished)
    assert outcome.token_version == version
    assert message.attributes["tokenVersion"] == str(version)
    assert tokens.reloads == 0


async def test_delivery_signed_with_a_token_that_was_just_rotated_in_is_published() -> None:
    tokens = ScriptedTokens({"": (TOKEN,)}, {"": ("new", TOKEN)})
    _, messages = await receive(make_call(DELIVERED, signature=sign(DELIVERED, "new")), tokens)
    assert len(messages) == 1
    assert tokens.reloads == 1


async def test_token_that_was_rotated_out_signs_nothing_once_the_tokens_are_reloaded() -> None:
    tokens = ScriptedTokens({"": (TOKEN,)}, {"": ("new",)})
    tokens.reload()
    with pytest.raises(NotAuthentic):
        await receive(make_call(DELIVERED), tokens)


@pytest.mark.parametrize(
    "call",
    [
        make_call(DELIVERED, signature=""),
        make_call(DELIVERED, signature=sign(DELIVERED, "wrong")),
        make_call(DELIVERED, signature=sign(DELIVERED, "")),
        make_call(DELIVERED, signature=sign(DELIVERED + b" ")),
        make_call(DELIVERED, signature=sign(DELIVERED).rstrip("=")),
        make_call(DELIVERED, signature=sign(DELIVERED) + "\n"),
        make_call(DELIVERED, signature="ü\ud800"),
        make_call(DELIVERED, webhook="growing-tree-bank"),
        make_call(DELIVERED, webhook="unknown"),
        make_call(DELIVERED, signature=sign(DELIVERED, "agents-own")),
    ],
    ids=[
        *("no signature", "wrong token", "empty token", "other bytes", "no padding", "line end", "not ASCII"),
        *("the partner's token at an agent's webhook", "unknown webhook", "an agent's token at the partner's"),
    ],
)
async def test_delivery_that_no_token_of_this_webhook_signed_is_not_authentic(call: WebhookCall) -> None:
    events = RecordingPublisher()
    with pytest.raises(NotAuthentic):
        await receive_call(call, tokens=TOKENS, events=events)
    assert events.messages == []


@pytest.mark.parametrize("body", HOSTILE_BYTES.values(), ids=HOSTILE_BYTES.keys())
async def test_hostile_body_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedDelivery):
        await receive(WebhookCall("", body, sign(body), "", RECEIVED))


async def test_publish_that_is_not_confirmed_is_not_acknowledged() -> None:
    events = RecordingPublisher()
    events.failures = [NotConfirmed("Pub/Sub is down")]
    with pytest.raises(NotConfirmed):
        await receive_call(make_call(DELIVERED), tokens=TOKENS, events=events)
    await receive_call(make_call(DELIVERED), tokens=TOKENS, events=events)
    assert [message.data for message in events.messages] == [DELIVERED]


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


@settings(max_examples=200, deadline=None)
@given(event_objects | garbage)
async def test_whatever_is_signed_is_published_with_attributes_that_pubsub_takes(payload: bytes) -> None:
    outcome, [message] = await receive(make_call(payload))
    assert isinstance(outcome, DeliveryPublished)
    assert message.data == payload
    assert all(0 < len(value.encode()) <= MAX_ATTRIBUTE_BYTES for value in message.attributes.values())
