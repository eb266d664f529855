"""Live updates of the pages: what happens goes to every page that is open, as server-sent events.

A page that reads too slowly loses the oldest events and is told (`missed`); nobody waits for it.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web
from aiohttp_sse import sse_response

from rbm_ops.json_text import encode

_MAX_QUEUED_EVENTS = 500
_MAX_QUEUED_CHARACTERS = 4_000_000


@dataclass(frozen=True, slots=True)
class PageEvent:
    """`data` is JSON already."""

    name: str
    data: str


class Page:
    """What one page has not read yet. The latest event is kept whatever its size."""

    def __init__(self) -> None:
        self._events: deque[PageEvent] = deque()
        self._characters = 0
        self._missed = 0
        self._has_news = asyncio.Event()

    def put(self, event: PageEvent) -> None:
        self._events.append(event)
        self._characters += len(event.data)
        while len(self._events) > 1 and self._is_too_full():
            self._characters -= len(self._events.popleft().data)
            self._missed += 1
        self._has_news.set()

    async def next_event(self) -> PageEvent:
        """Waits for one; what was lost before it is told first."""
        await self._has_news.wait()
        if self._missed:
            missed, self._missed = self._missed, 0
            return PageEvent("missed", encode({"count": missed}))
        event = self._events.popleft()
        self._characters -= len(event.data)
        if not self._events:
            self._has_news.clear()
        return event

    def _is_too_full(self) -> bool:
        return len(self._events) > _MAX_QUEUED_EVENTS or self._characters > _MAX_QUEUED_CHARACTERS


class OpenPages:
    """All pages that are open at this moment."""

    def __init__(self) -> None:
        self._pages: set[Page] = set()
        self._is_watched = asyncio.Event()

    @property
    def is_watched(self) -> bool:
        return self._is_watched.is_set()

    async def wait_until_watched(self) -> None:
        await self._is_watched.wait()

    def tell(self, name: str, data: str) -> None:
        """`data` is JSON."""
        event = PageEvent(name, data)
        for page in self._pages:
            page.put(event)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answers one page for as long as it is open."""
        with self._opened() as page:
            async with sse_response(request) as response:
                with contextlib.suppress(ConnectionResetError, TimeoutError):
                    while response.is_connected():
                        event = await page.next_event()
                        await response.send(event.data, event=event.name)
        return response

    @contextlib.contextmanager
    def _opened(self) -> Iterator[Page]:
        page = Page()
        self._pages.add(page)
        self._is_watched.set()
        try:
            yield page
        finally:
            self._pages.discard(page)
            if not self._pages:
                self._is_watched.clear()
