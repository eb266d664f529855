"""The sweep is called as long as the cloud runs, whatever becomes of a call."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from rbm_ops.local.scheduler import running_scheduler
from rbm_ops.ports import find_free_port

DEADLINE_SECONDS = 10


class Sweeper:
    """Takes calls; answers only those that it `answers`."""

    def __init__(self, *, answers: bool = True) -> None:
        self.answers = answers
        self.requests: list[tuple[str, str]] = []
        self.arrived = asyncio.Condition()

    async def serve(self, request: web.Request) -> web.Response:
        async with self.arrived:
            self.requests.append((request.method, request.path))
            self.arrived.notify_all()
        if not self.answers:
            await asyncio.Event().wait()
        return web.Response(status=503)

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(DEADLINE_SECONDS), self.arrived:
            await self.arrived.wait_for(lambda: len(self.requests) >= count)


@contextlib.asynccontextmanager
async def serving(sweeper: Sweeper, port: int) -> AsyncIterator[None]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", sweeper.serve)
    runner = web.AppRunner(application, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield
    await runner.cleanup()


async def test_sweep_is_posted_again_though_it_fails() -> None:
    port, sweeper = find_free_port(), Sweeper()
    async with serving(sweeper, port), running_scheduler(f"http://127.0.0.1:{port}/sweep", 0.01):
        await sweeper.wait_for(3)
    assert set(sweeper.requests) == {("POST", "/sweep")}


async def test_function_that_is_down_is_called_once_it_is_back() -> None:
    port, sweeper = find_free_port(), Sweeper()
    async with running_scheduler(f"http://127.0.0.1:{port}/sweep", 0.01):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                await sweeper.wait_for(1)
        async with serving(sweeper, port):
            await sweeper.wait_for(1)


async def test_end_of_the_cloud_waits_for_no_sweep() -> None:
    port, sweeper = find_free_port(), Sweeper(answers=False)
    url = f"http://127.0.0.1:{port}/sweep"
    async with asyncio.timeout(DEADLINE_SECONDS), serving(sweeper, port), running_scheduler(url, 0.01):
        await sweeper.wait_for(1)
    assert len(sweeper.requests) == 1
