"""The simulator as the console uses it: its control API, passed on or asked."""

from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp import web
from yarl import URL

from rbm_ledger.domain.errors import NotJson
from rbm_ledger.domain.json_bytes import JsonObject, decode_object
from rbm_ops.console.answers import Refusal

# Stepping the clock by days lets all that was due happen before it answers.
_TIMEOUT = aiohttp.ClientTimeout(total=60, sock_connect=5)
_ASK_TIMEOUT = aiohttp.ClientTimeout(total=5)
_CONTROL = "/control/"
_WIRE_RECORDS_KEPT = 2000
_JSON = "application/json"

# The simulator is away, or is none.
_UNREADABLE = (aiohttp.ClientError, TimeoutError, NotJson)


class Simulator:
    """`host` as `127.0.0.1:port`."""

    def __init__(self, session: aiohttp.ClientSession, host: str) -> None:
        self._session = session
        self._base = URL(f"http://{host}")

    @property
    def stream_url(self) -> URL:
        return self._base / "control" / "stream"

    async def pass_on(self, request: web.Request) -> web.Response:
        """The simulator's own answer to the same call below /control."""
        url = self._control_url(request.match_info["tail"]).with_query(request.query)
        async with self._session.request(
            request.method, url, data=await request.read(), headers={"Content-Type": _JSON}, timeout=_TIMEOUT
        ) as answer:
            if answer.content_type != _JSON:
                raise Refusal(502, f"The simulator answered {answer.status} without JSON.")
            return web.Response(body=await answer.read(), status=answer.status, content_type=_JSON)

    async def find_seed(self) -> object:
        """None while the simulator is away."""
        try:
            return (await self._ask("settings", {})).get("seed")
        except _UNREADABLE:
            return None

    async def read_wire(self) -> list[dict[str, Any]]:
        """All records that are still there, none while the simulator is away."""
        try:
            wire = await self._ask("wire", {"after": "0", "limit": str(_WIRE_RECORDS_KEPT)})
        except _UNREADABLE:
            return []
        return list(wire["records"])

    async def _ask(self, path: str, query: Mapping[str, str]) -> JsonObject:
        url = self._control_url(path).with_query(query)
        async with self._session.get(url, timeout=_ASK_TIMEOUT, raise_for_status=True) as answer:
            return decode_object(await answer.read())

    async def set_client_token(self, client_token: str) -> None:
        """Signs the partner webhook's callbacks from now on."""
        url = self._control_url("client-token")
        body = {"clientToken": client_token}
        async with self._session.post(url, json=body, timeout=_ASK_TIMEOUT, raise_for_status=True):
            pass

    def _control_url(self, tail: str) -> URL:
        """Dots in `tail` must not lead out of the control API."""
        url = self._base.with_path(_CONTROL + tail)
        if not url.path.startswith(_CONTROL):
            raise Refusal(404, "There is no such part of the control API.")
        return url
