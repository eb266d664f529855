"""Between two ends of HTTP: platform and webhook, queue and function, `send` and platform."""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

import aiohttp
from aiohttp import web
from tests.faults.points import Moment, Traps

_UPSTREAM_SECONDS = 40.0
_HOP_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})
_MAX_BODY_BYTES = 64 << 20


class Harm(StrEnum):
    """REFUSE: an error, and nobody hears of the request. RESET: the connection breaks before it is heard.
    LOSE: it is heard, and the connection breaks. CUT: heard, and the answer ends in its middle. FAIL: heard,
    and answered with an error. HOLD: late. REPEAT: heard several times, one after the other. DOUBLE: by all
    instances at once.
    """

    REFUSE = "refuse"
    RESET = "reset"
    LOSE = "lose"
    CUT = "cut"
    FAIL = "fail"
    HOLD = "hold"
    REPEAT = "repeat"
    DOUBLE = "double"


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What befalls `ratio` of the requests."""

    harm: Harm
    ratio: float = 0.5
    status: int = 503
    hold_seconds: float = 0.0
    times: int = 1


@dataclass(frozen=True, slots=True)
class Target:
    """`instance`: whom a trap at this gate kills."""

    instance: str
    address: str


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class HttpGate:
    """Requests go to the targets in turn. `call` names this gate among the points."""

    def __init__(self, call: str, targets: Sequence[Target], traps: Traps, dice: Random) -> None:
        self.disturbance: Disturbance | None = None
        self.disturbed = 0
        self._call, self._targets, self._traps, self._dice = call, targets, traps, dice
        self._turns = itertools.cycle(targets)

    async def start(self, port: int) -> None:
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=_UPSTREAM_SECONDS),
            connector=aiohttp.TCPConnector(limit=0),
            auto_decompress=False,
        )
        application = web.Application(client_max_size=_MAX_BODY_BYTES)
        application.router.add_route("*", "/{path:.*}", self._pass)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port, backlog=1024).start()

    async def stop(self) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        target = next(self._turns)
        if await self._traps.spring(target.instance, self._call, Moment.BEFORE):
            return _break(request)
        harmed = self._draw()
        if harmed is not None and harmed.harm is Harm.REFUSE:
            return web.Response(status=harmed.status)
        if harmed is not None and harmed.harm is Harm.RESET:
            return _break(request)
        answer = await self._deliver(request, body, target, harmed)
        if await self._traps.spring(target.instance, self._call, Moment.AFTER):
            return _break(request)
        return await self._answer(request, answer, harmed)

    def _draw(self) -> Disturbance | None:
        found = self.disturbance
        if found is None or self._dice.random() >= found.ratio:
            return None
        self.disturbed += 1
        return found

    async def _deliver(
        self, request: web.Request, body: bytes, target: Target, harmed: Disturbance | None
    ) -> _Answer:
        """The last answer, where there are several."""
        if harmed is not None and harmed.harm is Harm.HOLD:
            await asyncio.sleep(harmed.hold_seconds)
        if harmed is not None and harmed.harm is Harm.DOUBLE:
            both = await asyncio.gather(*(self._forward(request, body, each) for each in self._targets))
            return max(both, key=lambda answer: answer.status)
        if harmed is not None and harmed.harm is Harm.REPEAT:
            for _ in range(harmed.times - 1):
                await self._forward(request, body, next(self._turns))
        return await self._forward(request, body, target)

    async def _answer(
        self, request: web.Request, answer: _Answer, harmed: Disturbance | None
    ) -> web.StreamResponse:
        if harmed is not None and harmed.harm is Harm.LOSE:
            return _break(request)
        if harmed is not None and harmed.harm is Harm.FAIL:
            return web.Response(status=harmed.status)
        if harmed is not None and harmed.harm is Harm.CUT and answer.body:
            return await _cut(request, answer)
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)

    async def _forward(self, request: web.Request, body: bytes, target: Target) -> _Answer:
        """502 where nobody listens, 504 where nobody answers."""
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP_HEADERS}
        url = f"http://{target.address}{request.path_qs}"
        try:
            async with self._session.request(
                request.method, url, data=body, headers=headers, allow_redirects=False
            ) as response:
                answered = await response.read()
        except TimeoutError:
            return _Answer(504, {}, b"")
        except aiohttp.ClientError:
            return _Answer(502, {}, b"")
        kept = {name: value for name, value in response.headers.items() if name.lower() not in _HOP_HEADERS}
        return _Answer(response.status, kept, answered)


def _break(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def _cut(request: web.Request, answer: _Answer) -> web.StreamResponse:
    """The head promises more than comes."""
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_length = len(answer.body)
    await response.prepare(request)
    await response.write(answer.body[: len(answer.body) // 2])
    if request.transport is not None:
        request.transport.abort()
    return response
