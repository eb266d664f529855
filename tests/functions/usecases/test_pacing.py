"""When a call may be made: its turn, the time that it may wait, and the pause that the platform asks for."""

import asyncio
from collections.abc import Sequence

import pytest
from tests.functions.fakes import InMemoryLedger
from tests.functions.usecases.pacing import AGENT, make_pacer
from tests.functions.usecases.virtual_time import elapsed_seconds, run_virtually

from rbm_ledger.domain.errors import Disposition
from rbm_ledger.usecases.pacing import Pacer, RateReached


async def take_at(pacer: Pacer, per_second: float | None, *, after_seconds: float = 0.0) -> float:
    """When the turn came."""
    if after_seconds:
        await asyncio.sleep(after_seconds)
    await pacer.take(AGENT, per_second)
    return round(elapsed_seconds(), 6)


async def take_all(pacer: Pacer, per_second: float | None, count: int) -> list[float]:
    return await asyncio.gather(*(take_at(pacer, per_second) for _ in range(count)))


async def try_all(pacer: Pacer, per_second: float, count: int) -> Sequence[float | BaseException]:
    takes = (take_at(pacer, per_second) for _ in range(count))
    return await asyncio.gather(*takes, return_exceptions=True)


def test_calls_that_come_together_are_spaced_in_order_of_arrival() -> None:
    turns = run_virtually(take_all(make_pacer(InMemoryLedger()), 2.0, 5))
    assert turns == [0, 0.5, 1.0, 1.5, 2.0]


def test_calls_after_an_idle_time_may_come_in_a_burst_of_half_a_second() -> None:
    async def simulate() -> list[float]:
        pacer = make_pacer(InMemoryLedger())
        await pacer.take(AGENT, 10.0)
        await asyncio.sleep(100)
        return await take_all(pacer, 10.0, 7)

    assert run_virtually(simulate()) == [100] * 5 + [100.1, 100.2]


def test_agents_do_not_wait_for_each_other() -> None:
    async def simulate() -> float:
        pacer = make_pacer(InMemoryLedger())
        for agent_id in ("one", "two", "three"):
            await pacer.take(agent_id, 0.1)
        return elapsed_seconds()

    assert run_virtually(simulate()) == 0


def test_call_whose_turn_is_too_far_off_is_refused_at_once_and_takes_none() -> None:
    async def simulate() -> None:
        pacer = make_pacer(InMemoryLedger())
        await pacer.take(AGENT, 1.0)
        line = asyncio.gather(*(take_at(pacer, 1.0) for _ in range(25)))
        await asyncio.sleep(0)
        for _ in range(3):
            with pytest.raises(RateReached) as refused:
                await pacer.take(AGENT, 1.0)
            assert refused.value.retry_after_seconds == 26
            assert refused.value.disposition is Disposition.RETRY
        assert elapsed_seconds() == 0
        assert await line == list(range(1, 26))
        assert await take_at(pacer, 1.0) == 26

    run_virtually(simulate())


def test_call_that_leaves_while_it_waits_takes_no_turn() -> None:
    async def simulate() -> None:
        pacer = make_pacer(InMemoryLedger())
        await pacer.take(AGENT, 1.0)
        first, second, third = (asyncio.create_task(take_at(pacer, 1.0)) for _ in range(3))
        await asyncio.sleep(0.5)
        first.cancel()
        assert (await second, await third) == (1, 2)
        assert await take_at(pacer, 1.0) == 3

    run_virtually(simulate())


def test_share_that_shrinks_refuses_those_whose_turn_is_now_too_late() -> None:
    """They were taken in for an instance alone, and then there are four."""

    async def simulate() -> None:
        documents = InMemoryLedger().documents
        pacer, *others = (make_pacer(InMemoryLedger(documents), str(number)) for number in range(4))
        line = asyncio.create_task(try_all(pacer, 1.0, 26))
        await asyncio.sleep(1)
        for other in others:
            await other.take(AGENT, 1.0)
        outcomes = await line
        taken = [outcome for outcome in outcomes if isinstance(outcome, float)]
        refused = [outcome for outcome in outcomes if isinstance(outcome, RateReached)]
        assert taken == [*range(11), 14, 18, 22]
        assert outcomes == [*taken, *refused]
        assert elapsed_seconds() <= 25
        assert all(0 < outcome.retry_after_seconds <= 4 for outcome in refused)

    run_virtually(simulate())


def test_agent_without_a_rate_never_waits_and_announces_nobody() -> None:
    async def simulate() -> None:
        ledger = InMemoryLedger()
        assert await take_all(make_pacer(ledger), None, 1000) == [0] * 1000
        assert ledger.documents == {}

    run_virtually(simulate())


@pytest.mark.parametrize("per_second", [None, 1000.0])
def test_agent_that_is_held_is_not_called_until_then(per_second: float | None) -> None:
    async def simulate() -> None:
        pacer = make_pacer(InMemoryLedger())
        pacer.hold(AGENT, 7)
        pacer.hold(AGENT, 3)
        assert await take_all(pacer, per_second, 2) == [7, 7]
        await pacer.take("another", per_second)
        assert elapsed_seconds() == 7

    run_virtually(simulate())


@pytest.mark.parametrize("per_second", [None, 0.5])
def test_hold_counts_for_those_who_wait_already(per_second: float | None) -> None:
    async def simulate() -> None:
        pacer = make_pacer(InMemoryLedger())
        pacer.hold(AGENT, 2)
        line = asyncio.create_task(try_all(pacer, per_second or 1e9, 2))
        await asyncio.sleep(1)
        pacer.hold(AGENT, 60)
        outcomes = await line
        assert [type(outcome) for outcome in outcomes] == [RateReached] * 2
        assert elapsed_seconds() <= 2

    run_virtually(simulate())


@pytest.mark.parametrize("seconds", [61, 3600, float("inf")])
def test_hold_lasts_a_minute_at_most_and_refuses_whom_it_makes_wait_too_long(seconds: float) -> None:
    async def simulate() -> None:
        pacer = make_pacer(InMemoryLedger())
        pacer.hold(AGENT, seconds)
        with pytest.raises(RateReached) as refused:
            await pacer.take(AGENT, None)
        assert refused.value.retry_after_seconds == 60
        assert await take_at(pacer, None, after_seconds=40) == 60

    run_virtually(simulate())


@pytest.mark.parametrize("seconds", [0, -5, float("nan")])
def test_hold_of_no_length_holds_nobody(seconds: float) -> None:
    async def simulate() -> float:
        pacer = make_pacer(InMemoryLedger())
        pacer.hold(AGENT, seconds)
        return await take_at(pacer, None)

    assert run_virtually(simulate()) == 0


def test_allowance_grows_while_the_agent_is_held() -> None:
    async def simulate() -> float:
        pacer = make_pacer(InMemoryLedger())
        await pacer.take(AGENT, 0.5)
        pacer.hold(AGENT, 3)
        return await take_at(pacer, 0.5)

    assert run_virtually(simulate()) == 3


def test_lines_of_agents_long_idle_are_forgotten_and_those_in_use_kept() -> None:
    async def simulate() -> None:
        pacer = make_pacer(InMemoryLedger())
        for agent_id in (AGENT, *map(str, range(999))):
            await pacer.take(agent_id, 0.05)
        await asyncio.sleep(3599)
        await pacer.take(AGENT, 0.05)
        await asyncio.sleep(1)
        await pacer.take("another", 0.05)
        assert len(pacer._lines) == 2
        assert await take_at(pacer, 0.05) == 3619

    run_virtually(simulate())
