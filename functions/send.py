"""Function `send`: other services publish or POST a request; the platform is called, the answer recorded.

`/sweep`, which Cloud Scheduler calls, looks after what no event tells of: deadlines, orphans, messages that
never resolve.
"""

import json
import os
import uuid
from functools import cache

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from rbm_ledger import entry
from rbm_ledger.adapters.channels import prepare_channels
from rbm_ledger.adapters.push import MAX_PUSH_BYTES, Push, is_push, unwrap_push
from rbm_ledger.answers import answer_post, describe_taken
from rbm_ledger.config import read_send_settings
from rbm_ledger.domain.errors import InputTooLarge, LedgerError, MalformedInput
from rbm_ledger.domain.fallback import first_decision
from rbm_ledger.domain.identifiers import shorten_agent_id
from rbm_ledger.domain.json_bytes import decode_object
from rbm_ledger.domain.outcomes import Reply, read_reply
from rbm_ledger.domain.requests import AgentNotServed, InvalidRequest, Origin
from rbm_ledger.logs import Severity, log
from rbm_ledger.send_wiring import SendUseCases, make_use_cases
from rbm_ledger.start import finish_start
from rbm_ledger.usecases.asking import Answered
from rbm_ledger.usecases.pacing import RateReached
from rbm_ledger.usecases.send import CallAgain, ConflictingRequest, Sent, Throttled
from rbm_ledger.usecases.sweep_report import FindingKind
from rbm_ledger.usecases.taking import Taken

SETTINGS = entry.load_settings(read_send_settings, os.environ)
prepare_channels(SETTINGS.ledger.cloud.firestore_emulator_host)
finish_start("send_started")

# For a push, whatever is not 2xx means: again, and dead-lettered in the end.
_STATUSES: entry.Statuses = {
    MalformedInput: 400,
    AgentNotServed: 403,
    ConflictingRequest: 409,
    InputTooLarge: 413,
    Throttled: 429,
    RateReached: 429,
    LedgerError: 503,
}


_NO_TO_OUR_CREDENTIALS = (Reply.UNAUTHENTICATED, Reply.NO_CREDENTIALS)

# What a sweep finds, in the log.
_FINDINGS = {
    FindingKind.ORPHAN: ("sweep_orphan_found", Severity.WARNING),
    FindingKind.UNRESOLVED: ("sweep_message_unresolved", Severity.INFO),
    FindingKind.FALLBACK: ("send_fallback_requested", Severity.INFO),
}


@functions_framework.aio.http
async def send(request: Request) -> Response:
    if request.scope["path"].strip("/") == "sweep":
        return await entry.answer_request(request, _handle_sweep, name="sweep", statuses=_STATUSES)
    return await entry.answer_request(request, _handle, name="send_request", statuses=_STATUSES)


async def _handle(request: Request) -> Response:
    body = await entry.read_body(request, MAX_PUSH_BYTES)
    fields = decode_object(body)
    try:
        return await (_handle_push(unwrap_push(fields)) if is_push(fields) else _handle_post(body))
    except CallAgain as error:
        if read_reply(error.answer) in _NO_TO_OUR_CREDENTIALS:  # no request gets through until somebody acts
            log("send_credentials_refused", Severity.ERROR, status=error.answer.status)
        raise


async def _handle_post(body: bytes) -> Response:
    taken = await _use_cases().take_request(body, Origin(str(uuid.uuid4()), entry.utc_now()))
    _log_taken(taken)
    return answer_post(taken)


async def _handle_push(push: Push) -> Response:
    """Acknowledged when it is done with, for good or ill; what may still succeed raises."""
    origin = _read_origin(push)
    try:
        taken = await _use_cases().take_request(push.data, origin)
    except InvalidRequest as refusal:
        await _use_cases().take_request.record_refusal(refusal, push.data, origin)
        log("send_request_refused", Severity.WARNING, reason=refusal.reason[: entry.MAX_REASON_CHARACTERS])
    except ConflictingRequest as conflict:
        log("send_request_refused", Severity.WARNING, reason=str(conflict))
    except LedgerError as error:
        if origin.is_last:
            log(
                "send_request_gave_up",
                Severity.WARNING,
                agent_id=shorten_agent_id(str(decode_object(push.data).get("agentId", ""))),
                error=type(error).__name__,
                reason=str(error),
            )
        raise
    else:
        if isinstance(taken, Answered):
            await _use_cases().take_request.record_refused_question(taken, push.data, origin)
        _log_taken(taken, delivery_attempt=push.delivery_attempt)
    return Response(status_code=204)


async def _handle_sweep(request: Request) -> Response:
    await entry.read_body(request, MAX_PUSH_BYTES)
    started_at = entry.utc_now()
    report = await _use_cases().sweep()
    for finding in report.findings:
        log(
            *_FINDINGS[finding.kind],
            agent_id=finding.agent_id,
            message_id=finding.message_id,
            reason=finding.reason,
            certainty=finding.certainty,
        )
    log(
        "sweep_done",
        due=report.due,
        orphans=report.orphans,
        unresolved=report.unresolved,
        fallbacks=report.fallbacks,
        revoked=report.revoked,
        failed=report.failed,
        is_complete=report.is_complete,
        seconds=entry.seconds_between(started_at, entry.utc_now()),
    )
    return Response(json.dumps(report.describe()), media_type="application/json")


def _log_taken(taken: Taken, *, delivery_attempt: int = 0) -> None:
    event, fields = describe_taken(taken)
    log(event, **fields, delivery_attempt=delivery_attempt or None)
    decision = first_decision(taken.record) if isinstance(taken, Sent) and taken.answer else None
    if decision is not None:
        log(
            "send_fallback_requested",
            agent_id=fields["agent_id"],
            message_id=fields["message_id"],
            reason=decision.reason,
            certainty=decision.certainty,
        )


def _read_origin(push: Push) -> Origin:
    now = entry.utc_now()
    return Origin(
        push.message_id,
        min(push.publish_time or now, now),  # what is said to come from the future would count for ever
        is_first=push.delivery_attempt <= 1,
        is_last=push.delivery_attempt >= SETTINGS.max_delivery_attempts,
    )


@cache
def _use_cases() -> SendUseCases:
    return make_use_cases(SETTINGS)
