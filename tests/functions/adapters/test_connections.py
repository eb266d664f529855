"""Connections: kept from call to call, and left behind before their address may have changed."""

import asyncio
import threading

import pytest
from tests.functions.adapters.conftest import MakeApi
from tests.functions.adapters.platform_requests import create_call
from tests.functions.adapters.scripted_platform import ScriptedPlatform

from rbm_ledger.adapters.connections import make_pool
from rbm_ledger.domain.outcomes import Answer

TIMEOUT_SECONDS = 10.0


class HandClock:
    """Seconds that pass when a test wants."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def connections_used(platform: ScriptedPlatform) -> int:
    return len({received.connection for received in platform.requests})


async def test_connection_is_kept_for_the_next_call(
    platform: ScriptedPlatform, make_api: MakeApi, clock: HandClock
) -> None:
    api = make_api(platform.url, pool=make_pool(TIMEOUT_SECONDS, monotonic=clock))
    for _ in range(10):
        await api.call(create_call())
        clock.now += 28.9
    assert connections_used(platform) == 1


async def test_as_many_connections_are_kept_as_there_were_calls_at_once(
    platform: ScriptedPlatform, make_api: MakeApi
) -> None:
    api = make_api(platform.url)
    for round_number in (1, 2):
        platform.release.clear()
        calls = [asyncio.create_task(api.call(create_call())) for _ in range(20)]
        await platform.wait_for_requests(20 * round_number)
        platform.release.set()
        await asyncio.gather(*calls)
    assert connections_used(platform) == 20


@pytest.mark.parametrize(("seconds", "connections"), [(289.9, 1), (290.0, 2), (10_000.0, 2)])
async def test_no_call_starts_on_a_connection_that_could_be_300_seconds_old_at_its_end(
    platform: ScriptedPlatform, make_api: MakeApi, clock: HandClock, seconds: float, connections: int
) -> None:
    api = make_api(platform.url, pool=make_pool(TIMEOUT_SECONDS, monotonic=clock))
    await api.call(create_call())
    clock.now += seconds
    await api.call(create_call())
    assert connections_used(platform) == connections


async def test_busy_connection_is_renewed_as_well(
    platform: ScriptedPlatform, make_api: MakeApi, clock: HandClock
) -> None:
    api = make_api(platform.url, pool=make_pool(TIMEOUT_SECONDS, monotonic=clock))
    for _ in range(30):
        await api.call(create_call())
        clock.now += 29
    assert connections_used(platform) == 3


async def test_call_under_way_is_finished_on_its_old_connection_which_nobody_uses_again(
    platform: ScriptedPlatform, make_api: MakeApi, clock: HandClock
) -> None:
    api = make_api(platform.url, pool=make_pool(TIMEOUT_SECONDS, monotonic=clock))
    platform.release.clear()
    under_way = asyncio.create_task(api.call(create_call()))
    await platform.wait_for_requests(1)
    clock.now += 290
    later = asyncio.create_task(api.call(create_call()))
    await platform.wait_for_requests(2)
    platform.release.set()
    assert await under_way == await later == Answer(200)
    for _ in range(3):
        await api.call(create_call())
    old, *others = [received.connection for received in platform.requests]
    assert old not in others
    assert len(set(others)) == 1


async def test_many_threads_renew_their_connections_at_once_and_lose_no_call(
    platform: ScriptedPlatform, make_api: MakeApi
) -> None:
    ticks, lock = iter(range(10**6)), threading.Lock()

    def hurrying_clock() -> float:
        with lock:
            return 100.0 * next(ticks)

    api = make_api(platform.url, pool=make_pool(TIMEOUT_SECONDS, monotonic=hurrying_clock))
    answers = await asyncio.gather(*(api.call(create_call()) for _ in range(200)))
    assert answers == [Answer(200)] * 200


async def test_limit_as_long_as_a_connection_may_live_keeps_none(
    platform: ScriptedPlatform, make_api: MakeApi, clock: HandClock
) -> None:
    api = make_api(platform.url, pool=make_pool(300, monotonic=clock))
    for _ in range(3):
        await api.call(create_call())
    assert connections_used(platform) == 3
