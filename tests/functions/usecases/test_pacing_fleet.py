"""The bound of domain/rates.py, by simulation: instances join and leave, and all send as much as they may."""

import asyncio
import random

import pytest
from tests.functions.usecases.pacing import LATENCY_SECONDS, Fleet, windows
from tests.functions.usecases.virtual_time import elapsed_seconds, run_virtually

from rbm_ledger.domain.rates import LOOK_SECONDS

# A look begins with the first call that is due, and takes a write and a read.
_LOOK_SECONDS = LOOK_SECONDS + 2 * LATENCY_SECONDS
_FORGOTTEN_SECONDS = 30 + _LOOK_SECONDS


def burst(fleet: Fleet, senders: int) -> float:
    return senders * max(1.0, fleet.per_second / senders / 2)


def excess(fleet: Fleet, before: int, after: int) -> float:
    """What joining costs at most, in calls."""
    return fleet.per_second * _LOOK_SECONDS * sum(1 / count for count in range(before + 1, after + 1))


@pytest.mark.parametrize("per_second", [1.0, 7.0, 50.0])
@pytest.mark.parametrize("size", [1, 3, 10])
def test_fleet_that_stays_keeps_the_rate_in_every_window(size: int, per_second: float) -> None:
    async def simulate() -> Fleet:
        fleet = Fleet(per_second)
        fleet.start(size)
        await asyncio.sleep(180)
        await fleet.end(size)
        return fleet

    fleet = run_virtually(simulate())
    for seconds in (0.25, 1, 10):
        for start in windows(180, seconds, start=_LOOK_SECONDS + 1):
            assert fleet.count(start, seconds) <= per_second * seconds + burst(fleet, size)
    assert fleet.count(60, 120) == pytest.approx(per_second * 120, rel=0.03, abs=size)


@pytest.mark.parametrize(("before", "after"), [(1, 2), (2, 6), (4, 40)])
def test_instances_that_join_exceed_the_rate_for_one_look_by_their_harmonic_shares(
    before: int, after: int
) -> None:
    """One by one, right after the others have looked: nothing could be worse."""

    async def simulate() -> Fleet:
        fleet = Fleet(60.0)
        fleet.start(before)
        await asyncio.sleep(61)
        for _ in range(before, after):
            fleet.start(1)
            await asyncio.sleep(2 * LATENCY_SECONDS)
        await asyncio.sleep(120)
        await fleet.end(after)
        return fleet

    fleet = run_virtually(simulate())
    joining_seconds = (after - before) * 2 * LATENCY_SECONDS
    in_first_look = fleet.count(61, _LOOK_SECONDS)
    assert in_first_look > 60 * _LOOK_SECONDS * 1.2
    assert in_first_look <= 60 * _LOOK_SECONDS + excess(fleet, before, after) + burst(fleet, after)
    for start in windows(180, 10, start=61 + joining_seconds + _LOOK_SECONDS):
        assert fleet.count(start, 10) <= 60 * 10 + burst(fleet, after)
    assert fleet.count(120, 60) == pytest.approx(60 * 60, rel=0.03)


def test_fleet_that_starts_at_once_is_over_for_one_look_only() -> None:
    async def simulate() -> Fleet:
        fleet = Fleet(60.0)
        fleet.start(20)
        await asyncio.sleep(60)
        await fleet.end(20)
        return fleet

    fleet = run_virtually(simulate())
    assert fleet.count(0, _LOOK_SECONDS) <= 60 * _LOOK_SECONDS + excess(fleet, 1, 20) + burst(fleet, 20)
    for start in windows(60, 5, start=_LOOK_SECONDS + 0.5):
        assert fleet.count(start, 5) <= 60 * 5 + burst(fleet, 20)


def test_share_of_instances_that_ended_is_taken_over_within_40_seconds() -> None:
    async def simulate() -> Fleet:
        fleet = Fleet(60.0)
        fleet.start(6)
        await asyncio.sleep(60)
        await fleet.end(4)
        await asyncio.sleep(120)
        await fleet.end(2)
        return fleet

    fleet = run_virtually(simulate())
    meanwhile = fleet.count(60, _FORGOTTEN_SECONDS)
    assert meanwhile >= 0.97 * 60 * _FORGOTTEN_SECONDS * 2 / 6
    assert meanwhile <= 60 * _FORGOTTEN_SECONDS + burst(fleet, 6)
    assert fleet.count(60 + _FORGOTTEN_SECONDS, 60) == pytest.approx(60 * 60, rel=0.03)


@pytest.mark.parametrize("seed", range(6))
def test_fleet_that_grows_and_shrinks_at_random_stays_within_the_bound(seed: int) -> None:
    chance = random.Random(seed)

    async def simulate() -> tuple[Fleet, list[tuple[float, int, int]]]:
        fleet, joins = Fleet(40.0), []
        fleet.start(2)
        while elapsed_seconds() < 600:
            await asyncio.sleep(chance.uniform(1, 40))
            if chance.random() < 0.6:
                before, joining = fleet.size, chance.randint(1, 6)
                joins.append((elapsed_seconds(), before, before + joining))
                fleet.start(joining)
            else:
                await fleet.end(chance.randint(0, fleet.size - 1))
        await fleet.end(fleet.size)
        return fleet, joins

    fleet, joins = run_virtually(simulate())
    largest = max(after for _, _, after in joins)
    for start in windows(600, 5, start=_LOOK_SECONDS + 1):
        recent = [join for join in joins if start - _LOOK_SECONDS <= join[0] <= start + 5]
        over = sum(excess(fleet, before, after) for _, before, after in recent)
        assert fleet.count(start, 5) <= 40 * 5 + over + burst(fleet, largest)
