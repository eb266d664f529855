"""The API's description of itself: the OpenAPI document, and a page of it for people."""

import functools
from collections.abc import Iterable
from importlib.resources import files

import msgspec
from aiohttp import web

from rbm_ops.simulator.control.openapi import build_document
from rbm_ops.simulator.control.operation import AnyOperation, Group, RawOperation
from rbm_ops.simulator.resources import JsonObject
from rbm_ops.simulator.simulation import Simulation

_STYLE = files("rbm_ops.simulator.control") / "templates" / "style.css"
# There is no script on the page, and nothing of another host.
_PAGE_POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'self'"}


def make_operations(described: Iterable[AnyOperation]) -> tuple[RawOperation, ...]:
    """These describe the others and themselves."""

    @functools.cache
    def document() -> JsonObject:
        return build_document((*described, *operations))

    async def show_document(_simulation: Simulation, _request: web.Request) -> web.Response:
        return web.Response(body=msgspec.json.encode(document()), content_type="application/json")

    async def show_page(_simulation: Simulation, request: web.Request) -> web.Response:
        from rbm_ops.simulator.control.page import render_page  # Jinja is needed here alone

        page = render_page(document(), base_url=f"{request.scheme}://{request.host}")
        return web.Response(text=page, content_type="text/html", headers=_PAGE_POLICY)

    async def show_style(_simulation: Simulation, _request: web.Request) -> web.Response:
        return web.Response(text=_STYLE.read_text(encoding="utf-8"), content_type="text/css")

    operations = (
        RawOperation(
            group=Group.SIMULATOR,
            path="/control/",
            summary="This page",
            media_type="text/html",
            respond=show_page,
        ),
        RawOperation(
            group=Group.SIMULATOR,
            path="/control/style.css",
            summary="How this page looks",
            media_type="text/css",
            respond=show_style,
        ),
        RawOperation(
            group=Group.SIMULATOR,
            path="/control/openapi.json",
            summary="The OpenAPI document that this page shows",
            media_type="application/json",
            respond=show_document,
        ),
    )
    return operations
