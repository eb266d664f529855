"""Whose deliveries `webhook` takes: those signed with an active token of the webhook in the path."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.functions.entrypoints.asgi import call_function, load_function
from tests.functions.entrypoints.cloud import Cloud, Subscription
from tests.functions.entrypoints.conftest import Post
from tests.functions.entrypoints.wire import (
    AGENT_TOKEN,
    PARTNER_TOKENS,
    TOKENS,
    encode_data,
    sign,
    sign_headers,
    wrap_delivery,
)
from tests.support.payloads import load_bytes, load_json

from rbm_ops.local.topology import EVENTS

DELIVERED = load_bytes("decoded-events/user-event-delivered.json")
VECTORS = load_json("signature-vectors.json")


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
async def test_signature_vector_is_accepted_and_its_bytes_published(
    vector: dict[str, str], cloud: Cloud
) -> None:
    tokens = {"RBM_CLIENT_TOKENS": json.dumps({"": [vector["clientToken"]]})}
    webhook = load_function("webhook", {**cloud.settings, **tokens, "RBM_EVENTS_TOPIC": EVENTS})
    body = json.dumps({"message": {"data": vector["messageData"]}}).encode()
    with cloud.subscribed() as events:
        answer = await call_function(webhook, [body], headers={"X-Goog-Signature": vector["xGoogSignature"]})
        [message] = events.pull(1)
    assert answer.status == 200
    assert encode_data(message.data) == vector["messageData"]


@pytest.mark.parametrize("token", TOKENS[""])
async def test_delivery_signed_with_any_active_token_is_200(request_function: Post, token: str) -> None:
    answer = await request_function(
        "webhook", wrap_delivery(DELIVERED), headers=sign_headers(DELIVERED, token)
    )
    assert answer.status == 200


async def test_agents_webhook_takes_its_own_tokens_and_no_others(request_function: Post) -> None:
    async def deliver(path: str, token: str) -> int:
        headers = sign_headers(DELIVERED, token)
        return (
            await request_function("webhook", wrap_delivery(DELIVERED), path=path, headers=headers)
        ).status

    assert await deliver("growing-tree-bank", AGENT_TOKEN) == 200
    assert await deliver("growing-tree-bank/", AGENT_TOKEN) == 200
    assert await deliver("growing-tree-bank", PARTNER_TOKENS[0]) == 401
    assert await deliver("", AGENT_TOKEN) == 401


FORGERIES = {
    "missing": None,
    "empty": "",
    "garbage": "not base64 at all",
    "of another token": sign(DELIVERED, "WRONG"),
    "of other bytes": sign(DELIVERED + b" "),
    "of the re-serialised event": sign(json.dumps(json.loads(DELIVERED)).encode()),
    "of the base64 text": sign(encode_data(DELIVERED).encode()),
    "cut": sign(DELIVERED)[:-4],
    "unpadded": sign(DELIVERED).rstrip("="),
    "url-safe base64": sign(DELIVERED).replace("+", "-").replace("/", "_"),
    "twice": f"{sign(DELIVERED)}, {sign(DELIVERED)}",
    "not ASCII": "ÿ\xa0é",
    "very long": "A" * 40_000,
}


@pytest.mark.parametrize("signature", FORGERIES.values(), ids=FORGERIES)
async def test_forged_signature_is_401_and_nothing_is_published(
    request_function: Post, events: Subscription, signature: str | None
) -> None:
    headers = {} if signature is None else {"X-Goog-Signature": signature}
    answer = await request_function("webhook", wrap_delivery(DELIVERED), headers=headers)
    genuine = load_bytes("decoded-events/user-event-read.json")
    await request_function("webhook", wrap_delivery(genuine), headers=sign_headers(genuine))
    [first_published] = events.pull(1)
    assert answer.status == 401
    assert first_published.data == genuine


async def test_rotated_token_file_counts_without_a_restart(request_function: Post, tokens_file: Path) -> None:
    async def deliver(token: str) -> int:
        headers = sign_headers(DELIVERED, token)
        return (await request_function("webhook", wrap_delivery(DELIVERED), headers=headers)).status

    assert await deliver("ROTATEDTOKEN") == 401
    with replaced(tokens_file, json.dumps({"": ["ROTATEDTOKEN"]})):
        assert await deliver("ROTATEDTOKEN") == 200
        assert await deliver(PARTNER_TOKENS[0]) == 401
    assert await deliver(PARTNER_TOKENS[0]) == 200


async def test_unreadable_token_file_leaves_the_last_good_tokens(
    request_function: Post, tokens_file: Path
) -> None:
    with replaced(tokens_file, '{"": ['):
        forged = await request_function(
            "webhook", wrap_delivery(DELIVERED), headers=sign_headers(DELIVERED, "X")
        )
        genuine = await request_function("webhook", wrap_delivery(DELIVERED), headers=sign_headers(DELIVERED))
    assert (forged.status, genuine.status) == (401, 200)


@contextlib.contextmanager
def replaced(file: Path, text: str) -> Iterator[None]:
    before = file.read_text()
    file.write_text(text)
    try:
        yield
    finally:
        file.write_text(before)
