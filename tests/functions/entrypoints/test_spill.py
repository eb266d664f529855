"""What becomes of a delivery while Pub/Sub is down: acknowledged, kept, drained into its document."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from tests.functions.entrypoints.asgi import Answer, call_function, load_function
from tests.functions.entrypoints.cloud import AGENT, Cloud, Subscription
from tests.functions.entrypoints.conftest import Post
from tests.functions.entrypoints.wire import TOKENS, push_body, sign_headers, wrap_delivery
from tests.support.payloads import event_bytes

from rbm_ops.local.topology import EVENTS
from rbm_ops.ports import find_free_port


def load_webhook(cloud: Cloud, **settings: str) -> Any:
    """A webhook of its own that spills at once, and finds no Pub/Sub."""
    own = {
        "PUBSUB_EMULATOR_HOST": f"127.0.0.1:{find_free_port()}",
        "RBM_EVENTS_TOPIC": EVENTS,
        "RBM_CLIENT_TOKENS": json.dumps(TOKENS),
        "SPILL": "true",
        "SPILL_AFTER_SECONDS": "0.2",
    }
    return load_function("webhook", {**cloud.settings, **own, **settings})


async def deliver(webhook: Any, payload: bytes) -> Answer:
    return await call_function(webhook, [wrap_delivery(payload)], headers=sign_headers(payload))


def list_spilled(cloud: Cloud, payload: bytes) -> list[dict[str, Any]]:
    """A document for each delivery of it."""
    found = [document.to_dict() or {} for document in cloud.documents.collection("spill").stream()]
    return [record for record in found if record.get("raw") == payload]


@pytest.fixture
def payload(message_id: str) -> bytes:
    return event_bytes("user-event-delivered", messageId=message_id)


@pytest.fixture
def silent_host() -> Iterator[str]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


async def test_delivery_while_pubsub_is_down_is_acknowledged_and_reaches_its_document(
    cloud: Cloud, request_function: Post, events: Subscription, payload: bytes, message_id: str
) -> None:
    assert (await deliver(load_webhook(cloud), payload)).status == 200
    [spilled] = list_spilled(cloud, payload)
    assert spilled["drained"] == 0
    drained = await request_function("correlate", path="drain")
    assert (drained.status, json.loads(drained.body)["isComplete"]) == (200, True)
    [message] = [message for message in events.pull(1) if message.data == payload]
    assert message.attributes["messageId"] == message_id
    pushed = push_body(message.data, attributes=dict(message.attributes))
    assert (await request_function("correlate", pushed)).status == 204
    document = cloud.read_message(message_id, AGENT)
    assert document is not None
    assert document["stateRank"] == 60


async def test_each_delivery_of_an_event_is_drained_once(
    cloud: Cloud, request_function: Post, events: Subscription, payload: bytes
) -> None:
    webhook = load_webhook(cloud)
    for _ in range(2):
        await deliver(webhook, payload)
        await request_function("correlate", path="drain")
    told = [message.attributes["receivedTime"] for message in events.drain() if message.data == payload]
    spilled = list_spilled(cloud, payload)
    assert len(told) == 2
    assert {record["attributes"]["receivedTime"] for record in spilled} == set(told)
    assert [record["drained"] for record in spilled] == [1, 1]


async def test_pubsub_that_says_nothing_holds_no_delivery_up(
    cloud: Cloud, silent_host: str, payload: bytes
) -> None:
    webhook = load_webhook(cloud, PUBSUB_EMULATOR_HOST=silent_host)
    assert (await deliver(webhook, payload)).status == 200
    assert len(list_spilled(cloud, payload)) == 1


async def test_topic_that_is_gone_loses_no_delivery(cloud: Cloud, payload: bytes) -> None:
    webhook = load_webhook(cloud, **cloud.settings, RBM_EVENTS_TOPIC="no-such-topic")
    assert (await deliver(webhook, payload)).status == 200
    assert len(list_spilled(cloud, payload)) == 1


async def test_pubsub_and_firestore_down_is_503(cloud: Cloud, refusing_host: str, payload: bytes) -> None:
    webhook = load_webhook(cloud, FIRESTORE_EMULATOR_HOST=refusing_host)
    assert (await deliver(webhook, payload)).status == 503


async def test_delivery_that_pubsub_takes_is_not_spilled(
    cloud: Cloud, events: Subscription, payload: bytes
) -> None:
    webhook = load_webhook(cloud, **cloud.settings, SPILL_AFTER_SECONDS="4")
    assert (await deliver(webhook, payload)).status == 200
    assert [message.data for message in events.pull(1)] == [payload]
    assert list_spilled(cloud, payload) == []


async def test_correlate_that_knows_no_topic_of_events_has_no_drain(cloud: Cloud) -> None:
    correlate = load_function("correlate", cloud.settings)
    assert (await call_function(correlate, path="/drain")).status == 400


async def test_drain_of_documents_that_are_away_is_503(cloud: Cloud, refusing_host: str) -> None:
    own = {"RBM_EVENTS_TOPIC": EVENTS, "FIRESTORE_EMULATOR_HOST": refusing_host}
    correlate = load_function("correlate", {**cloud.settings, **own})
    assert (await call_function(correlate, path="/drain")).status == 503
