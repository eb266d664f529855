"""Many due messages at once: each by itself, in bounded memory and time."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from tests.functions.domain.builders import AGENT
from tests.functions.fakes import InMemoryLedger
from tests.functions.usecases.sweeping import Platform, Sweeping

from rbm_ledger.domain.deadlines import DUE, SHARD, SHARDS
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.ledger import Merge, Query, Reached, Record


class LedgerThatFailsFor(InMemoryLedger):
    """Confirms no write to these messages."""

    def __init__(self, message_ids: set[str]) -> None:
        super().__init__()
        self.message_ids = message_ids

    async def merge(self, merge: Merge) -> Reached:
        if merge.document[-1] in self.message_ids:
            raise NotConfirmed("as the test wants")
        return await super().merge(merge)


async def test_all_pages_of_all_shards_are_worked_off() -> None:
    sweeping = Sweeping(page_size=5)
    for number in range(400):
        sweeping.store(f"silent {number}", ttl="60s")
    report = await sweeping.sweep(700)
    assert (report.due, report.unresolved, report.failed, report.is_complete) == (400, 400, 0, True)
    assert len(sweeping.told) == 400


async def test_messages_that_fail_stay_due_and_stop_no_other() -> None:
    sweeping = Sweeping()
    message_ids = [sweeping.store(f"silent {number}", ttl="60s") for number in range(200)]
    documents, failing = sweeping.ledger.documents, set(message_ids[::3])
    sweeping.ledger = LedgerThatFailsFor(failing)
    sweeping.ledger.documents = documents
    report = await sweeping.sweep(700)
    assert (report.unresolved, report.failed) == (200 - len(failing), len(failing))
    sweeping.ledger = InMemoryLedger(documents)
    assert (await sweeping.sweep(760)).unresolved == len(failing)


@pytest.mark.parametrize("page_size", [1, 2, 7])
async def test_pages_full_of_failures_are_passed_over(page_size: int) -> None:
    sweeping = Sweeping(page_size=page_size)
    failing = {sweeping.store(f"silent {number}", ttl="60s") for number in range(100)}
    sound = sweeping.store("silent later", ttl="61s")
    documents = sweeping.ledger.documents
    sweeping.ledger = LedgerThatFailsFor(failing)
    sweeping.ledger.documents = documents
    report = await sweeping.sweep(700)
    assert (report.unresolved, sweeping.due(sound)) == (1, None)
    assert report.failed <= len(failing)


@pytest.mark.parametrize("page_size", [1, 2, 7])
async def test_failures_stop_no_other_that_is_due_in_the_same_millisecond(page_size: int) -> None:
    sweeping = Sweeping(page_size=page_size)
    message_ids = [sweeping.store(f"silent {number}", ttl=f"{60 + number % 2}s") for number in range(300)]
    deadlines = {each: sweeping.record(each)["sweep"] for each in message_ids}
    message_ids.sort(key=lambda each: (deadlines[each]["dueAtMs"], each))
    last_of_shards = {deadlines[each]["shard"]: each for each in message_ids}
    sound = set(last_of_shards.values())
    failing = set(message_ids) - sound
    documents = sweeping.ledger.documents
    sweeping.ledger = LedgerThatFailsFor(failing)
    sweeping.ledger.documents = documents
    report = await sweeping.sweep(700)
    assert (report.unresolved, report.failed) == (len(sound), len(failing))


async def test_document_that_nobody_of_us_wrote_stops_no_other() -> None:
    sweeping = Sweeping()
    message_id = sweeping.store("silent", ttl="60s")
    for shard in range(SHARDS):
        odd = Merge(("x", "y", "messages", str(shard)), {SHARD: shard}, {DUE: 5})
        await sweeping.ledger.merge(odd)
    report = await sweeping.sweep(700)
    assert (report.failed, report.unresolved) == (SHARDS, 1)
    assert sweeping.due(message_id) is None


async def test_time_that_is_used_up_ends_the_sweep_and_says_so() -> None:
    ticks = iter(range(10_000))
    sweeping = Sweeping(budget_seconds=100, monotonic=lambda: float(next(ticks)))
    for number in range(300):
        sweeping.store(f"silent {number}", ttl="60s")
    report = await sweeping.sweep(700)
    assert not report.is_complete
    assert 0 < report.unresolved < 300
    sweeping.monotonic = lambda: 0.0
    assert (await sweeping.sweep(760)).unresolved == 300 - report.unresolved


class CountingLedger(InMemoryLedger):
    """Counts what is written, and what is found."""

    written = found = 0

    async def merge(self, merge: Merge) -> Reached:
        self.written += 1
        return await super().merge(merge)

    async def find(self, query: Query) -> Sequence[Record]:
        found = await super().find(query)
        self.found += len(found)
        return found


@pytest.mark.parametrize("count", [1, 40, 600])
async def test_each_message_costs_the_same_however_many_are_due(count: int) -> None:
    ledger = CountingLedger()
    sweeping = Sweeping(ledger=ledger, platform=Platform(lambda _: 200))
    for number in range(count):
        sweeping.store(f"late {number}", "undelivered")
    assert (await sweeping.sweep(60)).fallbacks == count
    assert (ledger.found, ledger.written, len(ledger.reads)) == (count, 3 * count, count)


async def test_calls_under_way_are_few_however_many_messages_are_due() -> None:
    under_way, most = 0, 0

    class SlowPlatform(Platform):
        async def call(self, call: Any) -> Any:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1
            return await super().call(call)

    sweeping = Sweeping(platform=SlowPlatform(lambda _: 200))
    for number in range(500):
        sweeping.store(f"late {number}", "undelivered")
    report = await sweeping.sweep(60)
    assert report.fallbacks == 500
    assert 1 < most <= 64


async def test_report_names_the_first_findings_and_counts_all() -> None:
    sweeping = Sweeping()
    for number in range(1200):
        sweeping.store(f"silent {number}", ttl="60s")
    report = await sweeping.sweep(700)
    assert (report.unresolved, len(report.findings)) == (1200, 1000)


async def test_shard_that_can_not_be_read_leaves_the_others_theirs() -> None:
    class LedgerWithoutAShard(InMemoryLedger):
        async def find(self, query: Query) -> Sequence[Record]:
            if query.equals[SHARD] == 3:
                raise NotConfirmed("as the test wants")
            return await super().find(query)

    sweeping = Sweeping(ledger=LedgerWithoutAShard())
    message_ids = [sweeping.store(f"silent {number}", ttl="60s") for number in range(100)]
    with pytest.raises(NotConfirmed):
        await sweeping.sweep(700)
    shards = {message_id: sweeping.record(message_id)["sweep"]["shard"] for message_id in message_ids}
    assert 3 in shards.values()
    for message_id, shard in shards.items():
        assert (sweeping.due(message_id) is None) == (shard != 3)


async def test_without_updates_the_documents_say_it_alone() -> None:
    sweeping = Sweeping(has_updates=False, platform=Platform(lambda _: 200))
    message_id = sweeping.store("late", "undelivered")
    assert (await sweeping.sweep(60)).fallbacks == 1
    assert sweeping.record(message_id)["fallbackDecisions"][0]["certainty"] == "confirmed"
    assert sweeping.record(message_id)["agentId"] == AGENT
