"""One ledger and one topic per kind: the fakes, our emulators, Google's."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
import urllib3
from google.pubsub_v1 import PublisherClient, SubscriberClient
from tests.functions.adapters.scripted_platform import ScriptedPlatform, running_platform
from tests.functions.fakes import InMemoryLedger, Published, RecordingPublisher

from rbm_ledger.adapters.bearer_tokens import LoopbackTokens
from rbm_ledger.adapters.connections import make_pool
from rbm_ledger.adapters.firestore import FirestoreLedger
from rbm_ledger.adapters.pubsub import PubSubPublisher
from rbm_ledger.adapters.rbm_api import HttpRbmApi
from rbm_ledger.usecases.ports import Ledger, Publisher

_TIMEOUT_SECONDS = 30.0
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
_PULL_BYTES = [("grpc.max_receive_message_length", 64 << 20)]

OpenLedger = Callable[[], Ledger]
MakeApi = Callable[..., HttpRbmApi]


def open_firestore(host: str, project: str, *, timeout_seconds: float = _TIMEOUT_SECONDS) -> FirestoreLedger:
    return FirestoreLedger(
        project=project, database="(default)", emulator_host=host, timeout_seconds=timeout_seconds
    )


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as its publisher and its subscriber see it; `read(n)` is the first n messages, by id."""

    publisher: Publisher
    read: Callable[[int], Awaitable[dict[str, Published]]]


@pytest.fixture(params=["memory", "embedded", "google"])
def open_ledger(request: pytest.FixtureRequest, project: str) -> OpenLedger:
    """Makes one more instance over the same documents."""
    if request.param == "memory":
        documents: dict[Any, Any] = {}
        return lambda: InMemoryLedger(documents)
    emulators = request.getfixturevalue(f"{request.param}_emulators")
    return lambda: open_firestore(emulators.firestore_host, project)


@pytest.fixture
def ledger(open_ledger: OpenLedger) -> Ledger:
    return open_ledger()


@pytest.fixture(params=["memory", "embedded", "google"])
def topic(request: pytest.FixtureRequest, project: str) -> Iterator[Topic]:
    if request.param == "memory":
        yield _recorded_topic()
        return
    emulators = request.getfixturevalue(f"{request.param}_emulators")
    with grpc.insecure_channel(emulators.pubsub_host, options=_PULL_BYTES) as channel:
        yield _emulated_topic(channel, emulators, project)


def _recorded_topic() -> Topic:
    publisher = RecordingPublisher()

    async def read(count: int) -> dict[str, Published]:
        return {str(number + 1): publisher.messages[number] for number in range(count)}

    return Topic(publisher, read)


def _emulated_topic(channel: grpc.Channel, emulators: Any, project: str) -> Topic:
    name = f"projects/{project}/topics/rbm-events"
    subscription = f"projects/{project}/subscriptions/all-{uuid.uuid4().hex}"
    PublisherClient(transport=PublisherClient.get_transport_class("grpc")(channel=channel)).create_topic(
        name=name
    )
    subscriber = SubscriberClient(transport=SubscriberClient.get_transport_class("grpc")(channel=channel))
    subscriber.create_subscription(name=subscription, topic=name)

    async def read(count: int) -> dict[str, Published]:
        found: dict[str, Published] = {}
        while len(found) < count:
            answer = subscriber.pull(subscription=subscription, max_messages=1000, timeout=_TIMEOUT_SECONDS)
            for received in answer.received_messages:
                message = received.message
                found[message.message_id] = Published(message.data, dict(message.attributes))
        return found

    publisher = PubSubPublisher(name, emulator_host=emulators.pubsub_host, timeout_seconds=_TIMEOUT_SECONDS)
    return Topic(publisher, read)


@pytest.fixture
async def platform() -> AsyncIterator[ScriptedPlatform]:
    async with running_platform() as platform:
        yield platform


@pytest.fixture
def make_api() -> Iterator[MakeApi]:
    """Makes an API for an endpoint; its connections are closed in the end."""
    pools: list[urllib3.PoolManager] = []

    def make(url: str, *, tokens: Any = None, timeout_seconds: float = 10, **options: Any) -> HttpRbmApi:
        pools.append(options.pop("pool", None) or make_pool(timeout_seconds))
        return HttpRbmApi(
            url,
            tokens=tokens or LoopbackTokens(),
            pool=pools[-1],
            timeout_seconds=timeout_seconds,
            **{"endpoint_of": lambda _agent_id: "", "clock": lambda: NOW, **options},
        )

    yield make
    for pool in pools:
        pool.clear()
