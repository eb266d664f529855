"""The topics and subscriptions of the system, and how they are made in an emulator.

As in the cloud but for the back-off: there 10 s to 600 s, here 1 s to 10 s, so that a person can watch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import grpc
from google.api_core.exceptions import AlreadyExists, ServiceUnavailable
from google.api_core.retry import Retry, if_exception_type
from google.protobuf.duration_pb2 import Duration
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from rbm_ops.local.addresses import Addresses

EVENTS = "rbm-events"
SEND_REQUESTS = "rbm-send-requests"
UPDATES = "rbm-updates"
DEAD_LETTERS = "rbm-dead-letters"
TOPICS = (EVENTS, SEND_REQUESTS, UPDATES, DEAD_LETTERS)

_ACK_DEADLINE_SECONDS = 60
_MAX_DELIVERY_ATTEMPTS = 10
_LEAST_WAIT_SECONDS = 1
_LONGEST_WAIT_SECONDS = 10
_TIMEOUT_SECONDS = 20

# The client's own repeats go on for ten minutes, as long as Ctrl-C would have to wait.
_RETRY = Retry(predicate=if_exception_type(ServiceUnavailable), timeout=5)


@dataclass(frozen=True, slots=True)
class PushSubscription:
    name: str
    topic: str
    function: str


PUSH_SUBSCRIPTIONS = (
    PushSubscription("rbm-events-correlate", EVENTS, "correlate"),
    PushSubscription("rbm-send-requests-send", SEND_REQUESTS, "send"),
)
DEAD_LETTER_SUBSCRIPTION = "rbm-dead-letters-kept"

# Of the local cloud only: what the console watches, each by a subscription of its own.
CONSOLE_SUBSCRIPTIONS = {"rbm-updates-console": UPDATES, "rbm-dead-letters-console": DEAD_LETTERS}


def make_topology(addresses: Addresses) -> None:
    """Every topic and subscription, whether some are there already or not."""
    project = f"projects/{addresses.project}"
    with grpc.insecure_channel(addresses.pubsub) as channel:
        publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        for topic in TOPICS:
            _ensure(publisher.create_topic, {"name": f"{project}/topics/{topic}"})
        for name, topic in {DEAD_LETTER_SUBSCRIPTION: DEAD_LETTERS, **CONSOLE_SUBSCRIPTIONS}.items():
            _ensure(
                subscriber.create_subscription,
                {
                    "name": f"{project}/subscriptions/{name}",
                    "topic": f"{project}/topics/{topic}",
                    "ack_deadline_seconds": _ACK_DEADLINE_SECONDS,
                },
            )
        for subscription in PUSH_SUBSCRIPTIONS:
            _make_push_subscription(subscriber, subscription, addresses)


def _make_push_subscription(
    subscriber: SubscriberClient, subscription: PushSubscription, addresses: Addresses
) -> None:
    project = f"projects/{addresses.project}"
    name = f"{project}/subscriptions/{subscription.name}"
    push_config = {"push_endpoint": f"http://{getattr(addresses, subscription.function)}/"}
    made = _ensure(
        subscriber.create_subscription,
        {
            "name": name,
            "topic": f"{project}/topics/{subscription.topic}",
            "push_config": push_config,
            "ack_deadline_seconds": _ACK_DEADLINE_SECONDS,
            "retry_policy": {
                "minimum_backoff": Duration(seconds=_LEAST_WAIT_SECONDS),
                "maximum_backoff": Duration(seconds=_LONGEST_WAIT_SECONDS),
            },
            "dead_letter_policy": {
                "dead_letter_topic": f"{project}/topics/{DEAD_LETTERS}",
                "max_delivery_attempts": _MAX_DELIVERY_ATTEMPTS,
            },
        },
    )
    if not made:
        request = {"subscription": name, "push_config": push_config}
        subscriber.modify_push_config(request=request, timeout=_TIMEOUT_SECONDS)


def _ensure(create: Callable[..., Any], request: dict[str, Any]) -> bool:
    """False when it was there before."""
    try:
        create(request=request, timeout=_TIMEOUT_SECONDS, retry=_RETRY)
    except AlreadyExists:
        return False
    return True
