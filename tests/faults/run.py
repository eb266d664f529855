"""One run: load and faults side by side, then everything is mended, then the books are compared."""

import asyncio
import contextlib
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.faults.books import Books
from tests.faults.cloud import FaultCloud, running_cloud
from tests.faults.gate_faults import list_gate_faults
from tests.faults.layout import make_layout
from tests.faults.load import Load, Request
from tests.faults.process_faults import Fault, list_process_faults
from tests.faults.truth import Truth
from tests.faults.verdict import Problem, Told, judge

from rbm_ops.local.cloud import EmulatorKind
from rbm_ops.local.scheduler import running_scheduler

_SCHEDULE_SECONDS = 3.0
_CALM_SECONDS = 0.3
_LOOK_AGAIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class RunSettings:
    """`seconds`: at least so long, and until every fault was played once; each lasts `fault_seconds`.

    `patience_seconds`: for catching up, when all is mended.
    """

    seed: int
    seconds: float
    rate_per_second: float
    fault_seconds: float
    emulators: EmulatorKind
    patience_seconds: float


@dataclass(slots=True)
class Outcome:
    """What a report tells. `faults`: name → how often played, how often it struck."""

    settings: RunSettings
    faults: dict[str, list[int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    load_seconds: float = 0.0
    catch_up_seconds: float = 0.0
    restarts: dict[str, int] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return not self.problems


async def run(settings: RunSettings, folder: Path, report: Callable[[str], None]) -> Outcome:
    """Raises WireLost, or whatever keeps the cloud from starting."""
    dice = Random(settings.seed)
    layout = make_layout(folder, settings.emulators, settings.seed)
    outcome = Outcome(settings)
    async with (
        running_cloud(layout, Random(dice.random())) as cloud,
        running_scheduler(f"http://{layout.hosts['push-send']}/sweep", 10 * _SCHEDULE_SECONDS),
        running_scheduler(f"http://{layout.hosts['push-correlate']}/drain", _SCHEDULE_SECONDS),
        Truth(layout.hosts["simulator"]) as truth,
    ):
        books = Books(layout, truth)
        load = Load(layout, Random(dice.random()), settings.rate_per_second)
        async with _in_background(truth.follow(), books.follow()):
            await _break_under_load(cloud, load, outcome, dice, report)
            mended_at = time.monotonic()
            await load.finish(settings.patience_seconds)
            await _catch_up(load.requests, truth, books, outcome, mended_at, report)
        await _count(cloud, load, truth, books, outcome)
    return outcome


async def _break_under_load(
    cloud: FaultCloud, load: Load, outcome: Outcome, dice: Random, report: Callable[[str], None]
) -> None:
    started_at = time.monotonic()
    async with _in_background(load.run()):
        await asyncio.gather(
            *(
                _play(deck, cloud, outcome, Random(dice.random()), report)
                for deck in (list_process_faults(outcome.settings.emulators), list_gate_faults())
            )
        )
    outcome.load_seconds = time.monotonic() - started_at


async def _play(
    deck: Mapping[str, Fault],
    cloud: FaultCloud,
    outcome: Outcome,
    dice: Random,
    report: Callable[[str], None],
) -> None:
    """Every fault in the deck, shuffled, again and again until the time is up; the first time all of them."""
    started_at = time.monotonic()
    for position, name in enumerate(_shuffle_again(list(deck), dice)):
        if position >= len(deck) and time.monotonic() - started_at >= outcome.settings.seconds:
            return
        struck = await deck[name](cloud, dice, outcome.settings.fault_seconds)
        played = outcome.faults.setdefault(name, [0, 0])
        played[0] += 1
        played[1] += struck
        report(f"{time.monotonic() - started_at:6.0f} s  {name} ({struck})")
        await asyncio.sleep(_CALM_SECONDS)


def _shuffle_again(names: Sequence[str], dice: Random) -> Iterator[str]:
    return itertools.chain.from_iterable(dice.sample(names, len(names)) for _ in itertools.count())


async def _catch_up(
    requests: Sequence[Request],
    truth: Truth,
    books: Books,
    outcome: Outcome,
    mended_at: float,
    report: Callable[[str], None],
) -> None:
    """Until every document is right, or patience has ended; the time counts from the mend."""
    open_requests = list(requests)
    while open_requests:
        outcome.problems = await _compare(open_requests, truth, books)
        waited_seconds = time.monotonic() - mended_at
        found = {problem.key for problem in outcome.problems}
        open_requests = [request for request in open_requests if request.key in found]
        for problem in outcome.problems[:3]:
            report(f"  {problem}")
        report(
            f"{len(open_requests)} of {len(requests)} are not settled {waited_seconds:.0f} s after the mend"
        )
        if open_requests and waited_seconds > outcome.settings.patience_seconds:
            return
        await asyncio.sleep(_LOOK_AGAIN_SECONDS if open_requests else 0)
    outcome.catch_up_seconds = time.monotonic() - mended_at
    until = mended_at + outcome.settings.patience_seconds
    outcome.problems = await _compare_at_rest(requests, truth, books, until)


async def _compare_at_rest(
    requests: Sequence[Request], truth: Truth, books: Books, until: float
) -> list[Problem]:
    """All of them once more: an event that came a moment ago (of an expiry, say) may not be written yet."""
    while True:
        is_at_rest = not await truth.count_pending()
        problems = await _compare(requests, truth, books)
        if (is_at_rest and not problems) or time.monotonic() > until:
            return problems
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)


async def _compare(requests: Sequence[Request], truth: Truth, books: Books) -> list[Problem]:
    accepted = await truth.list_accepted()
    kept = await books.read(requests)
    problems: list[Problem] = []
    for request in requests:
        told = Told(
            accepted=tuple(message["messageId"] for message in accepted.get(request.phone_number, ())),
            events=frozenset(truth.events.get(request.message_id, ())),
            user_messages=truth.user_messages.get(request.phone_number, {}),
            opted_out=request.phone_number in truth.opted_out,
        )
        problems += judge(request, told, kept[request.number])
    return problems


async def _count(cloud: FaultCloud, load: Load, truth: Truth, books: Books, outcome: Outcome) -> None:
    accepted = [message for messages in (await truth.list_accepted()).values() for message in messages]
    outcome.counts = {
        "requests": len(load.requests),
        "copies": sum(request.copies for request in load.requests),
        "posts": load.posts,
        "accepted": len(accepted),
        "creates": sum(int(message["creates"]) for message in accepted),
        "events": truth.event_count,
        "callbacks": truth.tries,
        "dropped": truth.dropped,
        "unacknowledged": await truth.count_pending(),
        "updates": books.updates,
        "dead letters": books.dead_letters,
        **await books.count_spilled(),
        **Counter({f"disturbed: {name}": count for name, count in cloud.count_disturbed().items()}),
    }
    outcome.restarts = {name: process.starts - 1 for name, process in cloud.processes.items()}


@contextlib.asynccontextmanager
async def _in_background(*works: Awaitable[None]) -> AsyncIterator[None]:
    """Cancelled at the end; one that fails before breaks the run."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        yield
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
