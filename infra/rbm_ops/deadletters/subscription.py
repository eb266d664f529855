"""The subscription that keeps the dead letters, as a person uses it: what is looked at is given back.

    pull ─▶ held: nobody else gets them ─▶ acknowledge (gone for good)
              renewed while it takes       └─ given back at once, when the block ends however it ends

Should this process be killed, Pub/Sub gives them back by itself after 10 minutes.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rbm_ledger.adapters.channels import open_channel
from rbm_ledger.adapters.grpc_calls import call_service
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ops.deadletters.letters import PREFIX, DeadLetter, name_with_prefix, read_letter
from rbm_ops.environment import Cloud
from rbm_ops.local.pubsub_calls import (
    AcknowledgeRequest,
    GetSubscriptionRequest,
    ModifyAckDeadlineRequest,
    PullRequest,
    method_for,
)
from rbm_ops.local.topology import DEAD_LETTER_SUBSCRIPTION

_ADDRESS = "pubsub.googleapis.com:443"
_TIMEOUT_SECONDS = 20.0
_MESSAGES_PER_PULL = 500
_IDS_PER_CALL = 1000
# The longest that Pub/Sub allows (cloud.google.com/pubsub/docs/lease-management, read 2026-11).
_HELD_SECONDS = 600
_RENEWAL_SECONDS = 200.0
# As much as may be held in memory at once.
_MAX_BYTES = 200_000_000


class Kept(Protocol):
    """The dead letters that are kept. Every method raises NotConfirmed."""

    async def pull(self, limit: int) -> Sequence[DeadLetter]: ...

    async def acknowledge(self, letters: Iterable[DeadLetter]) -> None: ...

    async def hold(self, letters: Iterable[DeadLetter], *, seconds: int) -> None: ...


@dataclass(frozen=True, slots=True)
class KeptLetters:
    """`wait_seconds`: how long a pull waits; one that brings nothing says that there are no more.

    `timeout_seconds`: of every other call. A pull that waits and one that hangs look the same, so another
    call has to be answered before it is believed that there is nothing.
    """

    channel: Any
    name: str
    prefix: str
    wait_seconds: float
    timeout_seconds: float = _TIMEOUT_SECONDS

    async def pull(self, limit: int) -> Sequence[DeadLetter]:
        """The next ones, none twice."""
        found: dict[str, DeadLetter] = {}
        size_bytes = 0
        try:
            while len(found) < limit and size_bytes < _MAX_BYTES:
                letters = await self._pull_once(min(limit - len(found), _MESSAGES_PER_PULL))
                if not letters:
                    break
                found |= {letter.id: letter for letter in letters}
                size_bytes += sum(len(letter.data) for letter in letters)
                await self.hold(letters, seconds=_HELD_SECONDS)
        except (NotConfirmed, asyncio.CancelledError):
            await Held(self, list(found.values())).give_back()
            raise
        return list(found.values())

    async def acknowledge(self, letters: Iterable[DeadLetter]) -> None:
        for some in _split_ids(letters):
            await self._call(AcknowledgeRequest(subscription=self.name, ack_ids=some), self.timeout_seconds)

    async def hold(self, letters: Iterable[DeadLetter], *, seconds: int) -> None:
        """0 seconds: they are given back."""
        for some in _split_ids(letters):
            request = ModifyAckDeadlineRequest(
                subscription=self.name, ack_ids=some, ack_deadline_seconds=seconds
            )
            await self._call(request, self.timeout_seconds)

    async def _pull_once(self, most: int) -> list[DeadLetter]:
        request = PullRequest(subscription=self.name, max_messages=most)
        try:
            pulled = await self._call(request, self.wait_seconds)
        except NotConfirmed as error:
            if not error.reason.startswith("DEADLINE_EXCEEDED"):
                raise
            await self._demand_answer()
            return []  # nothing came meanwhile
        return [
            read_letter(received.message, received.ack_id, prefix=self.prefix)
            for received in pulled.received_messages
        ]

    async def _demand_answer(self) -> None:
        """Whoever may pull may not always look at the subscription: a no is an answer too."""
        try:
            await self._call(GetSubscriptionRequest(subscription=self.name), self.timeout_seconds)
        except NotConfirmed as error:
            if not error.reason.startswith("PERMISSION_DENIED"):
                raise

    async def _call(self, request: Any, timeout_seconds: float) -> Any:
        return await call_service(
            method_for(self.channel, type(request)),
            request,
            timeout_seconds=timeout_seconds,
            metadata=(("x-goog-request-params", f"subscription={self.name}"),),
        )


def _split_ids(letters: Iterable[DeadLetter]) -> Iterator[list[str]]:
    ack_ids = [letter.ack_id for letter in letters]
    for start in range(0, len(ack_ids), _IDS_PER_CALL):
        yield ack_ids[start : start + _IDS_PER_CALL]


@contextlib.asynccontextmanager
async def open_kept_letters(
    cloud: Cloud, *, prefix: str = PREFIX, wait_seconds: float
) -> AsyncIterator[KeptLetters]:
    """Raises NotConfirmed where there is no identity."""
    name = name_with_prefix(DEAD_LETTER_SUBSCRIPTION, prefix)
    async with open_channel(_ADDRESS, emulator_host=cloud.pubsub_host) as channel:
        yield KeptLetters(channel, f"projects/{cloud.project}/subscriptions/{name}", prefix, wait_seconds)


class Held:
    """What is held, less what was acknowledged."""

    def __init__(self, kept: Kept, letters: Sequence[DeadLetter]) -> None:
        self._kept = kept
        self._left = {letter.ack_id: letter for letter in letters}
        self.letters = letters

    async def acknowledge(self, letters: Sequence[DeadLetter]) -> None:
        """They are gone for good."""
        await self._kept.acknowledge(letters)
        for letter in letters:
            self._left.pop(letter.ack_id, None)

    async def renew(self) -> None:
        """Never returns. Who can't renew may get them twice, which does no harm."""
        while True:
            await asyncio.sleep(_RENEWAL_SECONDS)
            with contextlib.suppress(NotConfirmed):
                await self._kept.hold(list(self._left.values()), seconds=_HELD_SECONDS)

    async def give_back(self) -> None:
        with contextlib.suppress(NotConfirmed):  # then Pub/Sub does it itself, later
            await self._kept.hold(list(self._left.values()), seconds=0)


@contextlib.asynccontextmanager
async def holding_letters(kept: Kept, limit: int) -> AsyncIterator[Held]:
    """At most `limit` dead letters; raises NotConfirmed."""
    held = Held(kept, await kept.pull(limit))
    renewal = asyncio.create_task(held.renew())
    try:
        yield held
    finally:
        renewal.cancel()
        await held.give_back()
