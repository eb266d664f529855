"""Wiring: one console on one port, for as long as its context lasts."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import aiohttp
from aiohttp import web

from rbm_ledger.environment import Environment
from rbm_ops.console.answers import answer_errors
from rbm_ops.console.api import Api
from rbm_ops.console.functions import Functions, watch_functions
from rbm_ops.console.ledger import Ledger
from rbm_ops.console.relay import relay_simulator
from rbm_ops.console.security import add_security_headers, refuse_strangers
from rbm_ops.console.simulator import Simulator
from rbm_ops.console.stream import OpenPages
from rbm_ops.console.subscriptions import DeadLetters, watch_dead_letters, watch_updates
from rbm_ops.local.addresses import Addresses
from rbm_ops.local.processes import SupervisedProcess
from rbm_ops.requests.publishing import connect_send_requests

_HOST = "127.0.0.1"
_STATIC = Path(__file__).parent / "static"
_MAX_BODY_BYTES = 1 << 20
_SHUTDOWN_SECONDS = 0.2


@contextlib.asynccontextmanager
async def running_console(
    addresses: Addresses, functions: Mapping[str, SupervisedProcess]
) -> AsyncIterator[None]:
    """Answers at `addresses.console`."""
    pages, dead_letters = OpenPages(), DeadLetters()
    async with aiohttp.ClientSession() as session:
        api = Api(
            addresses=addresses,
            functions=Functions(functions),
            ledger=Ledger(
                addresses,
                Environment(os.environ).agents("RBM_AGENTS"),  # what the functions were started with
            ),
            simulator=Simulator(session, addresses.simulator),
            send_requests=connect_send_requests(addresses.project, addresses.pubsub),
            dead_letters=dead_letters,
        )
        watches = [
            asyncio.create_task(relay_simulator(session, api.simulator, pages)),
            asyncio.create_task(watch_functions(api.functions, pages)),
            asyncio.create_task(watch_updates(addresses, pages)),
            asyncio.create_task(watch_dead_letters(addresses, pages, dead_letters)),
        ]
        try:
            async with _serving(_build_application(api, pages), addresses.port("console")):
                yield
        finally:
            for watch in watches:
                watch.cancel()
            await asyncio.wait(watches)


@contextlib.asynccontextmanager
async def _serving(application: web.Application, port: int) -> AsyncIterator[None]:
    runner = web.AppRunner(
        application,
        access_log=None,
        handler_cancellation=True,  # a page that is closed leaves its stream at once
        shutdown_timeout=_SHUTDOWN_SECONDS,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, _HOST, port).start()
        yield
    finally:
        await runner.cleanup()


def _build_application(api: Api, pages: OpenPages) -> web.Application:
    application = web.Application(
        middlewares=[answer_errors, refuse_strangers], client_max_size=_MAX_BODY_BYTES
    )
    application.on_response_prepare.append(add_security_headers)
    application.add_routes([web.get("/", _show_page), web.get("/api/stream", pages.serve)])
    application.add_routes(api.routes())
    application.router.add_static("/static", _STATIC)
    return application


async def _show_page(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(_STATIC / "index.html")
