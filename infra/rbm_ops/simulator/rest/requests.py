"""What every request has in common: how it is read, and how it is answered."""

from typing import Any

import msgspec
from aiohttp import web

from rbm_ops.simulator.checks import invalid
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.regions import Region
from rbm_ops.simulator.resources import JsonObject
from rbm_ops.simulator.rest.notes import BODY

# Ten thousand phone numbers fit into it, however they are laid out; messages have a limit of their own.
MAX_BODY_BYTES = 1024 * 1024
# As deep as Google's JSON parser for protocol buffers goes (assumed: its default).
_MAX_DEPTH = 100
_JSON_HEADERS = {"Content-Type": "application/json; charset=UTF-8"}
# Source: reference/rest/v1/users/batchGet, 2026. The path is this simulator's own way to be three endpoints.
_HOST_REGIONS = {f"{region}-rcsbusinessmessaging.googleapis.com": region for region in Region}
_PATH_REGIONS: dict[str, Region] = {region.value: region for region in Region}

_encoder = msgspec.json.Encoder()


async def read_json_object(request: web.Request) -> JsonObject:
    """The body, decoded and noted on the request. Raises INVALID_ARGUMENT."""
    try:
        data = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise invalid(f"A request can have at most {MAX_BODY_BYTES} bytes.") from None
    body = request[BODY] = decode_json_object(data)
    return body


def decode_json_object(data: bytes) -> JsonObject:
    """What comes out of it can be encoded again, whole or inside something else. Raises INVALID_ARGUMENT."""
    try:
        body = msgspec.json.decode(data)
    except (ValueError, RecursionError):
        raise invalid("Invalid JSON payload received.") from None
    if not isinstance(body, dict):
        raise invalid("Invalid JSON payload received: not an object.")
    if data.count(b"{") + data.count(b"[") > _MAX_DEPTH and _is_deeper(body, _MAX_DEPTH):
        raise invalid("Invalid JSON payload received: nested too deep.")
    return body


def answer_json(value: Any) -> web.Response:
    return web.Response(body=_encoder.encode(value), headers=_JSON_HEADERS)


def require_bearer_token(request: web.Request) -> None:
    """Any token will do: whose it is is beyond this simulator."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ApiError(Status.UNAUTHENTICATED)


def read_region(request: web.Request) -> Region | None:
    """By the first part of the path or by the host; None at the global endpoint."""
    first_part = request.path.split("/", 2)[1]
    return _PATH_REGIONS.get(first_part) or _HOST_REGIONS.get(request.host.partition(":")[0].lower())


def _is_deeper(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    members = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(member, levels - 1) for member in members)
