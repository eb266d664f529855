"""The load generator, in a process of its own: `python -m rbm_ops.bench.load`, with a plan on standard input.

closed loop (no rate): each connection sends its next request as soon as the last one is answered
open loop (a rate):    requests fall due at fixed times, and wait for a free connection; latency counts from
                       the due time, so that a server that stalls can't hide it

Plan and reports are JSON: a report when the warm-up is over, and one when all is. Like a request that is
under way at the end, one that is still due then is not counted.
"""

import asyncio
import contextlib
import gc
import itertools
import json
import re
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TICK_SECONDS = 0.001


@dataclass(slots=True)
class _Tally:
    """What is counted between the end of the warm-up and the end."""

    latencies: list[float] = field(default_factory=list)
    failures: int = 0
    is_counting: bool = False

    def note(self, seconds: float, *, is_success: bool) -> None:
        if not self.is_counting:
            return
        if is_success:
            self.latencies.append(seconds)
        else:
            self.failures += 1


class _Connection(asyncio.Protocol):
    """One request at a time; `on_free` is called when it is answered."""

    def __init__(self, tally: _Tally, on_free: "Callable[[_Connection], None]") -> None:
        self._tally = tally
        self._on_free = on_free
        self._transport: Any = None
        self._buffer = b""
        self._counted_from = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def send(self, request: bytes, counted_from: float) -> None:
        self._counted_from = counted_from
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer = self._buffer + data if self._buffer else data
        head_end = buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        length = _CONTENT_LENGTH.search(buffer, 0, head_end)
        if len(buffer) < head_end + 4 + (int(length[1]) if length else 0):
            return
        self._buffer = b""
        self._tally.note(time.perf_counter() - self._counted_from, is_success=buffer[9:10] == b"2")
        self._on_free(self)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        if self._tally.is_counting:
            self._tally.failures += 1

    def close(self) -> None:
        self._transport.close()


class _Load:
    """The plan: `{port, requests, connections, warm_up_seconds, seconds, rate_per_second}`."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._plan = plan
        self._requests = itertools.cycle([request.encode("latin-1") for request in plan["requests"]])
        self._tally = _Tally()
        self._is_over = False
        self._due: deque[float] = deque()
        self._free: deque[_Connection] = deque()

    async def run(self) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        connections = [
            (await loop.create_connection(self._connect, "127.0.0.1", self._plan["port"]))[1]
            for _ in range(self._plan["connections"])
        ]
        gc.freeze()
        gc.disable()  # a pause of ours would look like one of the server's
        pace = asyncio.create_task(self._pace(connections))
        await asyncio.sleep(self._plan["warm_up_seconds"])
        _say({"state": "warm"})
        self._tally.is_counting, started_at = True, time.perf_counter()
        await asyncio.sleep(self._plan["seconds"])
        seconds = time.perf_counter() - started_at
        self._tally.is_counting, self._is_over = False, True
        pace.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pace
        for connection in connections:
            connection.close()
        latencies = sorted(self._tally.latencies)
        return {"seconds": seconds, "failures": self._tally.failures, "latencies": latencies}

    def _connect(self) -> _Connection:
        return _Connection(self._tally, self._send_due if self._plan["rate_per_second"] else self._send_next)

    async def _pace(self, connections: "list[_Connection]") -> None:
        rate = self._plan["rate_per_second"]
        if not rate:
            for connection in connections:
                self._send_next(connection)
            return
        self._free.extend(connections)
        started_at, sent = time.perf_counter(), 0
        while True:
            wanted = int((time.perf_counter() - started_at) * rate)
            for number in range(sent, wanted):
                self._due.append(started_at + number / rate)
            sent = max(sent, wanted)
            while self._due and self._free:
                self._send_due(self._free.popleft())
            await asyncio.sleep(_TICK_SECONDS)

    def _send_next(self, connection: _Connection) -> None:
        if not self._is_over:
            connection.send(next(self._requests), time.perf_counter())

    def _send_due(self, connection: _Connection) -> None:
        if self._due:
            connection.send(next(self._requests), self._due.popleft())
        else:
            self._free.append(connection)


def _say(fields: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


def main() -> None:
    _say(asyncio.run(_Load(json.load(sys.stdin)).run()))


if __name__ == "__main__":
    main()
