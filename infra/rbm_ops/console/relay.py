"""The simulator's stream, passed on to the pages while any is open.

The simulator may be away (it is started anew, or not there yet): the connection is tried again after growing
waits, and the pages hear `simulator` with `isConnected`. What passed meanwhile they read from the wire log.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp

from rbm_ops.console.simulator import Simulator
from rbm_ops.console.stream import OpenPages, PageEvent
from rbm_ops.json_text import encode

RELAYED_EVENTS = frozenset({"wire", "conversation", "phone", "callbacks"})
_FIRST_WAIT_SECONDS = 0.2
_LONGEST_WAIT_SECONDS = 5.0
_MAX_EVENT_BYTES = 8 << 20

# The simulator says something at least every 15 s.
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=40)


class BadStream(Exception):
    """What came is no stream of events, or one that does not fit into memory."""


async def relay_simulator(session: aiohttp.ClientSession, simulator: Simulator, pages: OpenPages) -> None:
    """Never returns."""
    wait_seconds = _FIRST_WAIT_SECONDS
    while True:
        await pages.wait_until_watched()
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, BadStream):
            async for event in _connect(session, simulator, pages):
                wait_seconds = _FIRST_WAIT_SECONDS
                pages.tell(event.name, event.data)
        pages.tell("simulator", encode({"isConnected": False}))
        await asyncio.sleep(wait_seconds)
        wait_seconds = min(2 * wait_seconds, _LONGEST_WAIT_SECONDS)


async def _connect(
    session: aiohttp.ClientSession, simulator: Simulator, pages: OpenPages
) -> AsyncIterator[PageEvent]:
    """What is to be passed on, until the simulator ends the stream or the last page is closed."""
    async with session.get(simulator.stream_url, timeout=_TIMEOUT, raise_for_status=True) as answer:
        yield PageEvent("simulator", encode({"isConnected": True}))
        async for event in read_events(answer.content.iter_any()):
            if not pages.is_watched:
                return
            if event.name in RELAYED_EVENTS:
                yield event


async def read_events(chunks: AsyncIterator[bytes]) -> AsyncIterator[PageEvent]:
    """Server-sent events out of bytes that are cut anywhere; raises BadStream.

    Source: html.spec.whatwg.org, section 9.2.6 (interpreting an event stream), read 2026-11; ids and retry
    times have no use here. A heartbeat is an event without name and data.
    """
    name, rest = "", b""
    data: list[str] = []
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) + sum(len(line) for line in data) > _MAX_EVENT_BYTES:
            raise BadStream
        for line in lines:
            field, _, value = _decode(line).partition(":")
            if field == "event":
                name = value.removeprefix(" ")
            elif field == "data":
                data.append(value.removeprefix(" "))
            elif not field and not value:
                yield PageEvent(name, "\n".join(data))
                name, data = "", []


def _decode(line: bytes) -> str:
    return line.removesuffix(b"\r").decode(errors="replace")
