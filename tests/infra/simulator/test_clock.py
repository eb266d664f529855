"""Time that runs, runs faster, or stands until it is advanced."""

import asyncio
from datetime import UTC, datetime, timedelta

from rbm_ops.simulator.clock import ClockMode, RunningClock, SteppedClock, make_clock

START = datetime(2026, 11, 22, 10, tzinfo=UTC)
DAY_SECONDS = 24 * 3600


async def test_stepped_clock_stands_until_it_is_advanced() -> None:
    clock = SteppedClock(START)
    happened: list[datetime] = []
    clock.call_later(30 * DAY_SECONDS, lambda: happened.append(clock.now()))
    await clock.advance(30 * DAY_SECONDS - 1)
    assert happened == []
    await clock.advance(1)
    assert happened == [START + timedelta(days=30)]


async def test_timers_happen_in_order_of_time_and_then_of_making() -> None:
    clock, happened = SteppedClock(START), ""

    def note(letter: str) -> None:
        nonlocal happened
        happened += letter

    for seconds, letter in ((2, "c"), (1, "a"), (2, "d"), (1, "b")):
        clock.call_later(seconds, lambda letter=letter: note(letter))
    await clock.advance(2)
    assert happened == "abcd"


async def test_timer_made_by_a_timer_happens_in_the_same_advance() -> None:
    clock = SteppedClock(START)
    happened: list[datetime] = []
    clock.call_later(1, lambda: clock.call_later(1, lambda: happened.append(clock.now())))
    await clock.advance(5)
    assert happened == [START + timedelta(seconds=2)]
    assert clock.now() == START + timedelta(seconds=5)


async def test_cancelled_timer_never_happens() -> None:
    clock, happened = SteppedClock(START), []
    clock.call_later(1, lambda: happened.append("cancelled")).cancel()
    clock.call_later(1, lambda: happened.append("kept"))
    await clock.advance(1)
    assert happened == ["kept"]


async def test_next_timer_waits_for_the_work_of_the_one_before() -> None:
    clock, called, answered = SteppedClock(START), asyncio.Event(), asyncio.Event()
    happened: list[str] = []

    async def call() -> None:
        with clock.working():
            called.set()
            await answered.wait()
            happened.append("answered")

    tasks: list[asyncio.Task[None]] = []
    clock.call_later(1, lambda: tasks.append(asyncio.create_task(call())))
    clock.call_later(2, lambda: happened.append("next"))
    advance = asyncio.create_task(clock.advance(2))
    await called.wait()
    for _ in range(10):
        await asyncio.sleep(0)
    assert happened == []
    answered.set()
    await advance
    assert happened == ["answered", "next"]


async def test_advances_at_once_add_up() -> None:
    clock = SteppedClock(START)
    await asyncio.gather(clock.advance(1), clock.advance(2))
    assert clock.now() == START + timedelta(seconds=3)


async def test_sleeper_on_a_stepped_clock_wakes_when_it_is_due() -> None:
    clock = SteppedClock(START)
    sleeper = asyncio.create_task(clock.sleep(60))
    await asyncio.sleep(0)
    await clock.advance(59)
    assert not sleeper.done()
    await clock.advance(1)
    await asyncio.wait_for(sleeper, 5)


async def test_scaled_clock_runs_faster_than_the_real_one() -> None:
    clock = make_clock(ClockMode.SCALED, scale=100_000, start=None)
    before = clock.now()
    await clock.sleep(1000)
    assert clock.now() - before >= timedelta(seconds=1000)
    assert (clock.mode, clock.scale) == (ClockMode.SCALED, 100_000)


async def test_real_clock_says_the_time() -> None:
    clock = make_clock(ClockMode.REAL, scale=7, start=None)
    assert isinstance(clock, RunningClock)
    assert (clock.mode, clock.scale) == (ClockMode.REAL, 1)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
