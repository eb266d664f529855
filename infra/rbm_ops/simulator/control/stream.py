"""What happens, live, as server-sent events.

Who reads too slowly loses the oldest; the numbers of the wire records show the gap, and the wire log
fills it.
"""

import asyncio
import contextlib
import math
from collections.abc import Hashable, Iterable

import msgspec
from aiohttp import web
from aiohttp_sse import sse_response

from rbm_ops.simulator.resources import JsonObject
from rbm_ops.simulator.simulation import Simulation
from rbm_ops.simulator.wire import StreamEvent

_COUNTS_SECONDS = 0.5


async def stream(simulation: Simulation, request: web.Request) -> web.StreamResponse:
    """Until the reader goes away. A heartbeat comment every 15 s is the library's."""
    listener = simulation.broadcast.listen()
    try:
        async with sse_response(request) as response:
            with contextlib.suppress(ConnectionResetError, TimeoutError):
                counts, loop = CallbackCounts(simulation), asyncio.get_running_loop()
                while response.is_connected():
                    events = merge(await _collect(listener))
                    for name, data in [*events, *counts.list_news(loop.time())]:
                        await response.send(msgspec.json.encode(data).decode(), event=name)
        return response
    finally:
        simulation.broadcast.leave(listener)


class CallbackCounts:
    """The counts when they have changed, at most twice a second."""

    def __init__(self, simulation: Simulation) -> None:
        self._callbacks = simulation.callbacks
        self._told: JsonObject = {}
        self._told_at = -math.inf

    def list_news(self, now: float) -> list[StreamEvent]:
        """`now`, in seconds of any clock that does not go back."""
        counts = self._callbacks.count()
        if counts == self._told or now - self._told_at < _COUNTS_SECONDS:
            return []
        self._told, self._told_at = dict(counts), now
        return [("callbacks", self._told)]


def merge(events: Iterable[StreamEvent]) -> list[StreamEvent]:
    """Without repeats: that a conversation or a phone has changed is told once, where it was told last."""
    latest: dict[Hashable, StreamEvent] = {}
    for name, data in events:
        key = data["number"] if name == "wire" else (name, *data.values())
        latest.pop(key, None)
        latest[key] = name, data
    return list(latest.values())


async def _collect(listener: asyncio.Queue[StreamEvent]) -> list[StreamEvent]:
    """All that is there; waits for the first, but not longer than counts may."""
    events = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_COUNTS_SECONDS):
            events.append(await listener.get())
    while not listener.empty():
        events.append(listener.get_nowait())
    return events
