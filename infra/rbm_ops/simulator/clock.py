"""The simulator's clock: real, scaled, or stepped by hand, so that 30 days pass in a second.

Everything that waits, waits here; only the deadline for a webhook's answer is real time in every mode.
"""

import asyncio
import contextlib
import heapq
import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol


class ClockMode(StrEnum):
    REAL = "real"
    SCALED = "scaled"
    STEPPED = "stepped"


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    mode: ClockMode
    scale: float

    def now(self) -> datetime: ...

    def call_later(self, seconds: float, action: Callable[[], None]) -> Timer: ...

    async def sleep(self, seconds: float) -> None: ...

    def working(self) -> contextlib.AbstractContextManager[None]:
        """While inside, time does not go on: a stepped clock waits for what it has set off."""
        ...


class RunningClock:
    """Runs by itself, `scale` times as fast as the real one."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale
        self.mode = ClockMode.REAL if scale == 1 else ClockMode.SCALED
        self._loop = asyncio.get_running_loop()
        self._started_at, self._loop_started_at = datetime.now(UTC), self._loop.time()

    def now(self) -> datetime:
        passed_seconds = (self._loop.time() - self._loop_started_at) * self.scale
        return self._started_at + timedelta(seconds=passed_seconds)

    def call_later(self, seconds: float, action: Callable[[], None]) -> Timer:
        return self._loop.call_later(seconds / self.scale, action)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.scale)

    def working(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()


class SteppedClock:
    """Stands still until it is advanced: timer after timer, each with all that follows from it."""

    mode = ClockMode.STEPPED
    scale = 0.0

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._timers: list[_SteppedTimer] = []
        self._order = itertools.count()
        self._works = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._advancing = asyncio.Lock()

    def now(self) -> datetime:
        return self._now

    def call_later(self, seconds: float, action: Callable[[], None]) -> Timer:
        timer = _SteppedTimer(self._now + timedelta(seconds=max(seconds, 0)), next(self._order), action)
        heapq.heappush(self._timers, timer)
        return timer

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self.call_later(seconds, woken.set)
        await woken.wait()

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        self._works += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._works -= 1
            if self._works == 0:
                self._idle.set()

    def count_timers(self) -> int:
        return sum(not timer.is_cancelled for timer in self._timers)

    async def advance(self, seconds: float) -> None:
        """Returns when everything that became due has happened, to the last answer of a webhook."""
        async with self._advancing:
            until = self._now + timedelta(seconds=seconds)
            await self._settle()
            while self._timers and self._timers[0].due <= until:
                timer = heapq.heappop(self._timers)
                if not timer.is_cancelled:
                    self._now = timer.due
                    timer.action()
                    await self._settle()
            self._now = until

    async def _settle(self) -> None:
        await asyncio.sleep(0)  # whoever was woken goes first
        while self._works:
            await self._idle.wait()
            await asyncio.sleep(0)


class _SteppedTimer:
    __slots__ = ("action", "due", "is_cancelled", "order")

    def __init__(self, due: datetime, order: int, action: Callable[[], None]) -> None:
        self.due, self.order, self.action = due, order, action
        self.is_cancelled = False

    def __lt__(self, other: "_SteppedTimer") -> bool:
        return (self.due, self.order) < (other.due, other.order)

    def cancel(self) -> None:
        self.is_cancelled = True


def make_clock(mode: ClockMode, *, scale: float, start: datetime | None) -> RunningClock | SteppedClock:
    """`start` is where a stepped clock stands at first; now, if nobody says."""
    if mode is ClockMode.STEPPED:
        return SteppedClock((start or datetime.now(UTC)).astimezone(UTC))
    return RunningClock(scale if mode is ClockMode.SCALED else 1.0)
