"""One gRPC call to a Google service: a time limit, repeats while that helps, our own errors."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import grpc

from rbm_ledger.domain.errors import NotConfirmed, Refused

Metadata = tuple[tuple[str, str], ...]
Call = Callable[..., Awaitable[Any]]

# google.rpc codes after which the same call may succeed (google.aip.dev/194, read 2026-11), and those of a
# connection that broke.
_TRANSIENT = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
    }
)
# A definite no to what a call carried, as opposed to one to its caller or its address.
_REFUSALS = frozenset(
    {
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.OUT_OF_RANGE,
    }
)
# How our own side of a call begins where it did not get as far as the service, and our words for it.
_NEVER_THERE = {
    "failed to connect": "no connection",
    "Getting metadata from plugin failed": "no token",
}
_FIRST_WAIT_SECONDS = 0.05
_LONGEST_WAIT_SECONDS = 2.0
# The header by which Google's services route a call: it names the topic, or the database.
_ROUTING = "x-goog-request-params"


async def call_service(call: Call, request: Any, *, timeout_seconds: float, metadata: Metadata) -> Any:
    """The answer; raises Refused for a no to the content, NotConfirmed for any other end."""
    now = asyncio.get_running_loop().time
    deadline = now() + timeout_seconds
    wait_seconds = _FIRST_WAIT_SECONDS
    while True:
        try:
            return await call(request, timeout=deadline - now(), metadata=metadata)
        except grpc.aio.AioRpcError as error:
            if error.code() not in _TRANSIENT or now() + wait_seconds >= deadline:
                raise _translate(error, about=dict(metadata).get(_ROUTING, "")) from error
        await asyncio.sleep(wait_seconds * random.uniform(0.5, 1.0))  # noqa: S311
        wait_seconds = min(2 * wait_seconds, _LONGEST_WAIT_SECONDS)


def translate_code(code: grpc.StatusCode, about: str) -> NotConfirmed:
    """The error for a status that stays; repeats are over.

    `about` is what the call was about, in our words: those of the service may quote what it was given.
    """
    return (Refused if code in _REFUSALS else NotConfirmed)(f"{code.name}: {about}")


def _translate(error: grpc.aio.AioRpcError, about: str) -> NotConfirmed:
    details = error.details() or ""
    ours = [words for beginning, words in _NEVER_THERE.items() if details.startswith(beginning)]
    return translate_code(error.code(), ": ".join((about, *ours)))
