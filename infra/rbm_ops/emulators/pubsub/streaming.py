"""One StreamingPull: messages go out while acknowledgements and new deadlines come in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence

from rbm_ops.emulators.pubsub.delivery import Delivery
from rbm_ops.emulators.pubsub.messages import plain, types
from rbm_ops.emulators.pubsub.refusals import CallRefused, invalid_argument
from rbm_ops.emulators.pubsub.resources import Subscription
from rbm_ops.emulators.pubsub.rules import (
    check_ack_ids,
    check_modified_ack_deadline,
    check_stream_ack_deadline,
)
from rbm_ops.emulators.pubsub.storage import Storage

_MESSAGES_PER_RESPONSE = 1_000
_Response = plain(types.StreamingPullResponse)
_ReceivedMessage = plain(types.ReceivedMessage)

# What the two directions hand to the stream: a response, a refusal, or None for the ordinary end.
_Outgoing = asyncio.Queue["types.StreamingPullResponse | CallRefused | None"]


def to_received_messages(
    config: types.Subscription, deliveries: Iterable[Delivery]
) -> list[types.ReceivedMessage]:
    """As a client gets them; the attempt is told only where a dead-letter policy counts it."""
    counts = config.HasField("dead_letter_policy")
    return [
        _ReceivedMessage(
            ack_id=delivery.ack_id,
            message=delivery.message,
            delivery_attempt=delivery.attempts if counts else 0,
        )
        for delivery in deliveries
    ]


class PullStream:
    """`first` is the opening request; flow control counts messages, not bytes."""

    def __init__(
        self, subscription: Subscription, first: types.StreamingPullRequest, storage: Storage
    ) -> None:
        check_stream_ack_deadline(first.stream_ack_deadline_seconds)
        self._config = subscription.config
        self._backlog = subscription.backlog
        self._storage = storage
        self._deadline_seconds: int = first.stream_ack_deadline_seconds
        self._limit: int = first.max_outstanding_messages
        self._outstanding = 0
        self._room = asyncio.Event()
        self._room.set()
        self._outgoing: _Outgoing = asyncio.Queue(maxsize=1)

    async def exchange(
        self, requests: AsyncIterator[types.StreamingPullRequest]
    ) -> AsyncIterator[types.StreamingPullResponse]:
        directions = (self._send_messages(), self._read_requests(requests))
        tasks = [asyncio.create_task(self._report_end(direction)) for direction in directions]
        try:
            while (outgoing := await self._outgoing.get()) is not None:
                if isinstance(outgoing, CallRefused):
                    raise outgoing
                yield outgoing
        finally:
            for task in tasks:
                task.cancel()

    async def _report_end(self, direction: Awaitable[None]) -> None:
        try:
            await direction
        except CallRefused as refused:
            await self._outgoing.put(refused)
        else:
            await self._outgoing.put(None)

    async def _send_messages(self) -> None:
        while not self._backlog.closed_by:
            await self._room.wait()
            await self._backlog.available.wait()
            deliveries = self._take()
            if deliveries:
                await self._outgoing.put(self._respond(deliveries))
        raise self._backlog.closed_by

    def _take(self) -> list[Delivery]:
        free = self._limit - self._outstanding if self._limit > 0 else _MESSAGES_PER_RESPONSE
        deliveries = self._backlog.take(
            min(free, _MESSAGES_PER_RESPONSE), self._deadline_seconds, holder=self._let_go
        )
        self._outstanding += len(deliveries)
        if 0 < self._limit <= self._outstanding:
            self._room.clear()
        return deliveries

    def _let_go(self) -> None:
        self._outstanding -= 1
        self._room.set()

    def _respond(self, deliveries: list[Delivery]) -> types.StreamingPullResponse:
        response = _Response(received_messages=to_received_messages(self._config, deliveries))
        properties = response.subscription_properties
        properties.exactly_once_delivery_enabled = self._config.enable_exactly_once_delivery
        properties.message_ordering_enabled = self._config.enable_message_ordering
        return response

    async def _read_requests(self, requests: AsyncIterator[types.StreamingPullRequest]) -> None:
        async for request in requests:
            if request.stream_ack_deadline_seconds:
                check_stream_ack_deadline(request.stream_ack_deadline_seconds)
                self._deadline_seconds = request.stream_ack_deadline_seconds
            if request.modify_deadline_ack_ids:
                self._modify_deadlines(request.modify_deadline_ack_ids, request.modify_deadline_seconds)
            if request.ack_ids:
                await self._acknowledge(request.ack_ids)

    def _modify_deadlines(self, ack_ids: Sequence[str], deadlines_seconds: Sequence[int]) -> None:
        check_ack_ids(self._config, ack_ids)
        if len(ack_ids) != len(deadlines_seconds):
            raise invalid_argument("Each modified ack id needs a deadline of its own.")
        for ack_id, seconds in zip(ack_ids, deadlines_seconds, strict=True):
            check_modified_ack_deadline(seconds)
            self._backlog.modify_deadline([ack_id], seconds)

    async def _acknowledge(self, ack_ids: Sequence[str]) -> None:
        check_ack_ids(self._config, ack_ids)
        stale = set(self._backlog.acknowledge(ack_ids))
        await self._storage.written()
        if not self._config.enable_exactly_once_delivery:
            return
        response = _Response()
        response.acknowledge_confirmation.ack_ids.extend(a for a in ack_ids if a not in stale)
        response.acknowledge_confirmation.invalid_ack_ids.extend(stale)
        await self._outgoing.put(response)
