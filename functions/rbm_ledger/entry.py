"""What the three entry points share: a bounded body in, one table from errors to answers, no crash out."""

import math
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from rbm_ledger.domain.errors import (
    FaultyInput,
    InputTooLarge,
    InvalidSettings,
    LedgerError,
    MalformedInput,
)
from rbm_ledger.logs import Severity, describe_crash, log

Settings = TypeVar("Settings")
MAX_REASON_CHARACTERS = 1000

Statuses = Mapping[type[LedgerError], int]


def load_settings(read: Callable[[Mapping[str, str]], Settings], environ: Mapping[str, str]) -> Settings:
    """The settings, or a start that stops with every fault named."""
    try:
        return read(environ)
    except InvalidSettings as error:
        raise SystemExit("\n".join(("Wrong settings:", *(f"  {fault}" for fault in error.faults)))) from None


def utc_now() -> datetime:
    return datetime.now(UTC)


def seconds_between(earlier: datetime | None, later: datetime) -> float | None:
    """For a log; 0 where clocks disagree, None where nobody said when."""
    return None if earlier is None else max(0.0, round((later - earlier).total_seconds(), 3))


async def read_body(request: Request, limit_bytes: int) -> bytes:
    """The whole body; raises InputTooLarge once all of it has come, so that the caller hears the answer."""
    chunks: list[bytes] = []
    size_bytes = 0
    is_more = True
    while is_more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise MalformedInput("The body ended early.")
        chunk = message.get("body", b"")
        is_more = message.get("more_body", False)
        size_bytes += len(chunk)
        if size_bytes <= limit_bytes:
            chunks.append(chunk)
    if size_bytes > limit_bytes:
        raise InputTooLarge(limit_bytes)
    return b"".join(chunks)


def read_headers(request: Request, *names: bytes) -> tuple[str, ...]:
    """Those of these names, in lower case: the last one of each; empty where there is none."""
    headers: dict[bytes, bytes] = dict(request.scope["headers"])
    return tuple(headers.get(name, b"").decode("latin-1") for name in names)


async def answer_request(
    request: Request,
    handle: Callable[[Request], Awaitable[Response]],
    *,
    name: str,
    statuses: Statuses,
) -> Response:
    """The handler's answer, or the one that `statuses` gives for its error (the nearest class counts)."""
    if request.scope["method"] != "POST":
        return PlainTextResponse("Only POST is answered here.\n", 405, headers={"Allow": "POST"})
    try:
        return await handle(request)
    except LedgerError as error:
        status = next(statuses[kind] for kind in type(error).__mro__ if kind in statuses)
        severity = Severity.ERROR if status >= 500 else Severity.WARNING
        reason = getattr(error, "reason", str(error))
        log(
            f"{name}_not_done",
            severity,
            status=status,
            disposition=error.disposition,
            error=type(error).__name__,
            reason=reason[:MAX_REASON_CHARACTERS],
        )
        return _describe_error(error, status)
    except Exception as error:  # noqa: BLE001 - the outermost border: whoever calls will call again
        log(f"{name}_crashed", Severity.ERROR, **describe_crash(error))
        return _json_error(500, "Something went wrong here; call again.")


def _describe_error(error: LedgerError, status: int) -> Response:
    faults = error.faults if isinstance(error, FaultyInput) else ()
    answer = _json_error(
        status,
        str(error),
        faults=[{"path": fault.path, "problem": fault.problem} for fault in faults],
        message_id=error.message_id,
    )
    wait_seconds = getattr(error, "retry_after_seconds", None)
    if wait_seconds is not None:
        answer.headers["Retry-After"] = str(math.ceil(wait_seconds))
    return answer


def _json_error(
    status: int, message: str, *, faults: list[dict[str, str]] | None = None, message_id: str = ""
) -> Response:
    error: dict[str, object] = {"code": status, "message": message}
    if faults:
        error["faults"] = faults
    if message_id:
        error["messageId"] = message_id
    return JSONResponse({"error": error}, status)
