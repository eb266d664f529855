"""Who may talk to the console: pages of its own, at a loopback address. Nobody else's page, by no trick.

A page of a stranger can make a browser call 127.0.0.1, and can give 127.0.0.1 a name of its own (DNS
rebinding): the first shows in Origin, the second in Host.
"""

from aiohttp import web
from aiohttp.typedefs import Handler
from yarl import URL

from rbm_ops.console.answers import Refusal

_OWN_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; object-src 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@web.middleware
async def refuse_strangers(request: web.Request, handler: Handler) -> web.StreamResponse:
    if _host_of(request.host) not in _OWN_HOSTS:
        raise Refusal(403, "The console answers at its loopback address only.")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.host}":
        raise Refusal(403, "The console answers pages of its own only.")
    return await handler(request)


async def add_security_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


def _host_of(authority: str) -> str | None:
    try:
        return URL(f"http://{authority}").host
    except ValueError:
        return None
