"""What `webhook` does: authenticate a call, answer the handshake, hand a delivery on durably."""

import re
from dataclasses import dataclass
from datetime import datetime

from rbm_ledger.domain.errors import NotAuthentic, UnknownToken
from rbm_ledger.domain.events import Event, UserMessage, event_key, parse_event
from rbm_ledger.domain.signature import Handshake, knows_token, match_token, parse_webhook_body
from rbm_ledger.domain.times import format_rfc3339
from rbm_ledger.usecases.ports import ClientTokens, Publisher

# cloud.google.com/pubsub/quotas, read 2026-11: a longer value would make the publish fail for ever.
_MAX_ATTRIBUTE_BYTES = 1024
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """A call as it came in. `webhook` is the name in the path; nothing here is trusted yet."""

    webhook: str
    body: bytes
    signature: str
    traceparent: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class HandshakeAnswered:
    secret: str


@dataclass(frozen=True, slots=True)
class DeliveryPublished:
    event: Event
    token_version: int


async def receive_call(
    call: WebhookCall, *, tokens: ClientTokens, events: Publisher
) -> HandshakeAnswered | DeliveryPublished:
    """Raises MalformedDelivery, NotAuthentic, UnknownToken or NotConfirmed; a value means: answer 200."""
    body = parse_webhook_body(call.body)
    if isinstance(body, Handshake):
        return _answer_handshake(body, call.webhook, tokens)
    token_version = _authenticate(body.payload, call, tokens)
    event = parse_event(body.payload)
    await events.publish(body.payload, _describe(event, body.payload, call, token_version))
    return DeliveryPublished(event, token_version)


def _answer_handshake(handshake: Handshake, webhook: str, tokens: ClientTokens) -> HandshakeAnswered:
    known = knows_token(handshake, tokens.active(webhook))
    if not known and tokens.reload():
        known = knows_token(handshake, tokens.active(webhook))
    if not known:
        raise UnknownToken("This webhook has no such client token.")
    return HandshakeAnswered(handshake.secret)


def _authenticate(payload: bytes, call: WebhookCall, tokens: ClientTokens) -> int:
    """The version of the token that signed; a rotation shows first as a signature that no token made."""
    version = match_token(payload, call.signature, tokens.active(call.webhook))
    if version is None and tokens.reload():
        version = match_token(payload, call.signature, tokens.active(call.webhook))
    if version is None:
        raise NotAuthentic("X-Goog-Signature was not made with an active token of this webhook.")
    return version


def _describe(event: Event, payload: bytes, call: WebhookCall, token_version: int) -> dict[str, str]:
    """The attributes of the message on rbm-events: signed content and our own words only."""
    message_id = "" if isinstance(event, UserMessage) else getattr(event, "message_id", None) or ""
    attributes = {
        "family": event.family,
        "type": event.event_type,
        "agentId": event.agent_id,
        "messageId": message_id,
        "eventKey": event_key(event, payload),
        "receivedTime": format_rfc3339(call.received_at),
        "tokenVersion": str(token_version),
        "traceparent": call.traceparent
        if call.traceparent and _TRACEPARENT.fullmatch(call.traceparent)
        else "",
    }
    return {name: value for name, value in attributes.items() if value and _fits(value)}


def _fits(value: str) -> bool:
    """A character has at most 4 bytes."""
    return 4 * len(value) <= _MAX_ATTRIBUTE_BYTES or len(value.encode()) <= _MAX_ATTRIBUTE_BYTES
