"""How the console answers: JSON, and one mapping from errors to statuses; `ledger` has those of its own."""

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler

from rbm_ledger.domain.errors import NotConfirmed, NotJson
from rbm_ops.json_text import encode


class Refusal(Exception):
    """The console says no; the text is for the person at the page."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


_ANSWERS: dict[type[Exception], tuple[int, str]] = {
    NotJson: (400, "{error}"),
    TimeoutError: (504, "No answer in time. Does the local cloud still run?"),
    aiohttp.ClientError: (502, "The simulator can't be reached: {error}"),
    NotConfirmed: (503, "Pub/Sub did not confirm the publish. Try again."),
}


def answer(value: object, status: int = 200) -> web.Response:
    """`value` as JSON; times and bytes of documents become text."""
    return web.Response(
        body=encode(value).encode(),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refusal as refusal:
        return _answer_error(refusal.status, str(refusal))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _answer_error(error.status, error.reason)
    except tuple(_ANSWERS) as error:
        kind = next(kind for kind in _ANSWERS if isinstance(error, kind))
        status, text = _ANSWERS[kind]
        return _answer_error(status, text.format(error=error))


def _answer_error(status: int, message: str) -> web.Response:
    return answer({"error": {"message": message}}, status)
