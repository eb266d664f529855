"""What `webhook` answers when it cannot hand a delivery on: 503, and never 200."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from tests.functions.entrypoints.asgi import call_function, load_function
from tests.functions.entrypoints.cloud import Cloud
from tests.functions.entrypoints.wire import (
    TOKENS,
    sign_headers,
    wrap_delivery,
)
from tests.support.payloads import load_bytes, load_json

from rbm_ops.local.topology import EVENTS
from rbm_ops.ports import find_free_port

DELIVERED = load_bytes("decoded-events/user-event-delivered.json")
HANDSHAKE = load_json("webhook-bodies/handshake.json")


def load_webhook(**settings: str) -> Any:
    """A webhook of its own, by default with the tokens in its environment and no Pub/Sub."""
    defaults = {
        "GOOGLE_CLOUD_PROJECT": "served-functions",
        "PUBSUB_EMULATOR_HOST": f"127.0.0.1:{find_free_port()}",
        "RBM_EVENTS_TOPIC": EVENTS,
        "RBM_CLIENT_TOKENS": json.dumps(TOKENS),
        "PUBLISH_TIMEOUT_SECONDS": "0.2",
    }
    return load_function("webhook", defaults | settings)


async def test_pubsub_down_is_503_and_never_200() -> None:
    answer = await call_function(load_webhook(), [wrap_delivery(DELIVERED)], headers=sign_headers(DELIVERED))
    assert answer.status == 503
    assert json.loads(answer.body)["error"]["message"] == "Nothing was confirmed; call again."


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


async def test_pubsub_that_does_not_answer_in_time_is_503(silent_port: int) -> None:
    webhook = load_webhook(PUBSUB_EMULATOR_HOST=f"127.0.0.1:{silent_port}")
    answer = await call_function(webhook, [wrap_delivery(DELIVERED)], headers=sign_headers(DELIVERED))
    assert answer.status == 503


async def test_topic_that_is_not_there_is_503(cloud: Cloud) -> None:
    webhook = load_webhook(**cloud.settings, RBM_EVENTS_TOPIC="no-such-topic")
    answer = await call_function(webhook, [wrap_delivery(DELIVERED)], headers=sign_headers(DELIVERED))
    assert answer.status == 503


async def test_handshake_needs_no_pubsub() -> None:
    answer = await call_function(load_webhook(), [json.dumps(HANDSHAKE).encode()])
    assert (answer.status, answer.body) == (200, HANDSHAKE["secret"].encode())
