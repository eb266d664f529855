"""`send` instances that share one ledger and one agent, each with callers who never stop, in virtual time."""

import asyncio
import contextlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.functions.fakes import InMemoryLedger
from tests.functions.usecases.virtual_time import clock, elapsed_seconds

from rbm_ledger.domain.ledger import Merge, Query, Reached, Record
from rbm_ledger.usecases.pacing import Pacer, RateReached

AGENT = "growing-tree-bank"
LATENCY_SECONDS = 0.05
# Enough to be always at the limit.
_CALLERS = 4


class DistantLedger(InMemoryLedger):
    """Each call takes its time."""

    async def merge(self, merge: Merge) -> Reached:
        await asyncio.sleep(LATENCY_SECONDS)
        return await super().merge(merge)

    async def find(self, query: Query) -> Sequence[Record]:
        await asyncio.sleep(LATENCY_SECONDS)
        return await super().find(query)


def make_pacer(ledger: InMemoryLedger, instance_id: str = "1") -> Pacer:
    return Pacer(ledger, clock=clock, monotonic=elapsed_seconds, instance_id=instance_id)


@dataclass
class Fleet:
    """`calls` holds the time of each call of any instance."""

    per_second: float
    documents: dict[Any, Any] = field(default_factory=dict)
    calls: list[float] = field(default_factory=list)
    _instances: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _started: int = 0

    def start(self, count: int) -> None:
        for _ in range(count):
            self._started += 1
            name = str(self._started)
            self._instances[name] = asyncio.create_task(self._send(name))

    async def end(self, count: int) -> None:
        """The oldest ones go, without a word."""
        for name in list(self._instances)[:count]:
            task = self._instances.pop(name)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    @property
    def size(self) -> int:
        return len(self._instances)

    def count(self, start: float, seconds: float) -> int:
        """Calls are made in the order of time."""
        return bisect_right(self.calls, start + seconds) - bisect_right(self.calls, start)

    async def _send(self, name: str) -> None:
        pacer = make_pacer(DistantLedger(self.documents), name)
        async with asyncio.TaskGroup() as callers:
            for _ in range(_CALLERS):
                callers.create_task(self._call(pacer))

    async def _call(self, pacer: Pacer) -> None:
        while True:
            try:
                await pacer.take(AGENT, self.per_second)
            except RateReached as reached:
                await asyncio.sleep(reached.retry_after_seconds)
            else:
                self.calls.append(elapsed_seconds())


def windows(until: float, seconds: float, *, start: float = 0.0) -> Iterator[float]:
    """The starts of overlapping windows."""
    at = start
    while at + seconds <= until:
        yield at
        at += seconds / 4
