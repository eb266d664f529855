"""Wiring: one simulator on one port, for as long as its context lasts."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler

from rbm_ops.simulator.background import BackgroundTasks
from rbm_ops.simulator.callbacks import CallbackQueue
from rbm_ops.simulator.checks import MAX_MESSAGE_BYTES, invalid
from rbm_ops.simulator.control import ControlApi
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.platform import Platform
from rbm_ops.simulator.rest import RestApi
from rbm_ops.simulator.settings import SimulatorSettings

_SHUTDOWN_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class RunningSimulator:
    url: str
    _background: BackgroundTasks

    async def settle(self) -> None:
        """Returns when every message met its fate and every callback was acknowledged or dropped."""
        await self._background.wait_until_done()


@contextlib.asynccontextmanager
async def running_simulator(settings: SimulatorSettings) -> AsyncIterator[RunningSimulator]:
    background = BackgroundTasks()
    async with aiohttp.ClientSession() as session:
        application = _build_application(settings, session, background)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
        await runner.setup()
        try:
            site = web.TCPSite(runner, settings.host, settings.port)
            await site.start()
            yield RunningSimulator(f"http://{settings.host}:{runner.addresses[0][1]}", background)
        finally:
            await runner.cleanup()
            await background.cancel()


def _build_application(
    settings: SimulatorSettings, session: aiohttp.ClientSession, background: BackgroundTasks
) -> web.Application:
    callbacks = CallbackQueue(settings, session, background)
    platform = Platform(settings, callbacks, background)
    application = web.Application(middlewares=[_answer_errors_like_google], client_max_size=MAX_MESSAGE_BYTES)
    application.add_routes(RestApi(platform, settings.agents).routes())
    application.add_routes(ControlApi(settings, platform, callbacks).routes())
    application.router.add_route("*", "/{anything:.*}", _refuse_unknown)
    return application


async def _refuse_unknown(_request: web.Request) -> web.Response:
    raise ApiError(Status.NOT_FOUND)


@web.middleware
async def _answer_errors_like_google(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as error:
        return _render(error)
    except web.HTTPRequestEntityTooLarge:
        return _render(invalid(f"A message can have at most {MAX_MESSAGE_BYTES} bytes."))


def _render(error: ApiError) -> web.Response:
    return web.json_response(error.body(), status=error.http_status)
