"""The control API as far as the console uses it: canned answers, a stream that tests write to."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from aiohttp_sse import sse_response


@dataclass
class FakeSimulator:
    """`records` is the wire log; `tell` sends to whoever listens. Calls of other kinds are echoed."""

    records: list[dict[str, Any]] = field(default_factory=list)
    client_token: str = ""
    connections: int = 0
    _listeners: set[asyncio.Queue[tuple[str, str] | None]] = field(default_factory=set)

    def tell(self, name: str, data: str) -> None:
        for listener in self._listeners:
            listener.put_nowait((name, data))

    def end_streams(self) -> None:
        for listener in self._listeners:
            listener.put_nowait(None)

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def application(self) -> web.Application:
        application = web.Application()
        application.add_routes(
            [
                web.get("/control/wire", self._answer_wire),
                web.get("/control/settings", self._answer_settings),
                web.get("/control/stream", self._stream),
                web.get("/control/page", self._answer_page),
                web.post("/control/client-token", self._take_token),
                web.route("*", "/{path:.*}", self._echo),
            ]
        )
        return application

    async def _answer_wire(self, _request: web.Request) -> web.Response:
        return web.json_response({"records": self.records, "last": len(self.records)})

    async def _answer_settings(self, _request: web.Request) -> web.Response:
        return web.json_response({"seed": 7})

    async def _answer_page(self, _request: web.Request) -> web.Response:
        return web.Response(text="<script>", content_type="text/html")

    async def _take_token(self, request: web.Request) -> web.Response:
        self.client_token = (await request.json())["clientToken"]
        return web.json_response({})

    async def _echo(self, request: web.Request) -> web.Response:
        body = (await request.read()).decode()
        return web.json_response(
            {"method": request.method, "path": request.path_qs, "body": body}, status=418
        )

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        self.connections += 1
        listener: asyncio.Queue[tuple[str, str] | None] = asyncio.Queue()
        self._listeners.add(listener)
        try:
            async with sse_response(request) as response:
                while (event := await listener.get()) is not None:
                    await response.send(event[1], event=event[0])
        finally:
            self._listeners.discard(listener)
        return response


async def serve(simulator: FakeSimulator, port: int) -> TestServer:
    server = TestServer(simulator.application(), host="127.0.0.1", port=port)
    await server.start_server(shutdown_timeout=0.1)
    return server
