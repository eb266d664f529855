"""What the console pulls from Pub/Sub: updates, and dead letters. Acknowledged once the pages were told."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc

from rbm_ops.console.stream import OpenPages
from rbm_ops.deadletters.letters import describe_dead_letter
from rbm_ops.json_text import encode
from rbm_ops.local.addresses import Addresses
from rbm_ops.local.pubsub_calls import AcknowledgeRequest, PullRequest, method_for

_MESSAGES_PER_PULL = 500
_PULL_SECONDS = 20.0
_ACKNOWLEDGE_SECONDS = 10.0
_FIRST_WAIT_SECONDS = 0.2
_LONGEST_WAIT_SECONDS = 5.0
_KEPT_DEAD_LETTERS = 200

Messages = Sequence[Any]


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """The latest dead letters since the console's start, newest first; Pub/Sub keeps all of them."""

    rows: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=_KEPT_DEAD_LETTERS))

    def add(self, message: Any) -> dict[str, Any]:
        row = describe_dead_letter(message)
        self.rows.appendleft(row)
        return row


async def watch_updates(addresses: Addresses, pages: OpenPages) -> None:
    """Never returns."""

    def tell(messages: Messages) -> None:
        for message in messages:
            pages.tell("update", message.data.decode(errors="replace"))

    await _pull(addresses, "rbm-updates-console", tell)


async def watch_dead_letters(addresses: Addresses, pages: OpenPages, dead_letters: DeadLetters) -> None:
    """Never returns."""

    def tell(messages: Messages) -> None:
        for message in messages:
            pages.tell("deadLetter", encode(dead_letters.add(message)))

    await _pull(addresses, "rbm-dead-letters-console", tell)


async def _pull(addresses: Addresses, subscription: str, take: Callable[[Messages], None]) -> None:
    """Takes what comes, for ever; an emulator that is away is tried again after growing waits."""
    name = f"projects/{addresses.project}/subscriptions/{subscription}"
    wait_seconds = _FIRST_WAIT_SECONDS
    async with grpc.aio.insecure_channel(addresses.pubsub) as channel:
        while True:
            try:
                await _pull_once(channel, name, take)
                wait_seconds = _FIRST_WAIT_SECONDS
            except grpc.aio.AioRpcError:
                await asyncio.sleep(wait_seconds)
                wait_seconds = min(2 * wait_seconds, _LONGEST_WAIT_SECONDS)


async def _pull_once(channel: Any, name: str, take: Callable[[Messages], None]) -> None:
    request = PullRequest(subscription=name, max_messages=_MESSAGES_PER_PULL)
    try:
        pulled = await method_for(channel, PullRequest)(request, timeout=_PULL_SECONDS)
    except grpc.aio.AioRpcError as error:
        if error.code() is not grpc.StatusCode.DEADLINE_EXCEEDED:
            raise
        return
    if not pulled.received_messages:
        return
    take([received.message for received in pulled.received_messages])
    ack_ids = [received.ack_id for received in pulled.received_messages]
    acknowledged = AcknowledgeRequest(subscription=name, ack_ids=ack_ids)
    await method_for(channel, AcknowledgeRequest)(acknowledged, timeout=_ACKNOWLEDGE_SECONDS)
