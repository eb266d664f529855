"""Many callers, few calls: whoever arrives while calls are under way shares the next one.

    idle   submit ─▶ call ─▶ answer            no timer: a lone caller waits for nothing
    busy   submit ┐
           submit ├─ waits ─▶ one call ─▶ each its own answer
           submit ┘

The next call begins when one has returned, when one was full, or a moment after the last one began: a quick
answer is worth waiting for, since a call costs more than an item does; a slow or hanging one holds nobody up.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rbm_ledger.domain.errors import NotConfirmed, Refused

Item = TypeVar("Item")
Result = TypeVar("Result")

# What a commit returns for each of its items, in their order: a result or an error.
Commit = Callable[[Sequence[Item]], Awaitable[Sequence[Result | Exception]]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may carry, how many there may be at once, and how far apart they begin."""

    max_items: int
    max_bytes: int
    max_calls: int = 8
    spacing_seconds: float = 0.001


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
        self._waiting: deque[tuple[Item, int, asyncio.Future[Result]]] = deque()
        self._overdue = _Overdue(timeout_seconds)
        self._calls: set[asyncio.Task[None]] = set()  # the loop itself holds them but weakly
        self._under_way = 0
        self._is_starting = False
        self._began_at = 0.0
        self._next_start: asyncio.TimerHandle | None = None

    async def submit(self, item: Item) -> Result:
        """The result of this item, once the call that carried it has returned; raises its own error.

        NotConfirmed when the time is up, behind a call that hangs as well; the item still goes out.
        """
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, self._size_bytes(item), future))
        self._overdue.watch(future)
        self._start_call()
        return await future

    def _start_call(self, *, at_once: bool = False) -> None:
        """In the loop's next turn, with all who come in this one; later, where the last one is too near."""
        if not self._waiting or self._is_starting or self._under_way >= self._limits.max_calls:
            return
        loop = asyncio.get_running_loop()
        wait_seconds = self._began_at + self._limits.spacing_seconds - loop.time()
        if self._under_way and wait_seconds > 0 and not at_once:
            if self._next_start is None:
                self._next_start = loop.call_later(wait_seconds, self._start_delayed)
            return
        self._is_starting = True
        self._under_way += 1
        call = loop.create_task(self._run_call())
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    def _start_delayed(self) -> None:
        self._next_start = None
        self._start_call()

    async def _run_call(self) -> None:
        self._is_starting = False
        self._began_at = asyncio.get_running_loop().time()
        items, futures = self._take_batch()
        self._start_call(at_once=True)  # for what did not fit
        try:
            _hand_out(futures, await self._settle(items))
        finally:
            self._under_way -= 1
            self._start_call()

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


class _Overdue:
    """One time limit for many futures, by one timer: they fall due in the order in which they came."""

    def __init__(self, timeout_seconds: float) -> None:
        self._timeout_seconds = timeout_seconds
        self._pending: deque[tuple[float, asyncio.Future[Any]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, future: "asyncio.Future[Any]") -> None:
        """It raises NotConfirmed when its time is up."""
        self._forget_done()
        loop = future.get_loop()
        self._pending.append((loop.time() + self._timeout_seconds, future))
        if self._timer is None:
            self._timer = loop.call_at(self._pending[0][0], self._end_overdue)

    def _forget_done(self) -> None:
        while self._pending and self._pending[0][1].done():
            self._pending.popleft()

    def _end_overdue(self) -> None:
        self._timer = None
        self._forget_done()
        while self._pending:
            due_at, future = self._pending[0]
            loop = future.get_loop()
            if due_at > loop.time():
                self._timer = loop.call_at(due_at, self._end_overdue)
                return
            future.set_exception(NotConfirmed("no call came back in time"))
            self._forget_done()


def _hand_out(futures: "Sequence[asyncio.Future[Result]]", outcomes: Sequence[Result | Exception]) -> None:
    for future, outcome in zip(futures, outcomes, strict=True):
        if future.done():  # its caller has gone
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


def _may_be_others_fault(outcome: object) -> bool:
    """A refusal, or an item that broke the making of the call; a service that is down is nobody's fault."""
    return isinstance(outcome, Refused) or (
        isinstance(outcome, Exception) and not isinstance(outcome, NotConfirmed)
    )


def _is_loop_ending() -> bool:
    """Nothing else cancels the task that runs the calls."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
