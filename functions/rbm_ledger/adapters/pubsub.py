"""Publishes to one Pub/Sub topic, in groups.

Limits: cloud.google.com/pubsub/quotas, read 2026-11: 1,000 messages and 10 MB per publish request.
"""

from collections.abc import Mapping, Sequence

from rbm_ledger.adapters.channels import open_channel
from rbm_ledger.adapters.group_commit import GroupCommit, Limits
from rbm_ledger.adapters.grpc_calls import Call, call_service
from rbm_ledger.adapters.message_types import load_message

_LIMITS = Limits(max_items=1000, max_bytes=9_000_000)
_MESSAGE_OVERHEAD_BYTES = 64
_ATTRIBUTE_OVERHEAD_BYTES = 16
_MOST_BYTES_PER_CHARACTER = 4

# The data of a message, and its attributes.
_Item = tuple[bytes, Mapping[str, str]]

_ADDRESS = "pubsub.googleapis.com:443"
_TYPES = "google.pubsub_v1.types.pubsub"
_PublishRequest = load_message(_TYPES, "PublishRequest")
_PublishResponse = load_message(_TYPES, "PublishResponse")


class PubSubPublisher:
    """Connects on the first publish, inside the running event loop."""

    def __init__(self, topic: str, *, emulator_host: str, timeout_seconds: float) -> None:
        self._topic = topic
        self._emulator_host = emulator_host
        self._timeout_seconds = timeout_seconds
        self._publish_call: Call | None = None
        self._group: GroupCommit[_Item, str] = GroupCommit(
            self._publish_batch, limits=_LIMITS, size_bytes=_size_bytes, timeout_seconds=timeout_seconds
        )

    async def publish(self, data: bytes, attributes: Mapping[str, str]) -> str:
        """The message's id, once the service has confirmed it; raises NotConfirmed."""
        return await self._group.submit((data, attributes))

    async def _publish_batch(self, items: Sequence["_Item"]) -> Sequence[str]:
        if self._publish_call is None:
            self._publish_call = _connect(self._emulator_host)
        request = _PublishRequest(topic=self._topic)
        for data, attributes in items:
            request.messages.add(data=data, attributes=attributes)
        answer = await call_service(
            self._publish_call,
            request,
            timeout_seconds=self._timeout_seconds,
            metadata=(("x-goog-request-params", f"topic={self._topic}"),),
        )
        return list(answer.message_ids)


def _connect(emulator_host: str) -> Call:
    call: Call = open_channel(_ADDRESS, emulator_host=emulator_host).unary_unary(
        "/google.pubsub.v1.Publisher/Publish",
        request_serializer=_PublishRequest.SerializeToString,
        response_deserializer=_PublishResponse.FromString,
    )
    return call


def _size_bytes(item: _Item) -> int:
    """At most what the message takes on the wire."""
    data, attributes = item
    return (
        len(data)
        + sum(
            _ATTRIBUTE_OVERHEAD_BYTES + _MOST_BYTES_PER_CHARACTER * (len(name) + len(value))
            for name, value in attributes.items()
        )
        + _MESSAGE_OVERHEAD_BYTES
    )
