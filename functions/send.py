"""Function `send`: other services publish or POST a request; the platform is called, the answer recorded."""

import json
import os
import uuid
from functools import cache

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from rbm_ledger import entry
from rbm_ledger.adapters.push import MAX_PUSH_BYTES, Push, is_push, unwrap_push
from rbm_ledger.adapters.rbm_api import BearerTokens, GoogleTokens, HttpRbmApi, LoopbackTokens, make_pool
from rbm_ledger.config import read_send_settings
from rbm_ledger.domain.errors import InputTooLarge, LedgerError, MalformedInput
from rbm_ledger.domain.json_bytes import decode_object
from rbm_ledger.domain.requests import AgentNotServed, InvalidRequest, Origin
from rbm_ledger.domain.timeline import describe_record
from rbm_ledger.logs import Severity, log, redact_phone_number
from rbm_ledger.usecases.send import SendMessage, Sent, Throttled
from rbm_ledger.wiring import make_ledger, make_updates

SETTINGS = entry.load_settings(read_send_settings, os.environ)

# For a push, whatever is not 2xx means: again, and dead-lettered in the end.
_STATUSES: entry.Statuses = {
    MalformedInput: 400,
    AgentNotServed: 403,
    InputTooLarge: 413,
    Throttled: 429,
    LedgerError: 503,
}
_NOT_SENT = 422
# The platform's status is the caller's, but for a re-used id (it was taken) and for our own credentials.
_POST_STATUSES = {409: 200, 401: 502}


@functions_framework.aio.http
async def send(request: Request) -> Response:
    return await entry.answer_request(request, _handle, name="send_request", statuses=_STATUSES)


async def _handle(request: Request) -> Response:
    body = await entry.read_body(request, MAX_PUSH_BYTES)
    fields = decode_object(body)
    if is_push(fields):
        return await _handle_push(unwrap_push(fields))
    sent = await _send_message()(body, Origin(str(uuid.uuid4()), entry.utc_now()))
    _log_sent(sent, delivery_attempt=None)
    return _answer_post(sent)


async def _handle_push(push: Push) -> Response:
    """Acknowledged when it is done with, for good or ill; what may still succeed raises."""
    origin = Origin(push.message_id, push.publish_time or entry.utc_now())
    try:
        sent = await _send_message()(push.data, origin)
    except InvalidRequest as refusal:
        await _send_message().record_refusal(refusal, push.data, origin)
        log("send_request_refused", Severity.WARNING, reason=str(refusal)[:1000])
    else:
        _log_sent(sent, delivery_attempt=push.delivery_attempt)
    return Response(status_code=204)


def _answer_post(sent: Sent) -> Response:
    status = sent.answer.http_status if sent.answer else _NOT_SENT
    return Response(
        json.dumps(describe_record(sent.record)),
        _POST_STATUSES.get(status, status),
        media_type="application/json",
    )


def _log_sent(sent: Sent, *, delivery_attempt: int | None) -> None:
    log(
        "send_request_done",
        state=sent.state.label if sent.state else None,
        http_status=sent.answer.http_status if sent.answer else None,
        agent_id=sent.request.agent_id,
        message_id=sent.request.message_id,
        phone_number=redact_phone_number(sent.request.phone_number),
        delivery_attempt=delivery_attempt or None,
    )


@cache
def _send_message() -> SendMessage:
    ledger = SETTINGS.ledger
    pool = make_pool(SETTINGS.rbm_timeout_seconds)
    return SendMessage(
        api=HttpRbmApi(SETTINGS.rbm_api_endpoint, tokens=_make_bearer_tokens(), pool=pool),
        ledger=make_ledger(ledger),
        updates=make_updates(ledger),
        clock=entry.utc_now,
        retention=ledger.retention,
        store_content=ledger.store_content,
        agents=SETTINGS.agents,
    )


def _make_bearer_tokens() -> BearerTokens:
    if SETTINGS.is_loopback and SETTINGS.rbm_credentials_file is None:
        return LoopbackTokens()
    return GoogleTokens(SETTINGS.rbm_credentials_file, make_pool(SETTINGS.rbm_timeout_seconds))
