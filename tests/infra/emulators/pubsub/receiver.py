"""An HTTP endpoint for push whose answers the test writes beforehand."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

_DEADLINE_SECONDS = 20


@dataclass
class Receiver:
    """Answers with `statuses` in turn and then 204; while `open` is clear, not at all."""

    port: int
    statuses: list[int] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    in_flight: int = 0
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)
    _runner: web.AppRunner | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}/push?token=a"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request["body"]) for request in self.requests]

    async def start(self) -> None:
        self.open.set()
        app = web.Application()
        app.router.add_post("/push", self._receive)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def wait_for_requests(self, count: int) -> None:
        await self.wait_for(lambda: len(self.requests) >= count)

    async def wait_for(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(_DEADLINE_SECONDS), self._arrived:
            await self._arrived.wait_for(condition)

    async def _receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        async with self._arrived:
            arrival = {"path": request.path_qs, "headers": request.headers.copy(), "body": body}
            self.requests.append(arrival)
            self.in_flight += 1
            status = self.statuses.pop(0) if self.statuses else 204
            self._arrived.notify_all()
        try:
            await self.open.wait()
        finally:
            self.in_flight -= 1
        return web.Response(status=status)
