"""All orders in which several actors may take their turns at the ledger, one call at a time.

Actors are coroutines over the same documents. Each call to the ledger or the platform waits for its turn; a
schedule says whose it is.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.functions.fakes import InMemoryLedger, RecordingPublisher

from rbm_ledger.domain.ledger import DocumentPath, Merge, Query, Reached, Record

Actor = Callable[[], Awaitable[Any]]

_ACTOR: ContextVar[str] = ContextVar("actor", default="")
# Enough for what follows from one answer to reach the next call; more would only cost time.
_HOPS = 9


class Crash(BaseException):
    """The end of an actor, at a call that it never makes. Nothing catches it."""


@dataclass
class Turns:
    """Who waits, and who dies: `crash` names an actor, and the number of the call that it never makes.

    Once it `is_open`, nobody waits or dies any more.
    """

    crash: tuple[str, int] | None = None
    is_open: bool = False
    waiting: dict[str, list["asyncio.Future[None]"]] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    results: dict[str, list[str]] = field(default_factory=dict)

    async def take(self) -> None:
        if self.is_open:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(_ACTOR.get(), []).append(future)
        await future
        self.count_call()

    def count_call(self) -> None:
        if self.is_open:
            return
        name = _ACTOR.get()
        if self.crash == (name, self.calls.get(name, 0)):
            raise Crash
        self.calls[name] = self.calls.get(name, 0) + 1

    def note(self, result: object) -> None:
        self.results[_ACTOR.get()] = [*self.results.get(_ACTOR.get(), [])[-1:], repr(result)]

    def describe(self) -> str:
        """How far everybody is, and what they know: nobody looks back at more than two results."""
        return repr((sorted(self.calls.items()), sorted(self.results.items())))


@dataclass
class SteppedLedger(InMemoryLedger):
    """`writes` in the order in which they took place."""

    turns: Turns = field(default_factory=Turns)
    writes: list[Merge] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def merge(self, merge: Merge) -> Reached:
        await self.turns.take()
        reached = await super().merge(merge)
        self.writes.append(merge)
        return reached

    async def read(self, document: DocumentPath) -> Record | None:
        await self.turns.take()
        record = await super().read(document)
        self.turns.note(record)
        return record

    async def find(self, query: Query) -> Sequence[Record]:
        """Takes no turn: whatever is done about what was found does."""
        return await super().find(query)


class SteppedPublisher(RecordingPublisher):
    """Takes no turn, for nobody sees what was published; but an actor may die before it."""

    def __init__(self, turns: Turns) -> None:
        super().__init__()
        self._turns = turns

    async def publish(self, data: bytes, attributes: Mapping[str, str]) -> str:
        self._turns.count_call()
        return await super().publish(data, attributes)


def clock(now: Callable[[], datetime], actors: Sequence[str]) -> Callable[[], datetime]:
    """A clock for each actor, none like another's."""
    return lambda: now() + timedelta(microseconds=1 + actors.index(_ACTOR.get()) if _ACTOR.get() else 0)


@dataclass
class Schedule:
    """Choices made so far; after those a play takes the first actor that is ready."""

    choices: list[int] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)

    def next_one(self) -> bool:
        """Moves on to the next schedule; False when all were played."""
        while self.choices and self.choices[-1] + 1 >= self.widths[len(self.choices) - 1]:
            self.choices.pop()
        if not self.choices:
            return False
        self.choices[-1] += 1
        return True


async def play(
    turns: Turns,
    actors: Mapping[str, Actor],
    schedule: Schedule,
    is_known: Callable[[], bool] = lambda: False,
) -> bool:
    """Lets the actors take their turns as scheduled; False once what comes next `is_known`."""
    tasks = [_start(name, actor) for name, actor in actors.items()]
    prefix, schedule.widths = len(schedule.choices), []
    try:
        while True:
            await _settle()
            ready = sorted(name for name, futures in turns.waiting.items() if futures)
            if not ready and all(task.done() for task in tasks):
                return True
            if not ready:
                continue
            step = len(schedule.widths)
            if step >= prefix and is_known():
                return False
            if step >= prefix:
                schedule.choices.append(0)
            schedule.widths.append(len(ready))
            turns.waiting[ready[schedule.choices[step] % len(ready)]].pop(0).set_result(None)
    finally:
        await _end(tasks)


def _start(name: str, actor: Actor) -> "asyncio.Task[Any]":
    async def act() -> None:
        _ACTOR.set(name)
        with contextlib.suppress(Crash):
            await actor()

    return asyncio.create_task(act())


async def _settle() -> None:
    for _ in range(_HOPS):
        await asyncio.sleep(0)


async def _end(tasks: Sequence["asyncio.Task[Any]"]) -> None:
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            raise outcome
