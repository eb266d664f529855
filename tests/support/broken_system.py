"""A system in a project of its own, whose functions are down until a test serves them."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.pubsub_v1 import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from tests.functions.entrypoints.cloud import Cloud, open_cloud
from tests.functions.entrypoints.serving import ServedFunction, Settings, serve
from tests.support.local_cloud import wait_until
from tests.support.operators import Operator, make_operator

from rbm_ops.local.topology import DEAD_LETTER_SUBSCRIPTION, DEAD_LETTERS, PUSH_SUBSCRIPTIONS, SEND_REQUESTS
from rbm_ops.ports import find_free_port

ATTEMPTS = 5  # the least that Pub/Sub allows
_WAIT_SECONDS = "0.5"


@dataclass
class BrokenSystem:
    """Whatever is published fails `ATTEMPTS` times and is a dead letter: nobody listens anywhere."""

    cloud: Cloud
    operator: Operator
    folder: Path
    platform_port: int = field(default_factory=find_free_port)

    def publish(
        self, *requests: bytes, topic: str = SEND_REQUESTS, is_fatal: bool = True, **attributes: str
    ) -> None:
        """At once; waits until all of them are dead letters, if they are to be."""
        before = self.count_dead()
        name = f"projects/{self.cloud.project}/topics/{topic}"
        messages = [{"data": data, "attributes": attributes} for data in requests]
        with grpc.insecure_channel(self.cloud.pubsub_host) as channel:
            publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
            publisher.publish(request={"topic": name, "messages": messages})
        if is_fatal:
            wait_until(lambda: self.count_dead() == before + len(requests), what="they are dead letters")

    def count_dead(self) -> int:
        """Without keeping them from anybody."""
        name = self._name(DEAD_LETTER_SUBSCRIPTION)
        request = {"subscription": name, "max_messages": 1000, "return_immediately": True}
        found = self.cloud.subscriber.pull(request=request).received_messages
        if found:
            ack_ids = [each.ack_id for each in found]
            released = {"subscription": name, "ack_ids": ack_ids, "ack_deadline_seconds": 0}
            self.cloud.subscriber.modify_ack_deadline(request=released)
        return len(found)

    async def run(self, *arguments: str, status: int = 0) -> Any:
        """`rbm deadletters …`, as JSON."""
        action, *others = arguments
        return await self.operator.read_json(
            "deadletters", action, "--wait", _WAIT_SECONDS, *others, status=status
        )

    @contextlib.contextmanager
    def mended(self, *functions: str) -> Iterator[dict[str, ServedFunction]]:
        """These functions are up, and their subscriptions push to them."""
        with serve({name: self._settings(name) for name in functions}, self.folder) as served:
            for subscription in PUSH_SUBSCRIPTIONS:
                if subscription.function in served:
                    self._push_to(subscription.name, served[subscription.function].url)
            yield served

    def make_topology(self) -> None:
        """The topics are there. With the prefix's names, and a back-off for tests."""
        create = self.cloud.subscriber.create_subscription
        project = f"projects/{self.cloud.project}"
        kept = {"name": self._name(DEAD_LETTER_SUBSCRIPTION), "topic": f"{project}/topics/{DEAD_LETTERS}"}
        create(request={**kept, "ack_deadline_seconds": 60})
        for subscription in PUSH_SUBSCRIPTIONS:
            create(
                request={
                    "name": self._name(subscription.name),
                    "topic": f"{project}/topics/{subscription.topic}",
                    "push_config": {"push_endpoint": f"http://127.0.0.1:{find_free_port()}/"},
                    "ack_deadline_seconds": 60,
                    "retry_policy": {"minimum_backoff": "0.05s", "maximum_backoff": "0.1s"},
                    "dead_letter_policy": {
                        "dead_letter_topic": f"{project}/topics/{DEAD_LETTERS}",
                        "max_delivery_attempts": ATTEMPTS,
                    },
                }
            )

    def _push_to(self, subscription: str, url: str) -> None:
        request = {"subscription": self._name(subscription), "push_config": {"push_endpoint": url}}
        self.cloud.subscriber.modify_push_config(request=request)

    def _settings(self, function: str) -> Settings:
        own = {
            "send": {
                "RBM_API_ENDPOINT": f"http://127.0.0.1:{self.platform_port}",
                "RBM_TIMEOUT_SECONDS": "5",
                "RBM_SEND_REQUESTS_TOPIC": SEND_REQUESTS,
                "MAX_DELIVERY_ATTEMPTS": str(ATTEMPTS),
            }
        }
        return {**self.cloud.settings, **own.get(function, {})}

    def _name(self, subscription: str) -> str:
        return f"projects/{self.cloud.project}/subscriptions/{subscription}"


@contextlib.contextmanager
def open_broken_system(emulators: Any, project: str, folder: Path) -> Iterator[BrokenSystem]:
    """With every topic and subscription of its own."""
    pubsub_host, firestore_host = emulators.pubsub_host, emulators.firestore_host
    operator = make_operator(
        project, pubsub_host=pubsub_host, firestore_host=firestore_host, state_folder=folder / "state"
    )
    with open_cloud(pubsub_host, firestore_host, project) as cloud:
        system = BrokenSystem(cloud, operator, folder)
        system.make_topology()
        yield system
