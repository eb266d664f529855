"""Functions inside the test's own event loop: loaded by the framework, called by the ASGI protocol."""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from unittest import mock

from functions_framework.aio import create_asgi_app
from tests.functions.entrypoints.serving import FUNCTIONS_FOLDER, Settings, environment


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def load_function(name: str, settings: Settings) -> Any:
    """An application of its own at every call; the settings are in the environment during the load alone."""
    with (
        mock.patch.dict(os.environ, environment(settings), clear=True),
        mock.patch.object(sys, "path", [*sys.path]),
    ):
        try:
            return create_asgi_app(name, str(FUNCTIONS_FOLDER / f"{name}.py"))
        finally:
            sys.modules.pop(name, None)


async def call_function(
    function: Any,
    chunks: Iterable[bytes] = (b"",),
    *,
    method: str = "POST",
    path: str = "/",
    headers: Mapping[str, str] | None = None,
    leaves_early: bool = False,
) -> Answer:
    """The answer to a body that comes in these chunks; `leaves_early`: the client goes before its end."""
    arriving = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    arriving.append(
        {"type": "http.disconnect"} if leaves_early else {"type": "http.request", "more_body": False}
    )
    answered: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return arriving.pop(0) if arriving else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        answered.append(message)

    await function(_make_scope(method, path, headers or {}), receive, send)
    start, *rest = answered
    return Answer(
        start["status"],
        {name.decode().lower(): value.decode() for name, value in start["headers"]},
        b"".join(message.get("body", b"") for message in rest),
    )


def _make_scope(method: str, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
