"""A simulator with a loop and a thread of its own, beside code that knows neither."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, TypeAlias

from rbm_ops.simulator.client import SimulatorClient
from rbm_ops.simulator.server import running_simulator
from rbm_ops.simulator.settings import SimulatorSettings

# Where it answers, and what ends it.
_Started: TypeAlias = tuple[str, Callable[[], object]]


@contextlib.contextmanager
def simulator_in_thread(settings: SimulatorSettings) -> Iterator[SimulatorClient]:
    """It answers when this returns; what keeps it from starting is raised here."""
    started = Future[_Started]()
    with ThreadPoolExecutor(1, "rbm-simulator") as thread:
        served = thread.submit(asyncio.run, _serve(settings, started))
        either: list[Future[Any]] = [started, served]
        wait(either, return_when=FIRST_COMPLETED)
        if served.done():
            served.result()
        url, stop = started.result()
        try:
            with contextlib.closing(SimulatorClient(url)) as client:
                yield client
        finally:
            stop()


async def _serve(settings: SimulatorSettings, started: Future[_Started]) -> None:
    is_stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    async with running_simulator(settings) as simulator:
        started.set_result((simulator.url, lambda: loop.call_soon_threadsafe(is_stopped.set)))
        await is_stopped.wait()
