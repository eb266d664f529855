"""The sweep is called as long as the cloud runs, whatever becomes of a call."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from rbm_ops.local.scheduler import running_scheduler
from rbm_ops.ports import find_free_port

DEADLINE_SECONDS = 10


class Sweeper:
    """Takes calls; answers only those that it `answers`."""

    def __init__(self, *, answers: bool = True) -> None:
        self.answers = answers
        self.heads: list[bytes] = []
        self.arrived = asyncio.Condition()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        async with self.arrived:
            self.heads.append(head)
            self.arrived.notify_all()
        if self.answers:
            writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            writer.close()
        else:
            with contextlib.suppress(ConnectionError):
                await reader.read()
            writer.close()

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(DEADLINE_SECONDS), self.arrived:
            await self.arrived.wait_for(lambda: len(self.heads) >= count)


@contextlib.asynccontextmanager
async def serving(sweeper: Sweeper, port: int) -> AsyncIterator[None]:
    server = await asyncio.start_server(sweeper.serve, "127.0.0.1", port)
    async with server:
        yield


async def test_sweep_is_posted_again_though_it_fails() -> None:
    port, sweeper = find_free_port(), Sweeper()
    async with serving(sweeper, port), running_scheduler(f"http://127.0.0.1:{port}/sweep", 0.01):
        await sweeper.wait_for(3)
    assert {head.split(b"\r\n")[0] for head in sweeper.heads} == {b"POST /sweep HTTP/1.1"}


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
    assert len(sweeper.heads) == 1
