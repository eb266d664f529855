"""Publishes to one Pub/Sub topic, in groups.

Limits: cloud.google.com/pubsub/quotas, read 2026-11: 1,000 messages and 10 MB per publish request.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import grpc
from google.pubsub_v1 import types
from google.pubsub_v1.services.publisher.transports.grpc_asyncio import PublisherGrpcAsyncIOTransport

from rbm_ledger.adapters.group_commit import GroupCommit, Limits
from rbm_ledger.adapters.grpc_calls import CHANNEL_OPTIONS, Call, call_service

_LIMITS = Limits(max_items=1000, max_bytes=9_000_000)
_MESSAGE_OVERHEAD_BYTES = 64

# The plain protocol buffers: the wrappers of the client library cost more than the rest of a publish.
_PublishRequest = types.PublishRequest.pb()
_PublishResponse = types.PublishResponse.pb()
_Message = types.PubsubMessage.pb()


class PubSubPublisher:
    """Connects on the first publish, inside the running event loop."""

    def __init__(self, topic: str, *, emulator_host: str, timeout_seconds: float) -> None:
        self._topic = topic
        self._emulator_host = emulator_host
        self._timeout_seconds = timeout_seconds
        self._publish_call: Call | None = None
        self._group: GroupCommit[Any, str] = GroupCommit(
            self._publish_batch, limits=_LIMITS, size_bytes=_size_bytes, timeout_seconds=timeout_seconds
        )

    async def publish(self, data: bytes, attributes: Mapping[str, str]) -> str:
        """The message's id, once the service has confirmed it; raises NotConfirmed."""
        return await self._group.submit(_Message(data=data, attributes=attributes))

    async def _publish_batch(self, messages: Sequence[Any]) -> Sequence[str]:
        if self._publish_call is None:
            self._publish_call = _connect(self._emulator_host)
        answer = await call_service(
            self._publish_call,
            _PublishRequest(topic=self._topic, messages=messages),
            timeout_seconds=self._timeout_seconds,
            metadata=(("x-goog-request-params", f"topic={self._topic}"),),
        )
        return list(answer.message_ids)


def _connect(emulator_host: str) -> Call:
    if emulator_host:
        channel = grpc.aio.insecure_channel(emulator_host, options=CHANNEL_OPTIONS)
    else:
        channel = PublisherGrpcAsyncIOTransport.create_channel(options=CHANNEL_OPTIONS)
    call: Call = channel.unary_unary(
        "/google.pubsub.v1.Publisher/Publish",
        request_serializer=_PublishRequest.SerializeToString,
        response_deserializer=_PublishResponse.FromString,
    )
    return call


def _size_bytes(message: Any) -> int:
    size: int = message.ByteSize()
    return size + _MESSAGE_OVERHEAD_BYTES
