"""A dead letter: what Pub/Sub says of it, and what it is. Pure.

Pub/Sub gives it an id of its own and adds attributes that name where it came from; what the message's id was
before is nowhere (cloud.google.com/pubsub/docs/handling-failures, read 2026-11, and the contract tests).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from rbm_ledger.domain.agent_message import parse_ttl_seconds
from rbm_ledger.domain.errors import NotJson
from rbm_ledger.domain.events import parse_event
from rbm_ledger.domain.identifiers import shorten_agent_id
from rbm_ledger.domain.json_bytes import JsonObject, decode_object
from rbm_ledger.domain.request_members import RequestKind, find_kind
from rbm_ledger.domain.times import parse_rfc3339
from rbm_ops.local.topology import PUSH_SUBSCRIPTIONS, SEND_REQUESTS

_ADDED = "CloudPubSubDeadLetter"
_SOURCE_SUBSCRIPTION = "CloudPubSubDeadLetterSourceSubscription"
_DELIVERY_COUNT = "CloudPubSubDeadLetterSourceDeliveryCount"
_SOURCE_PUBLISH_TIME = "CloudPubSubDeadLetterSourceTopicPublishTime"

PREFIX = "rbm"


@dataclass(frozen=True)
class DeadLetter:
    """`id` is the dead letter's own; `source` the subscription whose deliveries failed."""

    id: str
    ack_id: str
    data: bytes
    attributes: Mapping[str, str]
    died_at: datetime
    prefix: str = PREFIX

    @cached_property
    def source(self) -> str:
        return self.attributes.get(_SOURCE_SUBSCRIPTION, "")

    @cached_property
    def topic(self) -> str:
        """That it was published to first, by its short name; empty where it is none of this system's."""
        return _topics(self.prefix).get(self.source, "")

    @property
    def is_request(self) -> bool:
        return self.topic == name_with_prefix(SEND_REQUESTS, self.prefix)

    @cached_property
    def published_at(self) -> datetime | None:
        """When it was published first."""
        return parse_rfc3339(self.attributes.get(_SOURCE_PUBLISH_TIME))

    @cached_property
    def deliveries(self) -> int | None:
        count = self.attributes.get(_DELIVERY_COUNT, "")
        return int(count) if count.isdecimal() else None

    @cached_property
    def own_attributes(self) -> dict[str, str]:
        """Without what Pub/Sub has added."""
        return {name: value for name, value in self.attributes.items() if not name.startswith(_ADDED)}

    @cached_property
    def fields(self) -> JsonObject:
        """Empty for what is no JSON object."""
        try:
            return decode_object(self.data)
        except NotJson:
            return {}

    @cached_property
    def what(self) -> str:
        """The kind of a request, or the type of an event."""
        if self.is_request:
            kind = find_kind(self.fields)
            name = str(kind) if kind else "unreadable request"
            return f"{name} to {len(self.fields['recipients'])}" if self.is_for_many else name
        event = parse_event(self.data)
        return event.event_type or event.family

    @property
    def is_for_many(self) -> bool:
        return isinstance(self.fields.get("recipients"), list)

    @property
    def agent_id(self) -> str:
        agent_id = self.fields.get("agentId")
        return shorten_agent_id(agent_id) if isinstance(agent_id, str) else ""

    @property
    def phone_number(self) -> str:
        named = (self.fields.get(name) for name in ("phoneNumber", "senderPhoneNumber"))
        return next((number for number in named if isinstance(number, str)), "")

    @property
    def key(self) -> str:
        """The messageId or idempotencyKey that it carries; empty for a request that named neither."""
        named = (self.fields.get(name) for name in ("messageId", "idempotencyKey"))
        return next((key for key in named if isinstance(key, str) and key), "")

    @property
    def lacks_id(self) -> bool:
        """Whether the id of its message was made from that of the Pub/Sub message, which is gone."""
        is_message = RequestKind.AGENT_MESSAGE.value in self.fields
        return self.is_request and is_message and not self.key

    def find_expiry(self) -> datetime | None:
        """When its message was of no use any more: its ttl counts from when it was published first."""
        if not self.is_request:
            return None
        if not isinstance(self.fields.get("ttl"), str):
            return parse_rfc3339(self.fields.get("expireTime"))
        try:
            ttl = timedelta(seconds=parse_ttl_seconds(self.fields["ttl"]))
            return (self.published_at or self.died_at) + ttl
        except (ValueError, OverflowError):  # no ttl: `send` will say so
            return None


def read_letter(message: Any, ack_id: str = "", *, prefix: str = PREFIX) -> DeadLetter:
    """Of a PubsubMessage, as plain protocol buffer."""
    return DeadLetter(
        id=message.message_id,
        ack_id=ack_id,
        data=message.data,
        attributes=dict(message.attributes),
        died_at=message.publish_time.ToDatetime(UTC),
        prefix=prefix,
    )


def describe_dead_letter(message: Any) -> dict[str, Any]:
    """As JSON, for the console: see `describe_letter`."""
    return describe_letter(read_letter(message))


def describe_letter(letter: DeadLetter) -> dict[str, Any]:
    """`topic` is the one that the message was published to first."""
    return {
        "messageId": letter.id,
        "publishTime": letter.died_at,
        "topic": letter.topic or letter.source,
        "deliveryAttempt": letter.deliveries,
        "attributes": dict(letter.attributes),
        "data": _describe_data(letter.data),
    }


def name_with_prefix(name: str, prefix: str) -> str:
    """As Terraform names it where `prefix` is another than rbm."""
    return prefix + name.removeprefix(PREFIX)


def _topics(prefix: str) -> dict[str, str]:
    return {
        name_with_prefix(each.name, prefix): name_with_prefix(each.topic, prefix)
        for each in PUSH_SUBSCRIPTIONS
    }


def _describe_data(data: bytes) -> object:
    try:
        return decode_object(data)
    except NotJson:
        return data.decode(errors="replace")
