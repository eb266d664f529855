"""How an instance announces itself and counts the others: seldom, beside the calls, never in their way."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from tests.conftest import Emulators
from tests.functions.fakes import InMemoryLedger
from tests.functions.usecases.pacing import AGENT, LATENCY_SECONDS, DistantLedger, make_pacer
from tests.functions.usecases.virtual_time import clock, elapsed_seconds, run_virtually

from rbm_ledger.adapters.firestore import FirestoreLedger
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.ledger import Merge, Query, Reached, Record
from rbm_ledger.domain.rates import merge_seen
from rbm_ledger.usecases.pacing import Pacer
from rbm_ledger.usecases.senders import Senders

# Of a ledger that does not answer: more than from one look to the next.
_TIME_LIMIT_SECONDS = 15
DOCUMENT = ("agents", AGENT, "senders", "1")


class CountingLedger(DistantLedger):
    """Remembers when it was asked. Is down while `is_down`."""

    def __init__(self) -> None:
        super().__init__()
        self.is_down = False
        self.written_at: list[float] = []
        self.counted_at: list[float] = []

    async def merge(self, merge: Merge) -> Reached:
        self.written_at.append(elapsed_seconds())
        await self._refuse_while_down()
        return await super().merge(merge)

    async def find(self, query: Query) -> Sequence[Record]:
        self.counted_at.append(elapsed_seconds())
        await self._refuse_while_down()
        return await super().find(query)

    async def _refuse_while_down(self) -> None:
        if self.is_down:
            await asyncio.sleep(_TIME_LIMIT_SECONDS)
            raise NotConfirmed("down")


async def send_for(
    pacer: Pacer, seconds: float, *, per_second: float = 10.0, at_least: int = 0
) -> list[float]:
    """One call after the other; the time of each."""
    calls: list[float] = []
    until = elapsed_seconds() + seconds
    while elapsed_seconds() < until or len(calls) < at_least:
        await pacer.take(AGENT, per_second)
        calls.append(elapsed_seconds())
    return calls


def test_instance_that_sends_announces_itself_and_counts_once_in_ten_seconds() -> None:
    ledger = CountingLedger()
    run_virtually(send_for(make_pacer(ledger), 65))
    assert ledger.written_at == pytest.approx([0, 10, 20, 30, 40, 50, 60], abs=0.7)
    assert len(ledger.counted_at) == len(ledger.written_at)


def test_document_of_a_sender_holds_when_it_was_seen_and_may_be_purged_after_a_day() -> None:
    async def simulate() -> None:
        ledger = InMemoryLedger()
        await make_pacer(ledger).take(AGENT, 10.0)
        [(document, record)] = ledger.documents.items()
        assert document == DOCUMENT
        assert record["seenAtMs"] == clock().timestamp() * 1000
        assert record["purgeTime"] == clock() + timedelta(days=1)

    run_virtually(simulate())


def test_idle_instance_announces_nothing() -> None:
    async def simulate() -> None:
        ledger = CountingLedger()
        await make_pacer(ledger).take(AGENT, 10.0)
        await asyncio.sleep(3600)
        assert len(ledger.written_at) == 1

    run_virtually(simulate())


def test_callers_that_come_first_share_one_look_and_wait_for_it() -> None:
    async def simulate() -> None:
        ledger = CountingLedger()
        for number in range(4):
            await ledger.merge(merge_seen(AGENT, f"other-{number}", clock()))
        pacer, start = make_pacer(ledger), elapsed_seconds()
        await asyncio.gather(*(pacer.take(AGENT, 10.0) for _ in range(4)))
        assert len(ledger.counted_at) == 1
        # Of ten calls a second, a fifth.
        assert elapsed_seconds() - start == pytest.approx(2 * LATENCY_SECONDS + 3 * 0.5)

    run_virtually(simulate())


def test_caller_that_leaves_takes_nobody_elses_look_along() -> None:
    async def simulate() -> None:
        pacer = make_pacer(DistantLedger())
        first, second = (asyncio.create_task(pacer.take(AGENT, 10.0)) for _ in range(2))
        await asyncio.sleep(LATENCY_SECONDS)
        first.cancel()
        await second
        assert elapsed_seconds() == pytest.approx(2 * LATENCY_SECONDS)

    run_virtually(simulate())


def test_long_wait_ends_sooner_when_the_share_has_grown() -> None:
    """A call in twelve seconds, shared with one who has gone: seen after ten, made use of after twenty."""

    async def simulate() -> list[float]:
        ledger = InMemoryLedger()
        await ledger.merge(merge_seen(AGENT, "another", clock() - timedelta(seconds=25)))
        return await send_for(make_pacer(ledger), 1, per_second=1 / 12, at_least=2)

    assert run_virtually(simulate()) == [0, 20]


@pytest.mark.parametrize(("pause_seconds", "is_awaited"), [(12, False), (25, True)])
def test_look_is_waited_for_only_after_a_long_pause(pause_seconds: float, is_awaited: bool) -> None:
    async def simulate() -> None:
        pacer = make_pacer(DistantLedger())
        await pacer.take(AGENT, 10.0)
        await asyncio.sleep(pause_seconds)
        start = elapsed_seconds()
        await pacer.take(AGENT, 10.0)
        assert (elapsed_seconds() > start) is is_awaited

    run_virtually(simulate())


def test_ledger_that_fails_at_first_leaves_the_whole_rate() -> None:
    async def simulate() -> None:
        ledger = CountingLedger()
        ledger.is_down = True
        await make_pacer(ledger).take(AGENT, 10.0)
        assert elapsed_seconds() == _TIME_LIMIT_SECONDS

    run_virtually(simulate())


def test_ledger_that_fails_later_leaves_the_last_share_and_delays_no_call() -> None:
    async def simulate() -> None:
        ledger = CountingLedger()
        await ledger.merge(merge_seen(AGENT, "another", clock() + timedelta(seconds=60)))
        pacer = make_pacer(ledger)
        await send_for(pacer, 5)
        ledger.is_down = True
        ledger.written_at.clear()
        calls = await send_for(pacer, 60)
        assert len(calls) == pytest.approx(60 * 10 / 2, abs=3)
        gaps = [later - earlier for earlier, later in pairwise(calls)]
        assert max(gaps) == pytest.approx(0.2)
        assert len(ledger.written_at) == 4, "never two looks at once"

    run_virtually(simulate())


async def test_instances_count_each_other_in_firestore(embedded_emulators: Emulators, project: str) -> None:
    ledger = FirestoreLedger(
        project=project,
        database="(default)",
        emulator_host=embedded_emulators.firestore_host,
        timeout_seconds=30,
    )
    now = datetime(2026, 11, 22, 10, tzinfo=UTC)
    counts = []
    for age_seconds in (31, 30, 1, 0):
        senders = Senders(
            AGENT,
            ledger,
            clock=lambda age_seconds=age_seconds: now - timedelta(seconds=age_seconds),
            monotonic=lambda: 0.0,
            instance_id=f"seen {age_seconds} s ago",
        )
        await senders.refresh()
        counts.append(senders.count)
    assert counts == [1, 2, 3, 3]
