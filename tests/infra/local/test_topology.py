"""The topics and subscriptions are those of the design, in our emulator and in Google's."""

import dataclasses
from typing import Any

import grpc
import pytest
from google.pubsub_v1 import SubscriberClient
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from rbm_ops.local.addresses import Addresses, choose_addresses
from rbm_ops.local.topology import CONSOLE_SUBSCRIPTIONS, DEAD_LETTERS, PUSH_SUBSCRIPTIONS, make_topology


@pytest.fixture
def addresses(emulators: Any, project: str) -> Addresses:
    where = {"pubsub": emulators.pubsub_host, "firestore": emulators.firestore_host}
    return dataclasses.replace(choose_addresses(None, emulators=where), project=project)


def _find_subscription(addresses: Addresses, name: str) -> Any:
    with grpc.insecure_channel(addresses.pubsub) as channel:
        client = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        return client.get_subscription(
            subscription=f"projects/{addresses.project}/subscriptions/{name}", timeout=20
        )


def test_each_function_is_pushed_to_with_back_off_and_dead_letters(addresses: Addresses) -> None:
    make_topology(addresses)
    for expected in PUSH_SUBSCRIPTIONS:
        found = _find_subscription(addresses, expected.name)
        assert found.topic == f"projects/{addresses.project}/topics/{expected.topic}"
        assert found.push_config.push_endpoint == f"http://{getattr(addresses, expected.function)}/"
        assert found.dead_letter_policy.dead_letter_topic.endswith(f"/{DEAD_LETTERS}")
        assert found.retry_policy.minimum_backoff < found.retry_policy.maximum_backoff


def test_console_watches_by_subscriptions_of_its_own(addresses: Addresses) -> None:
    make_topology(addresses)
    for name, topic in CONSOLE_SUBSCRIPTIONS.items():
        found = _find_subscription(addresses, name)
        assert found.topic == f"projects/{addresses.project}/topics/{topic}"
        assert not found.push_config.push_endpoint


def test_topology_made_again_for_other_ports_pushes_there(addresses: Addresses) -> None:
    make_topology(addresses)
    moved = dataclasses.replace(addresses, correlate="127.0.0.1:9")
    make_topology(moved)
    assert (
        _find_subscription(moved, "rbm-events-correlate").push_config.push_endpoint == "http://127.0.0.1:9/"
    )
