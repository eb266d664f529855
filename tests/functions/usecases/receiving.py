"""Calls as Google makes them, and what the use case `receive` makes of them."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from tests.functions.fakes import Published, RecordingPublisher, ScriptedTokens
from tests.support.payloads import load_bytes, load_json

from rbm_ledger.usecases.receive import DeliveryPublished, HandshakeAnswered, WebhookCall, receive_call

TOKEN = "SJENCPGJESMGUFPY"
TOKENS = ScriptedTokens({"": (TOKEN,), "growing-tree-bank": ("agents-own",)})
RECEIVED = datetime(2026, 11, 22, 12, 0, 0, 5, tzinfo=UTC)
DELIVERED = load_bytes("decoded-events/user-event-delivered.json")


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
    return WebhookCall(
        webhook, body, sign(payload) if signature is None else signature, traceparent, RECEIVED
    )


def make_handshake(token: str, *, webhook: str = "") -> WebhookCall:
    body = json.dumps({**load_json("webhook-bodies/handshake.json"), "clientToken": token}).encode()
    return WebhookCall(webhook, body, "", "", RECEIVED)


async def receive(
    call: WebhookCall, tokens: ScriptedTokens = TOKENS
) -> tuple[HandshakeAnswered | DeliveryPublished, list[Published]]:
    events = RecordingPublisher()
    return await receive_call(call, tokens=tokens, events=events), events.messages
