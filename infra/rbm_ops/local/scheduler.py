"""What Cloud Scheduler is in the cloud: calls the sweep of `send` and the drain of `correlate` for ever."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

# Once a minute in the cloud; here a person watches.
SWEEP_EVERY_SECONDS = 2.0
_TIMEOUT_SECONDS = 60.0


@contextlib.asynccontextmanager
async def running_scheduler(url: str, every_seconds: float = SWEEP_EVERY_SECONDS) -> AsyncIterator[None]:
    """POSTs to `url` inside the context, whose end waits for no answer."""
    calls = asyncio.create_task(_call_for_ever(url, every_seconds))
    try:
        yield
    finally:
        calls.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await calls


async def _call_for_ever(url: str, every_seconds: float) -> None:
    """One call at a time. Whatever comes of it, the next is the next try; the function's log tells more."""
    while True:
        await asyncio.sleep(every_seconds)
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                await _post(url)


async def _post(url: str) -> None:
    """By hand: aiohttp takes a third of a second to load, and a thread could not be ended."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        head = f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: 0\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode())
        await reader.read()
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
