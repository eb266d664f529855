"""What production accepts: names and limits.

Limits: cloud.google.com/pubsub/quotas#resource_limits. Status codes and texts: those of Google's emulator
0.8.20 where it checks at all, tried 2026-11.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import grpc

from rbm_ops.emulators.pubsub.messages import types
from rbm_ops.emulators.pubsub.refusals import CallRefused, invalid_argument

ACK_DEADLINE_SECONDS_DEFAULT = 10
_ACK_DEADLINE_SECONDS = range(10, 601)
_BACK_OFF_SECONDS_MAX = 600
_BACK_OFF_SECONDS_DEFAULT = {"minimum_backoff": 10, "maximum_backoff": 600}
_DELIVERY_ATTEMPTS = range(5, 101)
_RETENTION_SECONDS_DEFAULT = 7 * 86_400
_EXPIRATION_SECONDS_DEFAULT = 31 * 86_400
_MESSAGES_PER_PUBLISH = 1_000
_PUBLISH_BYTES = 10_000_000
_ATTRIBUTES = 100
_ATTRIBUTE_KEY_BYTES = 256
_ATTRIBUTE_VALUE_BYTES = 1_024
_ORDERING_KEY_BYTES = 1_024
_ACTIVE: Any = types.Subscription.State.ACTIVE
_NAME = r"projects/[a-z0-9:.-]+/{kind}/(?!goog)[A-Za-z][\w.~+%-]{{2,254}}"
_NAMES = {kind: re.compile(_NAME.format(kind=kind), re.ASCII) for kind in ("topics", "subscriptions")}
_PROJECT = re.compile(r"projects/[^/]+")


def check_name(kind: str, name: str) -> None:
    """`kind` is `topics` or `subscriptions`."""
    if not _NAMES[kind].fullmatch(name):
        raise invalid_argument(f"Invalid [{kind}] name: (name={name})")


def check_project(name: str) -> None:
    if not _PROJECT.fullmatch(name):
        raise invalid_argument(f"Invalid [projects] name: (name={name})")


def check_publish(messages: Sequence[types.PubsubMessage], request_bytes: int) -> None:
    if not messages:
        raise invalid_argument("No messages to publish")
    if len(messages) > _MESSAGES_PER_PUBLISH:
        raise invalid_argument("Too many messages to publish")
    if request_bytes > _PUBLISH_BYTES:
        raise invalid_argument(f"Request payload size exceeds the limit: {_PUBLISH_BYTES} bytes.")
    for message in messages:
        _check_message(message)


def _check_message(message: types.PubsubMessage) -> None:
    if message.attributes:
        _check_attributes(message.attributes)
    elif not message.data:
        raise invalid_argument("Some messages are empty")
    if message.ordering_key and len(message.ordering_key.encode()) > _ORDERING_KEY_BYTES:
        raise invalid_argument(f"Ordering key is longer than {_ORDERING_KEY_BYTES} bytes.")


def _check_attributes(attributes: Mapping[str, str]) -> None:
    if len(attributes) > _ATTRIBUTES:
        raise invalid_argument(f"A message has more than {_ATTRIBUTES} attributes.")
    for key, value in attributes.items():
        if not key or len(key.encode()) > _ATTRIBUTE_KEY_BYTES or key.startswith("goog"):
            raise invalid_argument(
                f"Attribute keys have 1 to {_ATTRIBUTE_KEY_BYTES} bytes and do not begin with 'goog'."
            )
        if len(value.encode()) > _ATTRIBUTE_VALUE_BYTES:
            raise invalid_argument(f"Attribute values have at most {_ATTRIBUTE_VALUE_BYTES} bytes.")


def complete_subscription(config: types.Subscription) -> None:
    """Check all that can be judged without looking at other resources, and fill in the defaults."""
    config.ack_deadline_seconds = config.ack_deadline_seconds or ACK_DEADLINE_SECONDS_DEFAULT
    check_stream_ack_deadline(config.ack_deadline_seconds)
    _check_push(config)
    config.push_config.SetInParent()
    config.state = _ACTIVE
    if not config.HasField("message_retention_duration"):
        config.message_retention_duration.seconds = _RETENTION_SECONDS_DEFAULT
    if not config.HasField("expiration_policy"):
        config.expiration_policy.ttl.seconds = _EXPIRATION_SECONDS_DEFAULT
    if config.HasField("retry_policy"):
        _complete_retry_policy(config.retry_policy)
    if config.HasField("dead_letter_policy"):
        _complete_dead_letter_policy(config.dead_letter_policy)


def check_stream_ack_deadline(seconds: int) -> None:
    if seconds not in _ACK_DEADLINE_SECONDS:
        raise invalid_argument("ack_deadline_secs out of bounds")


def check_modified_ack_deadline(seconds: int) -> None:
    if seconds < 0:
        raise invalid_argument("Ack deadline cannot be negative")
    if seconds > _ACK_DEADLINE_SECONDS[-1]:
        raise invalid_argument("ack_deadline_secs out of bounds")


def check_ack_ids(config: types.Subscription, ack_ids: Sequence[str]) -> None:
    if not ack_ids:
        raise invalid_argument("No ack ids specified.")
    for ack_id in ack_ids:
        if not ack_id.startswith(f"{config.name}:"):
            raise invalid_argument(f"Invalid ack id (ack_id={ack_id})")


def _check_push(config: types.Subscription) -> None:
    endpoint = config.push_config.push_endpoint
    if not endpoint:
        return
    if config.enable_exactly_once_delivery:
        raise invalid_argument("Exactly-once delivery is not supported for push subscriptions.")
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid_argument("Unsupported push_endpoint")


def _complete_retry_policy(policy: types.RetryPolicy) -> None:
    for field, default_seconds in _BACK_OFF_SECONDS_DEFAULT.items():
        duration = getattr(policy, field)
        if not policy.HasField(field):
            duration.seconds = default_seconds
        if not 0 <= duration.ToNanoseconds() <= _BACK_OFF_SECONDS_MAX * 10**9:
            raise invalid_argument(
                f"The value for {field} is out of bounds: it must be between 0s and {_BACK_OFF_SECONDS_MAX}s."
            )
    if policy.minimum_backoff.ToNanoseconds() > policy.maximum_backoff.ToNanoseconds():
        raise invalid_argument("The value for maximum_backoff is too small: it is below minimum_backoff.")


def _complete_dead_letter_policy(policy: types.DeadLetterPolicy) -> None:
    policy.max_delivery_attempts = policy.max_delivery_attempts or _DELIVERY_ATTEMPTS[0]
    if policy.max_delivery_attempts not in _DELIVERY_ATTEMPTS:
        raise CallRefused(
            grpc.StatusCode.OUT_OF_RANGE,
            f"The value for max_delivery_attempts must be between {_DELIVERY_ATTEMPTS[0]} and "
            f"{_DELIVERY_ATTEMPTS[-1]}.",
        )
