"""Wiring: one simulator on one port, for as long as its context lasts."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler

from rbm_ops.simulator.background import BackgroundTasks
from rbm_ops.simulator.clock import SteppedClock, make_clock
from rbm_ops.simulator.control.api import ControlApi
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.rest.api import RestApi
from rbm_ops.simulator.rest.requests import MAX_BODY_BYTES
from rbm_ops.simulator.settings import SimulatorSettings
from rbm_ops.simulator.simulation import Simulation, make_simulation
from rbm_ops.simulator.start_state import set_up
from rbm_ops.simulator.wire_calls import make_call_recorder

_SHUTDOWN_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class RunningSimulator:
    url: str
    simulation: Simulation

    async def advance(self, seconds: float) -> None:
        """On a stepped clock: returns when all that became due has happened."""
        clock = self.simulation.clock
        assert isinstance(clock, SteppedClock), "only a stepped clock can be advanced"  # noqa: S101
        await clock.advance(seconds)


@contextlib.asynccontextmanager
async def running_simulator(settings: SimulatorSettings) -> AsyncIterator[RunningSimulator]:
    background = BackgroundTasks()
    clock = make_clock(settings.clock, scale=settings.clock_scale, start=settings.clock_start)
    async with _open_session(settings) as session:
        simulation = make_simulation(settings, clock=clock, session=session, background=background)
        set_up(simulation)
        runner = web.AppRunner(
            _build_application(simulation), access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS
        )
        await runner.setup()
        try:
            site = web.TCPSite(runner, settings.host, settings.port)
            await site.start()
            yield RunningSimulator(f"http://{settings.host}:{runner.addresses[0][1]}", simulation)
        finally:
            await runner.cleanup()
            await background.cancel()


def _open_session(settings: SimulatorSettings) -> aiohttp.ClientSession:
    """For callbacks: no cookies, no proxies, connections kept for as many as are called at once."""
    connector = aiohttp.TCPConnector(limit=2 * settings.retry.calls_at_once)
    return aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
    )


def _build_application(simulation: Simulation) -> web.Application:
    recorder = make_call_recorder(simulation.wire, simulation.clock)
    application = web.Application(
        middlewares=[recorder, _answer_errors_like_google], client_max_size=MAX_BODY_BYTES
    )
    application.add_routes(ControlApi(simulation).routes())
    application.add_routes(RestApi(simulation).routes())
    application.router.add_route("*", "/{anything:.*}", _refuse_unknown)
    return application


async def _refuse_unknown(_request: web.Request) -> web.Response:
    raise ApiError(Status.NOT_FOUND)


@web.middleware
async def _answer_errors_like_google(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The one mapping from errors to answers."""
    try:
        return await handler(request)
    except ApiError as error:
        return web.json_response(error.body(), status=error.http_status)
