"""One method of the API: its name in the reference, its route, and what it answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from rbm_ops.simulator.resources import JsonObject


@dataclass(frozen=True, slots=True)
class Method:
    """`path` without the prefix of a region."""

    rpc: str
    http_method: str
    path: str
    answer: Callable[[web.Request], Awaitable[JsonObject]]
