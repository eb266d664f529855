"""Many callers, few calls: whoever arrives while calls are under way shares the next one.

    idle   submit ─▶ call ─▶ answer            no timer: a lone caller waits for nothing
    busy   submit ┐
           submit ├─ waits ─▶ one call ─▶ each its own answer
           submit ┘

At most `max_calls` calls are under way, so that the service's latency does not cap the throughput.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rbm_ledger.domain.errors import NotConfirmed, Refused

Item = TypeVar("Item")
Result = TypeVar("Result")

# What a commit returns for each of its items, in their order: a result or an error.
Commit = Callable[[Sequence[Item]], Awaitable[Sequence[Result | Exception]]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may carry."""

    max_items: int
    max_bytes: int
    max_calls: int = 8


class GroupCommit(Generic[Item, Result]):
    """One call for all who wait, `timeout_seconds` at most. Lives in the event loop of its first `submit`."""

    def __init__(
        self,
        commit: Commit[Item, Result],
        *,
        limits: Limits,
        size_bytes: Callable[[Item], int],
        timeout_seconds: float,
    ) -> None:
        self._commit = commit
        self._limits = limits
        self._size_bytes = size_bytes
        self._timeout_seconds = timeout_seconds
        self._waiting: deque[tuple[Item, int, asyncio.Future[Result]]] = deque()
        self._calls: set[asyncio.Task[None]] = set()

    async def submit(self, item: Item) -> Result:
        """The result of this item, once the call that carried it has returned; raises its own error.

        NotConfirmed when the time is up, behind a call that hangs as well; the item still goes out.
        """
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, self._size_bytes(item), future))
        if len(self._calls) < self._limits.max_calls:
            call = asyncio.create_task(self._drain())
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await future
        except TimeoutError:
            raise NotConfirmed("no call came back in time") from None

    async def _drain(self) -> None:
        while self._waiting:
            items, futures = self._take_batch()
            for future, outcome in zip(futures, await self._settle(items), strict=True):
                if future.done():  # its caller has gone
                    continue
                if isinstance(outcome, Exception):
                    future.set_exception(outcome)
                else:
                    future.set_result(outcome)

    def _take_batch(self) -> tuple[list[Item], list[asyncio.Future[Result]]]:
        """As many as fit, at least one."""
        items: list[Item] = []
        futures: list[asyncio.Future[Result]] = []
        room_bytes = self._limits.max_bytes
        while self._waiting and len(items) < self._limits.max_items:
            item, size_bytes, future = self._waiting[0]
            if items and size_bytes > room_bytes:
                break
            self._waiting.popleft()
            room_bytes -= size_bytes
            items.append(item)
            futures.append(future)
        return items, futures

    async def _settle(self, items: Sequence[Item]) -> list[Result | Exception]:
        """Whoever failed in company through what may be another member's fault is tried alone."""
        outcomes = await self._attempt(items)
        if len(items) == 1:
            return outcomes
        return [
            (await self._attempt([item]))[0] if _may_be_others_fault(outcome) else outcome
            for item, outcome in zip(items, outcomes, strict=True)
        ]

    async def _attempt(self, items: Sequence[Item]) -> list[Result | Exception]:
        try:
            outcomes = list(await self._commit(items))
        except asyncio.CancelledError:
            if _is_loop_ending():
                raise
            return [NotConfirmed("the call was cancelled: its channel was closed")] * len(items)
        except Exception as error:  # noqa: BLE001 - each caller gets it; the loop goes on
            return [error] * len(items)
        if len(outcomes) != len(items):
            return [NotConfirmed(f"{len(outcomes)} answers to {len(items)} items")] * len(items)
        return outcomes


def _may_be_others_fault(outcome: object) -> bool:
    """A refusal, or an item that broke the making of the call; a service that is down is nobody's fault."""
    return isinstance(outcome, Refused) or (
        isinstance(outcome, Exception) and not isinstance(outcome, NotConfirmed)
    )


def _is_loop_ending() -> bool:
    """Nothing else cancels the task that runs the calls."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
