"""A page of the console, without a browser."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from rbm_ops.console.relay import read_events

PATIENCE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    body: Any
    headers: Any


@dataclass(frozen=True, slots=True)
class Listening:
    """What the stream has said so far; `data` is decoded."""

    events: list[tuple[str, Any]] = field(default_factory=list)

    def named(self, name: str) -> list[Any]:
        return [data for event, data in self.events if event == name]


@dataclass(frozen=True, slots=True)
class ConsolePage:
    session: aiohttp.ClientSession
    url: str

    async def get(self, path: str, **options: Any) -> Answered:
        return await self.call("GET", path, **options)

    async def post(self, path: str, body: object, **options: Any) -> Answered:
        return await self.call("POST", path, json=body, **options)

    async def call(self, method: str, path: str, **options: Any) -> Answered:
        async with self.session.request(method, self.url + path, **options) as answer:
            content = await answer.read()
            is_json = answer.content_type == "application/json"
            return Answered(answer.status, json.loads(content) if is_json else content, answer.headers)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[Listening]:
        heard = Listening()
        async with self.session.get(f"{self.url}/api/stream") as answer:
            listener = asyncio.create_task(_listen(answer, heard))
            try:
                yield heard
            finally:
                listener.cancel()


async def _listen(answer: aiohttp.ClientResponse, heard: Listening) -> None:
    async for event in read_events(answer.content.iter_any()):
        if event.name:
            heard.events.append((event.name, json.loads(event.data)))


async def until(condition: Callable[[], object], *, what: str) -> None:
    """Returns as soon as it is so; fails when it never is."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"waited in vain: {what}"
        await asyncio.sleep(0.01)
