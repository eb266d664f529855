"""The test's own eyes on Pub/Sub and Firestore: Google's clients, against an emulator."""

import contextlib
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from google.api_core.exceptions import DeadlineExceeded
from google.cloud import firestore
from google.pubsub_v1 import PublisherClient, PubsubMessage, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport
from tests.support.schemas import check_update, is_update

from rbm_ops.local.topology import EVENTS, TOPICS

AGENT = "growing-tree-bank"
DEADLINE_SECONDS = 20
_PULL_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Subscription:
    subscriber: SubscriberClient
    name: str

    def pull(self, count: int) -> list[PubsubMessage]:
        """The next messages, acknowledged; fails when fewer come in time."""
        received: list[PubsubMessage] = []
        deadline = time.monotonic() + DEADLINE_SECONDS
        while len(received) < count:
            assert time.monotonic() < deadline, f"{len(received)} of {count} messages came"
            received += self._pull_some(count - len(received))
        return received

    def drain(self) -> list[PubsubMessage]:
        """All that is there, acknowledged; none is awaited."""
        received: list[PubsubMessage] = []
        while found := self._pull_some(1000, return_immediately=True):
            received += found
        return received

    def _pull_some(self, count: int, **options: Any) -> list[PubsubMessage]:
        request = {"subscription": self.name, "max_messages": count, **options}
        try:
            found = self.subscriber.pull(request=request, timeout=_PULL_SECONDS, retry=None).received_messages
        except DeadlineExceeded:
            return []
        if found:
            ack_ids = [message.ack_id for message in found]
            self.subscriber.acknowledge(request={"subscription": self.name, "ack_ids": ack_ids})
        for message in found:
            if is_update(message.message.attributes):
                check_update(message.message.data, message.message.attributes)
        return [message.message for message in found]


@dataclass(frozen=True, slots=True)
class Cloud:
    """One project in one pair of emulators, with every topic of the system."""

    project: str
    pubsub_host: str
    firestore_host: str
    documents: firestore.Client
    subscriber: SubscriberClient

    @property
    def settings(self) -> dict[str, str]:
        """What tells a function to work in this project."""
        return {
            "GOOGLE_CLOUD_PROJECT": self.project,
            "PUBSUB_EMULATOR_HOST": self.pubsub_host,
            "FIRESTORE_EMULATOR_HOST": self.firestore_host,
        }

    def read(self, *path: str) -> dict[str, Any] | None:
        """A document by its path, or None where there is none."""
        found: dict[str, Any] | None = self.documents.document(*path).get().to_dict()
        return found

    def read_message(self, message_id: str, agent_id: str = AGENT) -> dict[str, Any] | None:
        return self.read("agents", agent_id, "messages", message_id)

    @contextlib.contextmanager
    def subscribed(self, topic: str = EVENTS, push_endpoint: str = "") -> Iterator[Subscription]:
        """A new subscription, for what is published from now on."""
        with subscribe(self.subscriber, self.project, topic, push_endpoint) as subscription:
            yield subscription


@contextlib.contextmanager
def subscribe(
    subscriber: SubscriberClient, project: str, topic: str, push_endpoint: str = ""
) -> Iterator[Subscription]:
    name = f"projects/{project}/subscriptions/test-{uuid.uuid4().hex}"
    push_config = {"push_endpoint": push_endpoint} if push_endpoint else {}
    request = {
        "name": name,
        "topic": f"projects/{project}/topics/{topic}",
        "push_config": push_config,
        "ack_deadline_seconds": 60,
    }
    subscriber.create_subscription(request=request)
    yield Subscription(subscriber, name)
    subscriber.delete_subscription(request={"subscription": name})


@contextlib.contextmanager
def open_cloud(pubsub_host: str, firestore_host: str, project: str) -> Iterator[Cloud]:
    with (
        grpc.insecure_channel(pubsub_host) as channel,
        open_firestore(firestore_host, project) as documents,
    ):
        publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        for topic in TOPICS:
            publisher.create_topic(request={"name": f"projects/{project}/topics/{topic}"})
        subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        yield Cloud(project, pubsub_host, firestore_host, documents, subscriber)


@contextlib.contextmanager
def open_firestore(host: str, project: str, database: str = "(default)") -> Iterator[firestore.Client]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FIRESTORE_EMULATOR_HOST", host)
        client = firestore.Client(project=project, database=database)
    yield client
    client.close()
