"""The simulator's own API: what it took in, what it still has to say, and events on demand."""

from aiohttp import web

from rbm_ops.simulator.callbacks import CallbackQueue
from rbm_ops.simulator.checks import invalid
from rbm_ops.simulator.handshake import perform_handshake
from rbm_ops.simulator.platform import Platform
from rbm_ops.simulator.rest import read_json_object
from rbm_ops.simulator.settings import SimulatorSettings


class ControlApi:
    def __init__(self, settings: SimulatorSettings, platform: Platform, callbacks: CallbackQueue) -> None:
        self._settings = settings
        self._platform = platform
        self._callbacks = callbacks

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/healthz", self._report_health),
            web.get("/control/messages", self._list_messages),
            web.get("/control/callbacks", self._count_callbacks),
            web.post("/control/callbacks", self._post_callback),
            web.post("/control/handshake", self._perform_handshake),
        ]

    async def _report_health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _list_messages(self, _request: web.Request) -> web.Response:
        return web.json_response({"messages": self._platform.list_messages()})

    async def _count_callbacks(self, _request: web.Request) -> web.Response:
        return web.json_response(self._callbacks.count())

    async def _post_callback(self, request: web.Request) -> web.Response:
        event = (await read_json_object(request)).get("event")
        if not isinstance(event, dict):
            raise invalid("event is required.")
        self._callbacks.post(event)
        return web.json_response(self._callbacks.count())

    async def _perform_handshake(self, _request: web.Request) -> web.Response:
        result = await perform_handshake(self._settings.webhook_url, self._settings.client_token)
        return web.json_response(
            {"verified": result.verified, "httpStatus": result.http_status, "answer": result.answer}
        )
