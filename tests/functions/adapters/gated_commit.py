"""A commit whose calls end when and how the test decides, without any time passing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rbm_ledger.adapters.group_commit import GroupCommit, Limits

_LOOP_TURNS = 30
_DEADLINE_SECONDS = 5


@dataclass
class OpenCall:
    """A call under way: the test decides how it ends."""

    items: tuple[str, ...]
    end: asyncio.Future[Sequence[Any]] = field(default_factory=asyncio.Future)

    def succeed(self) -> None:
        self.end.set_result([item.upper() for item in self.items])

    def fail(self, error: BaseException) -> None:
        self.end.set_exception(error)


class GatedCommit:
    """Remembers every call, and answers none by itself."""

    def __init__(self) -> None:
        self.calls: list[OpenCall] = []
        self._called = asyncio.Event()

    async def __call__(self, items: Sequence[str]) -> Sequence[Any]:
        call = OpenCall(tuple(items))
        self.calls.append(call)
        self._called.set()
        return await call.end

    async def wait_for_calls(self, count: int) -> None:
        async with asyncio.timeout(_DEADLINE_SECONDS):
            while len(self.calls) < count:
                self._called.clear()
                await self._called.wait()

    @property
    def batches(self) -> list[tuple[str, ...]]:
        return [call.items for call in self.calls]


def make_group(
    commit: Any,
    *,
    max_items: int = 100,
    max_bytes: int = 1000,
    max_calls: int = 1,
    spacing_seconds: float = 0,
    timeout_seconds: float = _DEADLINE_SECONDS,
) -> GroupCommit[str, str]:
    limits = Limits(max_items, max_bytes, max_calls, spacing_seconds)
    return GroupCommit(commit, limits=limits, size_bytes=len, timeout_seconds=timeout_seconds)


def submit_each(group: GroupCommit[str, str], *items: str) -> list[asyncio.Task[str]]:
    return [asyncio.create_task(group.submit(item)) for item in items]


async def go_idle() -> None:
    """Lets everything run that needs no answer and no time."""
    for _ in range(_LOOP_TURNS):
        await asyncio.sleep(0)


async def finish(commit: GatedCommit) -> None:
    """Answers every call that is open or opens because of it."""
    await go_idle()
    while open_calls := [call for call in commit.calls if not call.end.done()]:
        for call in open_calls:
            call.succeed()
        await go_idle()


async def outcomes_of(callers: Sequence[asyncio.Task[str]]) -> list[Any]:
    async with asyncio.timeout(_DEADLINE_SECONDS):
        return await asyncio.gather(*callers, return_exceptions=True)
