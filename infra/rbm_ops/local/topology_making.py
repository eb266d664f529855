"""Make the topics and subscriptions in an emulator."""

import time
from typing import Any

import grpc
from google.protobuf.duration_pb2 import Duration

from rbm_ops.local.addresses import Addresses
from rbm_ops.local.pubsub_calls import (
    DeadLetterPolicy,
    ModifyPushConfigRequest,
    PushConfig,
    RetryPolicy,
    Subscription,
    Topic,
    method_for,
)
from rbm_ops.local.topology import (
    ACK_DEADLINE_SECONDS,
    CONSOLE_SUBSCRIPTIONS,
    DEAD_LETTER_SUBSCRIPTION,
    DEAD_LETTERS,
    LEAST_WAIT_SECONDS,
    LONGEST_WAIT_SECONDS,
    MAX_DELIVERY_ATTEMPTS,
    PUSH_SUBSCRIPTIONS,
    TOPICS,
    PushSubscription,
)

_TIMEOUT_SECONDS = 20
_REPEAT_SECONDS = 5  # Ctrl-C waits as long
_PAUSE_SECONDS = 0.1


def make_topology(addresses: Addresses) -> None:
    """Every topic and subscription, whether some are there already or not; raises grpc.RpcError."""
    project = f"projects/{addresses.project}"
    pulled = {DEAD_LETTER_SUBSCRIPTION: DEAD_LETTERS, **CONSOLE_SUBSCRIPTIONS}
    with grpc.insecure_channel(addresses.pubsub) as channel:
        for topic in TOPICS:
            _ensure(channel, Topic(name=f"{project}/topics/{topic}"))
        for name, topic in pulled.items():
            _ensure(channel, _describe_pulled(project, name, topic))
        for subscription in PUSH_SUBSCRIPTIONS:
            _make_push_subscription(channel, subscription, addresses)


def _describe_pulled(project: str, name: str, topic: str) -> Any:
    return Subscription(
        name=f"{project}/subscriptions/{name}",
        topic=f"{project}/topics/{topic}",
        ack_deadline_seconds=ACK_DEADLINE_SECONDS,
    )


def _make_push_subscription(channel: Any, subscription: PushSubscription, addresses: Addresses) -> None:
    project = f"projects/{addresses.project}"
    pushed = _describe_pulled(project, subscription.name, subscription.topic)
    pushed.MergeFrom(
        Subscription(
            push_config=PushConfig(push_endpoint=f"http://{getattr(addresses, subscription.function)}/"),
            retry_policy=RetryPolicy(
                minimum_backoff=Duration(seconds=LEAST_WAIT_SECONDS),
                maximum_backoff=Duration(seconds=LONGEST_WAIT_SECONDS),
            ),
            dead_letter_policy=DeadLetterPolicy(
                dead_letter_topic=f"{project}/topics/{DEAD_LETTERS}",
                max_delivery_attempts=MAX_DELIVERY_ATTEMPTS,
            ),
        )
    )
    if not _ensure(channel, pushed):
        _call(channel, ModifyPushConfigRequest(subscription=pushed.name, push_config=pushed.push_config))


def _ensure(channel: Any, resource: Any) -> bool:
    """False when it was there before."""
    try:
        _call(channel, resource)
    except grpc.RpcError as error:
        if error.code() is not grpc.StatusCode.ALREADY_EXISTS:
            raise
        return False
    return True


def _call(channel: Any, request: Any) -> None:
    """An emulator that begins to listen may be unavailable for a moment."""
    call = method_for(channel, type(request))
    deadline = time.monotonic() + _REPEAT_SECONDS
    while True:
        try:
            call(request, timeout=_TIMEOUT_SECONDS)
            return
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.UNAVAILABLE or time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE_SECONDS)
