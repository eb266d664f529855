"""Promises of the webhook: nothing is believed without a true signature, and nothing with one is refused."""

import base64
import json
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

from tests.functions.entrypoints.wire import PARTNER_TOKENS, TOKENS, sign, wrap_delivery
from tests.functions.fakes import RecordingPublisher
from tests.fuzz.mutations import split_call

from rbm_ledger.adapters.client_tokens import FixedTokens
from rbm_ledger.config import parse_client_tokens
from rbm_ledger.domain.errors import MalformedDelivery, NotAuthentic
from rbm_ledger.domain.signature import Delivery, match_token, parse_webhook_body
from rbm_ledger.usecases.receive import DeliveryPublished, HandshakeAnswered, WebhookCall, receive_call

RECEIVED = datetime(2026, 11, 22, 12, tzinfo=UTC)
_MAX_ATTRIBUTE_BYTES = 1024


def keep_signature(data: bytes) -> None:
    signature, webhook, body = split_call(data)
    tokens = TOKENS.get(webhook, [])
    try:
        taken = parse_webhook_body(body)
    except MalformedDelivery:
        return
    if isinstance(taken, Delivery):
        index = match_token(taken.payload, signature, tokens)
        assert (index is not None) == is_signed(signature, webhook, body)
        assert index is None or sign(taken.payload, tokens[index]) == signature


def keep_receive(data: bytes) -> None:
    signature, webhook, body = split_call(data)
    published = RecordingPublisher()
    call = WebhookCall(webhook, body, signature, signature, RECEIVED)
    try:
        outcome = finish(receive_call(call, tokens=FixedTokens(TOKENS), events=published))
    except (MalformedDelivery, NotAuthentic):
        assert not published.messages
        return
    assert is_acceptable(signature, webhook, body), "believed without a true signature"
    if isinstance(outcome, HandshakeAnswered):
        assert not published.messages
    else:
        _assert_published(published, signed_bytes(body))


def keep_authentic(payload: bytes) -> None:
    """Whatever the platform signs is taken, and handed on as it is."""
    published = RecordingPublisher()
    call = WebhookCall("", wrap_delivery(payload), sign(payload), "", RECEIVED)
    outcome = finish(receive_call(call, tokens=FixedTokens(TOKENS), events=published))
    assert isinstance(outcome, DeliveryPublished)
    _assert_published(published, payload)


def keep_client_tokens(data: bytes) -> None:
    try:
        webhooks = parse_client_tokens(data.decode())
    except ValueError:
        return
    assert webhooks
    for name, tokens in webhooks.items():
        assert isinstance(name, str)
        assert tokens
        assert all(isinstance(token, str) and token for token in tokens)


def is_acceptable(signature: str, webhook: str, body: bytes) -> bool:
    """Recomputed without the code under test: a true signature, or a handshake with a token that is known."""
    if is_signed(signature, webhook, body):
        return True
    envelope = _parse(body)
    return "message" not in envelope and envelope.get("clientToken") in TOKENS.get(webhook, ())


def is_signed(signature: str, webhook: str, body: bytes) -> bool:
    payload = signed_bytes(body)
    tokens = TOKENS.get(webhook, ())
    return payload is not None and any(sign(payload, token) == signature for token in tokens)


def signed_bytes(body: bytes) -> bytes | None:
    message = _parse(body).get("message")
    data = message.get("data") if isinstance(message, dict) else None
    try:
        return base64.b64decode(data, validate=True) if isinstance(data, str) else None
    except ValueError:
        return None


def finish(work: Coroutine[Any, Any, Any]) -> Any:
    """What it returns, for work that never waits."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("waits for something that is not there")


def _parse(body: bytes) -> dict[str, Any]:
    try:
        envelope = json.loads(body.decode())
    except (ValueError, RecursionError):
        return {}
    return envelope if isinstance(envelope, dict) else {}


def _assert_published(published: RecordingPublisher, payload: bytes | None) -> None:
    [message] = published.messages
    assert message.data == payload
    assert message.attributes["tokenVersion"] not in PARTNER_TOKENS
    for value in message.attributes.values():
        assert 0 < len(value.encode()) <= _MAX_ATTRIBUTE_BYTES
