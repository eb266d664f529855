"""Named points of the path: where a function is killed, just before or just after one of its calls.

```
delivery ─▶ webhook ─publish─▶           the queue away: ─write─▶ spill
push ─▶ correlate ─write─▶ ─read─▶ ─publish─▶          drain: ─query─▶ ─publish─▶ ─write─▶
push ─▶ send ─read─▶ ─create─▶ ─write─▶ ─publish─▶
```
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum


class Moment(StrEnum):
    """Before: nobody heard of the call. After: it was done, and its answer is lost."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Point:
    function: str
    call: str
    moment: Moment

    def __str__(self) -> str:
        return f"{self.function} {self.moment} {self.call}"


_CALLS = {
    "webhook": ("delivery", "publish", "write"),
    "correlate": ("push", "write", "read", "publish", "query"),
    "send": ("push", "read", "create", "write", "publish"),
}
POINTS = tuple(
    Point(function, call, moment) for function, calls in _CALLS.items() for call in calls for moment in Moment
)
# Where `webhook` comes by only while the queue is away.
SPILL_POINTS = tuple(point for point in POINTS if (point.function, point.call) == ("webhook", "write"))


class Traps:
    """Armed points. `kill` ends an instance, such as `send-1`, without warning."""

    def __init__(self, kill: Callable[[str], Awaitable[None]]) -> None:
        self._kill = kill
        self._armed: dict[Point, asyncio.Event] = {}
        self._endings: set[asyncio.Task[None]] = set()

    async def wait_for(self, point: Point, timeout_seconds: float) -> bool:
        """Whether somebody came by in that time, and was killed there."""
        sprung = self._armed[point] = asyncio.Event()
        try:
            async with asyncio.timeout(timeout_seconds):
                await sprung.wait()
        except TimeoutError:
            return sprung.is_set()
        finally:
            self._armed.pop(point, None)
        return True

    async def spring(self, instance: str, call: str, moment: Moment) -> bool:
        """Whether the instance was killed here just now."""
        sprung = self._armed.pop(Point(instance.partition("-")[0], call, moment), None)
        if sprung is None:
            return False
        # The call that came by may be cancelled with its caller.
        ending = asyncio.create_task(self._end(instance, sprung))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        await asyncio.shield(ending)
        return True

    async def _end(self, instance: str, sprung: asyncio.Event) -> None:
        await self._kill(instance)
        sprung.set()
