"""An agent's document is read seldom, and once for all who ask at the same time."""

import asyncio

import pytest
from tests.functions.fakes import InMemoryLedger
from tests.functions.usecases.virtual_time import clock, elapsed_seconds, run_virtually

from rbm_ledger.domain.agents import merge_pause, merge_resume
from rbm_ledger.domain.errors import Disposition, NotConfirmed
from rbm_ledger.domain.ledger import DocumentPath, Record, agent_path
from rbm_ledger.usecases.agents import AgentRecords, Paused

AGENT = "growing-tree-bank"


class SlowLedger(InMemoryLedger):
    """A read takes a second; fails while `is_down`."""

    is_down = False

    async def read(self, document: DocumentPath) -> Record | None:
        found = await super().read(document)
        await asyncio.sleep(1)
        if self.is_down:
            raise NotConfirmed("down")
        return found


def make_records(ledger: InMemoryLedger) -> AgentRecords:
    return AgentRecords(ledger, monotonic=elapsed_seconds)


async def test_paused_agent_is_refused_and_the_request_tried_again() -> None:
    ledger = InMemoryLedger()
    await ledger.merge(merge_pause(AGENT, clock()))
    with pytest.raises(Paused, match=AGENT) as refused:
        await make_records(ledger).check_not_paused(AGENT)
    assert refused.value.disposition is Disposition.RETRY


async def test_agent_that_was_resumed_or_never_paused_is_let_through() -> None:
    ledger = InMemoryLedger()
    await ledger.merge(merge_pause(AGENT, clock()))
    await asyncio.sleep(0.002)
    await ledger.merge(merge_resume(AGENT, clock()))
    records = make_records(ledger)
    await records.check_not_paused(AGENT)
    await records.check_not_paused("another")


def test_document_is_read_again_after_ten_seconds() -> None:
    async def simulate() -> None:
        ledger = InMemoryLedger()
        records = make_records(ledger)
        await records.check_not_paused(AGENT)
        await ledger.merge(merge_pause(AGENT, clock()))
        await asyncio.sleep(9.9)
        await records.check_not_paused(AGENT)
        assert ledger.reads == [agent_path(AGENT)]
        await asyncio.sleep(0.1)
        with pytest.raises(Paused):
            await records.check_not_paused(AGENT)
        assert len(ledger.reads) == 2

    run_virtually(simulate())


def test_all_who_ask_at_once_share_one_read_of_their_agent() -> None:
    async def simulate() -> None:
        ledger = SlowLedger()
        records = make_records(ledger)
        await asyncio.gather(*(records.read(agent_id) for agent_id in (AGENT, "another") * 50))
        assert ledger.reads == [agent_path(AGENT), agent_path("another")]
        assert elapsed_seconds() == 1

    run_virtually(simulate())


def test_caller_that_leaves_takes_nobody_elses_answer_along() -> None:
    async def simulate() -> None:
        ledger = SlowLedger()
        await ledger.merge(merge_pause(AGENT, clock()))
        records = make_records(ledger)
        first, second = (asyncio.create_task(records.read(AGENT)) for _ in range(2))
        await asyncio.sleep(0.5)
        first.cancel()
        assert (await second)["agentId"] == AGENT

    run_virtually(simulate())


def test_read_that_fails_fails_for_all_who_wait_and_is_made_anew_for_the_next() -> None:
    """Nobody is let through who may be paused."""

    async def simulate() -> None:
        ledger = SlowLedger()
        ledger.is_down = True
        records = make_records(ledger)
        outcomes = await asyncio.gather(
            *(records.check_not_paused(AGENT) for _ in range(3)), return_exceptions=True
        )
        assert [type(outcome) for outcome in outcomes] == [NotConfirmed] * 3
        ledger.is_down = False
        await records.check_not_paused(AGENT)
        assert len(ledger.reads) == 2

    run_virtually(simulate())


def test_no_more_than_a_thousand_documents_are_kept_the_latest_of_them() -> None:
    async def simulate() -> None:
        ledger = InMemoryLedger()
        records = make_records(ledger)
        for number in range(1001):
            await records.read(str(number))
        ledger.reads.clear()
        await records.read("1000")
        await records.read("1")
        assert ledger.reads == []
        await records.read("0")
        assert ledger.reads == [agent_path("0")]

    run_virtually(simulate())


def test_document_that_was_read_again_is_among_the_latest() -> None:
    async def simulate() -> None:
        ledger = InMemoryLedger()
        records = make_records(ledger)
        for number in range(1000):
            await records.read(str(number))
        await asyncio.sleep(10)
        await records.read("0")
        await records.read("1000")
        ledger.reads.clear()
        await records.read("0")
        assert ledger.reads == []

    run_virtually(simulate())
