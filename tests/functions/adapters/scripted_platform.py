"""An HTTP server on this machine that remembers its requests and answers as a test wants."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from aiohttp import web
from tests.functions.adapters.request_gate import RequestGate


@dataclass(frozen=True, slots=True)
class Received:
    """`connection` is the same for requests that came over the same one."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: tuple[str, int] = ("", 0)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class ScriptedPlatform(RequestGate):
    """Gives its replies in turn, the last one for ever."""

    replies: list[Reply] = field(default_factory=lambda: [Reply()])
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        assert request.transport is not None
        connection = request.transport.get_extra_info("peername")
        await self.admit(Received(request.method, request.raw_path, request.headers.copy(), body, connection))
        return web.Response(status=reply.status, body=reply.body, headers=reply.headers)


@contextlib.asynccontextmanager
async def running_platform() -> AsyncIterator[ScriptedPlatform]:
    platform = ScriptedPlatform()
    application = web.Application()
    application.router.add_route("*", "/{anything:.*}", platform.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    platform.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield platform
    finally:
        platform.release.set()
        await runner.cleanup()
