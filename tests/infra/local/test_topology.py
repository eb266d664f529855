"""The topics and subscriptions are those of the design, in our emulator and in Google's."""

import dataclasses
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from google.pubsub_v1 import SubscriberClient
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from rbm_ops.local.addresses import Addresses, choose_addresses
from rbm_ops.local.topology import CONSOLE_SUBSCRIPTIONS, DEAD_LETTERS, PUSH_SUBSCRIPTIONS
from rbm_ops.local.topology_making import make_topology


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


class Hesitant(grpc.GenericRpcHandler):  # type: ignore[misc]
    """A Pub/Sub that is unavailable for its first two calls, and then has everything already."""

    def __init__(self) -> None:
        self.methods: list[str] = []

    def service(self, handler_call_details: Any) -> Any:
        self.methods.append(handler_call_details.method.rpartition("/")[2])
        return grpc.unary_unary_rpc_method_handler(self._answer)

    def _answer(self, _request: bytes, context: Any) -> bytes:
        if len(self.methods) <= 2:
            context.abort(grpc.StatusCode.UNAVAILABLE, "")
        if self.methods[-1].startswith("Create"):
            context.abort(grpc.StatusCode.ALREADY_EXISTS, "")
        return b""


@pytest.fixture
def hesitant() -> Iterator[tuple[Hesitant, str]]:
    """And its host."""
    handler = Hesitant()
    server = grpc.server(ThreadPoolExecutor(1), handlers=[handler])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield handler, f"127.0.0.1:{port}"
    server.stop(None).wait()


def test_emulator_that_is_not_quite_there_is_tried_again(hesitant: tuple[Hesitant, str]) -> None:
    handler, host = hesitant
    make_topology(choose_addresses(None, emulators={"pubsub": host, "firestore": host}))
    assert handler.methods[:3] == ["CreateTopic"] * 3
    assert handler.methods.count("ModifyPushConfig") == len(PUSH_SUBSCRIPTIONS)
