"""What `send` tells of a request that it is done with: to whoever POSTed it, and to the log."""

import json
from typing import Any

from starlette.responses import Response

from rbm_ledger.domain.attempts import http_status_of
from rbm_ledger.domain.ledger import State
from rbm_ledger.domain.timeline import describe_record
from rbm_ledger.logs import redact_phone_number
from rbm_ledger.usecases.asking import Answered
from rbm_ledger.usecases.rehearsing import Rehearsed
from rbm_ledger.usecases.send import Sent
from rbm_ledger.usecases.splitting import Split
from rbm_ledger.usecases.taking import Taken

_OK, _SPLIT = 200, 202


def answer_post(taken: Taken) -> Response:
    match taken:
        case Sent():
            status = taken.answer.http_status if taken.answer else http_status_of(taken.record)
            is_taken = taken.state is State.ACCEPTED  # also by the 409 of an id that was used before
            return _answer(describe_record(taken.record), _OK if is_taken else status)
        case Answered():
            return _answer(taken.fields, taken.http_status)
        case Split():
            return _answer(taken.describe(), _OK if taken.request.is_validated_only else _SPLIT)
        case Rehearsed():
            return _answer(taken.fields, _OK)


def describe_taken(taken: Taken) -> tuple[str, dict[str, Any]]:
    """The event for the log, and its fields."""
    match taken:
        case Split():
            fields = {"agent_id": taken.request.agent_id, "recipients": len(taken.request.requests)}
            return ("send_request_split", fields)
        case Rehearsed():
            return ("send_request_validated", {"would_be": taken.fields["wouldBe"], **_identify(taken)})
        case Answered():
            return ("send_request_done", {"http_status": taken.http_status, **_identify(taken)})
        case Sent():
            state = taken.state.label if taken.state else None
            status = taken.answer.http_status if taken.answer else None
            return ("send_request_done", {"state": state, "http_status": status, **_identify(taken)})


def _identify(taken: Sent | Answered | Rehearsed) -> dict[str, Any]:
    request = taken.request
    return {
        "kind": request.kind,
        "agent_id": request.agent_id,
        "message_id": request.message_id,
        "phone_number": redact_phone_number(request.phone_number),
    }


def _answer(fields: Any, status: int) -> Response:
    return Response(json.dumps(fields), status, media_type="application/json")
