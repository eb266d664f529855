"""What `webhook` does: authenticate a call, answer the handshake, hand a delivery on durably."""

import re
from dataclasses import dataclass
from datetime import datetime

from rbm_ledger.domain.attributes import keep_short
from rbm_ledger.domain.errors import NotAuthentic, UnknownToken
from rbm_ledger.domain.events import Event, UserMessage, event_key, parse_event
from rbm_ledger.domain.signature import (
    Handshake,
    fingerprint_token,
    knows_token,
    match_token,
    parse_webhook_body,
)
from rbm_ledger.domain.times import format_rfc3339
from rbm_ledger.usecases.ports import ClientTokens, Publisher
from rbm_ledger.usecases.spill import Spill

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
    """`spilled_because`: why it is in the documents instead, and published by the drain."""

    event: Event
    token_version: str
    spilled_because: str = ""


async def receive_call(
    call: WebhookCall, *, tokens: ClientTokens, events: Publisher | Spill
) -> HandshakeAnswered | DeliveryPublished:
    """Raises MalformedDelivery, NotAuthentic, UnknownToken or NotConfirmed; a value means: answer 200."""
    body = parse_webhook_body(call.body)
    if isinstance(body, Handshake):
        return _answer_handshake(body, call.webhook, tokens)
    token_version = _authenticate(body.payload, call, tokens)
    event = parse_event(body.payload)
    attributes = _describe(event, body.payload, call, token_version)
    if isinstance(events, Spill):
        return DeliveryPublished(event, token_version, await events.hand_on(body.payload, attributes))
    await events.publish(body.payload, attributes)
    return DeliveryPublished(event, token_version)


def _answer_handshake(handshake: Handshake, webhook: str, tokens: ClientTokens) -> HandshakeAnswered:
    known = knows_token(handshake, tokens.active(webhook))
    if not known and tokens.reload():
        known = knows_token(handshake, tokens.active(webhook))
    if not known:
        raise UnknownToken("This webhook has no such client token.")
    return HandshakeAnswered(handshake.secret)


def _authenticate(payload: bytes, call: WebhookCall, tokens: ClientTokens) -> str:
    """Which token signed, by its fingerprint; a rotation shows first as a signature that no token made."""
    active = tokens.active(call.webhook)
    index = match_token(payload, call.signature, active)
    if index is None and tokens.reload():
        active = tokens.active(call.webhook)
        index = match_token(payload, call.signature, active)
    if index is None:
        raise NotAuthentic("X-Goog-Signature was not made with an active token of this webhook.")
    return fingerprint_token(active[index])


def _describe(event: Event, payload: bytes, call: WebhookCall, token_version: str) -> dict[str, str]:
    """The attributes of the message on rbm-events: signed content and our own words only."""
    message_id = "" if isinstance(event, UserMessage) else getattr(event, "message_id", None) or ""
    attributes = {
        "family": event.family,
        "type": event.event_type,
        "agentId": event.agent_id,
        "messageId": message_id,
        "eventKey": event_key(event, payload),
        "receivedTime": format_rfc3339(call.received_at),
        "tokenVersion": token_version,
        "traceparent": call.traceparent
        if call.traceparent and _TRACEPARENT.fullmatch(call.traceparent)
        else "",
    }
    return keep_short(attributes)
