"""One project on an emulator, used as anybody would: through the unmodified Google clients."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

import google.pubsub_v1
from google.cloud import pubsub_v1
from google.pubsub_v1 import types

CALL = {"timeout": 15, "retry": None}
DEADLINE_SECONDS = 15


@dataclass(frozen=True, slots=True)
class PubSubProject:
    """Both clients of the library, and shorthand for the calls that nearly every test makes."""

    publisher: pubsub_v1.PublisherClient
    subscriber: pubsub_v1.SubscriberClient
    project: str

    def topic_name(self, topic_id: str) -> str:
        return f"{self.project}/topics/{topic_id}"

    def subscription_name(self, subscription_id: str) -> str:
        return f"{self.project}/subscriptions/{subscription_id}"

    def create_topic(self, topic_id: str = "events", **fields: Any) -> str:
        request = {"name": self.topic_name(topic_id), **fields}
        return self.publisher.create_topic(request=request, **CALL).name

    def create_subscription(self, topic: str, subscription_id: str = "reader", **fields: Any) -> str:
        request = {"name": self.subscription_name(subscription_id), "topic": topic, **fields}
        return self.subscriber.create_subscription(request=request, **CALL).name

    def get_subscription(self, name: str) -> types.Subscription:
        return self.subscriber.get_subscription(subscription=name, **CALL)

    def update_subscription(self, name: str, *paths: str, **fields: Any) -> types.Subscription:
        request = {"subscription": {"name": name, **fields}, "update_mask": {"paths": paths}}
        return self.subscriber.update_subscription(request=request, **CALL)

    def publish(self, topic: str, *messages: dict[str, Any] | bytes) -> list[str]:
        """Publish in one request, unlike the library's own method; a message given as bytes is its data."""
        api = google.pubsub_v1.PublisherClient(transport=self.publisher.transport)
        full = [{"data": message} if isinstance(message, bytes) else message for message in messages]
        return list(api.publish(topic=topic, messages=full, **CALL).message_ids)

    def pull(self, subscription: str, max_messages: int = 10, timeout: float = DEADLINE_SECONDS) -> list[Any]:
        """The messages of one answer; waits for the first one, until shortly before `timeout` seconds."""
        response = self.subscriber.pull(
            subscription=subscription, max_messages=max_messages, retry=None, timeout=timeout
        )
        return list(response.received_messages)

    def pull_now(self, subscription: str, max_messages: int = 10) -> list[Any]:
        request = {"subscription": subscription, "max_messages": max_messages, "return_immediately": True}
        return list(self.subscriber.pull(request=request, **CALL).received_messages)

    def pull_all(self, subscription: str, count: int) -> list[Any]:
        """`count` messages, in as many answers as it takes; none is acknowledged."""
        received: list[Any] = []
        poll_until(lambda: received.extend(self.pull(subscription)) or len(received) >= count)
        return received

    def acknowledge(self, subscription: str, *received: Any) -> None:
        ack_ids = [message.ack_id for message in received]
        self.subscriber.acknowledge(subscription=subscription, ack_ids=ack_ids, **CALL)

    def modify_deadline(self, subscription: str, *received: Any, seconds: int) -> None:
        self.subscriber.modify_ack_deadline(
            subscription=subscription,
            ack_ids=[message.ack_id for message in received],
            ack_deadline_seconds=seconds,
            **CALL,
        )

    def nack(self, subscription: str, *received: Any) -> None:
        self.modify_deadline(subscription, *received, seconds=0)


@contextmanager
def open_project(host: str, project: str) -> Iterator[PubSubProject]:
    with mock.patch.dict(os.environ, {"PUBSUB_EMULATOR_HOST": host}):
        publisher, subscriber = pubsub_v1.PublisherClient(), pubsub_v1.SubscriberClient()
    try:
        yield PubSubProject(publisher, subscriber, f"projects/{project}")
    finally:
        publisher.stop()
        publisher.transport.close()
        subscriber.close()


def poll_until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def datas(received: list[Any]) -> list[bytes]:
    return [message.message.data for message in received]
