"""Who may call the webhook, and what becomes of the call."""

import base64
import json

import pytest
from tests.functions.domain.strategies import HOSTILE_BYTES
from tests.functions.fakes import RecordingPublisher, ScriptedTokens
from tests.functions.usecases.receiving import (
    DELIVERED,
    RECEIVED,
    TOKEN,
    TOKENS,
    make_call,
    make_handshake,
    receive,
    sign,
)
from tests.support.payloads import load_json

from rbm_ledger.domain.errors import MalformedDelivery, NotAuthentic, NotConfirmed, UnknownToken
from rbm_ledger.domain.signature import fingerprint_token
from rbm_ledger.usecases.receive import DeliveryPublished, HandshakeAnswered, WebhookCall, receive_call


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


@pytest.mark.parametrize("signed_with", ["newest", "middle", "oldest"])
async def test_any_active_token_may_sign_and_which_one_is_told(signed_with: str) -> None:
    tokens = ScriptedTokens({"": ("newest", "middle", "oldest")})
    outcome, [message] = await receive(make_call(DELIVERED, signature=sign(DELIVERED, signed_with)), tokens)
    assert isinstance(outcome, DeliveryPublished)
    assert outcome.token_version == fingerprint_token(signed_with)
    assert message.attributes["tokenVersion"] == fingerprint_token(signed_with)
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
        *(
            "the partner's token at an agent's webhook",
            "unknown webhook",
            "an agent's token at the partner's",
        ),
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
