"""The load generator, against a server that does as it is told."""

import asyncio
import contextlib
import itertools
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from rbm_ops.bench.driving import http_request

_SECONDS = 0.4

Write = Callable[[bytes], Awaitable[None]]


def _answer(status: int, body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {status} Whatever\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@dataclass
class _Server:
    """Answers each request by `handle`, given the request's number; notes all bodies."""

    handle: Callable[[int, Write], Awaitable[None]]
    port: int = 0
    bodies: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def write(data: bytes) -> None:
            writer.write(data)
            await writer.drain()

        with contextlib.closing(writer), contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.partition(b"Content-Length: ")[2].split()[0])
                self.bodies.append(await reader.readexactly(length))
                await self.handle(len(self.bodies) - 1, write)


@contextlib.asynccontextmanager
async def _serving(handle: Callable[[int, Write], Awaitable[None]]) -> AsyncIterator[_Server]:
    server = _Server(handle)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server


async def _load(
    server: _Server, *, requests: int = 3, connections: int = 1, rate: float = 0
) -> dict[str, Any]:
    """What the generator reports, without a warm-up: so it counts all that is answered."""
    plan = {
        "port": server.port,
        "requests": [http_request("/", str(number).encode(), {}).decode() for number in range(requests)],
        "connections": connections,
        "warm_up_seconds": 0,
        "seconds": _SECONDS,
        "rate_per_second": rate,
    }
    generator = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "rbm_ops.bench.load"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await generator.communicate(json.dumps(plan).encode())
    warm, report = map(json.loads, output.splitlines())
    assert warm == {"state": "warm"}
    result: dict[str, Any] = report
    return result


async def _succeed(_number: int, write: Write) -> None:
    await write(_answer(200))


async def test_requests_are_sent_in_turn_and_each_answer_counts_once() -> None:
    async with _serving(_succeed) as server:
        report = await _load(server, requests=3)
    expected = itertools.islice(itertools.cycle([b"0", b"1", b"2"]), len(server.bodies))
    assert server.bodies == list(expected)
    assert report["failures"] == 0
    assert len(report["latencies"]) > 3
    assert len(server.bodies) - len(report["latencies"]) in (0, 1)  # the last one may be under way


async def test_latencies_come_sorted() -> None:
    async with _serving(_succeed) as server:
        report = await _load(server)
    assert report["latencies"] == sorted(report["latencies"])
    assert report["latencies"][0] > 0


async def test_what_is_not_2xx_is_a_failure() -> None:
    async def fail_every_second(number: int, write: Write) -> None:
        await write(_answer(503 if number % 2 else 204))

    async with _serving(fail_every_second) as server:
        report = await _load(server)
    assert report["failures"] > 0
    assert len(report["latencies"]) - report["failures"] in (0, 1)


async def test_answer_in_pieces_is_one_answer() -> None:
    async def answer_in_pieces(_number: int, write: Write) -> None:
        answer = _answer(200, b"some body")
        for start in range(0, len(answer), 20):
            await write(answer[start : start + 20])
            await asyncio.sleep(0)

    async with _serving(answer_in_pieces) as server:
        report = await _load(server)
    assert report["failures"] == 0
    assert len(server.bodies) - len(report["latencies"]) in (0, 1)


async def test_connection_that_is_closed_is_a_failure() -> None:
    async def hang_up(_number: int, _write: Write) -> None:
        raise ConnectionError

    async with _serving(hang_up) as server:
        report = await _load(server, connections=3)
    assert (report["failures"], report["latencies"]) == (3, [])


@pytest.mark.parametrize("connections", [1, 5])
async def test_closed_loop_has_one_request_under_way_on_each_connection(connections: int) -> None:
    async def never_answer(_number: int, _write: Write) -> None:
        await asyncio.Event().wait()

    async with _serving(never_answer) as server:
        report = await _load(server, connections=connections)
        assert len(server.bodies) == connections
    assert (report["failures"], report["latencies"]) == (0, [])


async def test_open_loop_sends_no_more_than_falls_due() -> None:
    async with _serving(_succeed) as server:
        report = await _load(server, connections=4, rate=100)
    assert 0 < len(server.bodies) <= 2 * 100 * report["seconds"]


async def test_open_loop_counts_from_when_a_request_was_due() -> None:
    held: list[float] = []

    async def hold_the_first(number: int, write: Write) -> None:
        began_at = time.perf_counter()
        if number == 0:
            await asyncio.sleep(_SECONDS / 2)
            held.append(time.perf_counter() - began_at)
        await write(_answer(200))

    async with _serving(hold_the_first) as server:
        report = await _load(server, rate=100)
    # Sent late, answered at once: counted from when they were sent, they would all be quick but the first.
    slow = [latency for latency in report["latencies"] if latency > held[0] / 2]
    assert len(slow) > 1
