"""Function `webhook`: Google's RBM platform calls it; what is authentic is published, then acknowledged.

While Pub/Sub takes nothing it is spilled into the documents instead, where SPILL is set.
"""

import os
import time
from functools import cache

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from rbm_ledger import entry
from rbm_ledger.adapters.channels import prepare_channels
from rbm_ledger.adapters.client_tokens import FixedTokens, TokensFile
from rbm_ledger.adapters.pubsub import PubSubPublisher
from rbm_ledger.config import parse_client_tokens, read_webhook_settings
from rbm_ledger.domain.errors import InputTooLarge, LedgerError, MalformedInput, NotAuthentic, UnknownToken
from rbm_ledger.logs import Severity, log
from rbm_ledger.start import finish_start
from rbm_ledger.usecases.ports import ClientTokens, Ledger
from rbm_ledger.usecases.receive import HandshakeAnswered, WebhookCall, receive_call
from rbm_ledger.usecases.spill import Spill

SETTINGS = entry.load_settings(read_webhook_settings, os.environ)
prepare_channels(SETTINGS.cloud.pubsub_emulator_host)
finish_start("webhook_started")

# Only 200 acknowledges; whatever else is answered, Google calls again for 7 days.
_STATUSES: entry.Statuses = {
    MalformedInput: 400,
    NotAuthentic: 401,
    UnknownToken: 403,
    InputTooLarge: 413,
    LedgerError: 503,
}

_ACKNOWLEDGED = PlainTextResponse("")

# With the time that a publish may take before it, below the time that a publish alone may take.
_SPILL_SECONDS = 4.0


@functions_framework.aio.http
async def webhook(request: Request) -> Response:
    return await entry.answer_request(request, _handle, name="webhook_call", statuses=_STATUSES)


async def _handle(request: Request) -> Response:
    signature, traceparent = entry.read_headers(request, b"x-goog-signature", b"traceparent")
    call = WebhookCall(
        webhook=request.scope["path"].strip("/"),
        body=await entry.read_body(request, SETTINGS.max_body_bytes),
        signature=signature,
        traceparent=traceparent,
        received_at=entry.utc_now(),
    )
    outcome = await receive_call(call, tokens=_tokens(), events=_events())
    if isinstance(outcome, HandshakeAnswered):
        log("webhook_handshake_answered", webhook=call.webhook)
        return PlainTextResponse(outcome.secret)
    fields = {
        "webhook": call.webhook,
        "family": outcome.event.family,
        "type": outcome.event.event_type,
        "agent_id": outcome.event.agent_id,
        "token_version": outcome.token_version,
        "event_age_seconds": entry.seconds_between(outcome.event.send_time, call.received_at),
    }
    if outcome.spilled_because:
        reason = outcome.spilled_because[: entry.MAX_REASON_CHARACTERS]
        log("webhook_event_spilled", Severity.WARNING, reason=reason, **fields)
    else:
        severity = Severity.WARNING if outcome.event.family == "Unknown" else Severity.INFO
        log("webhook_event_published", severity, **fields)
    return _ACKNOWLEDGED


@cache
def _events() -> PubSubPublisher | Spill:
    topic = PubSubPublisher(
        SETTINGS.events_topic,
        emulator_host=SETTINGS.cloud.pubsub_emulator_host,
        timeout_seconds=SETTINGS.publish_limit_seconds,
    )
    return topic if SETTINGS.spill is None else Spill(topic, _ledger, entry.utc_now)


@cache
def _ledger() -> Ledger:
    """Loaded with the first event that is spilled: no start should wait for what hardly ever comes."""
    from rbm_ledger.adapters.firestore import FirestoreLedger

    return FirestoreLedger(
        project=SETTINGS.cloud.project,
        database=SETTINGS.spill.firestore_database if SETTINGS.spill else "",
        emulator_host=SETTINGS.cloud.firestore_emulator_host,
        timeout_seconds=_SPILL_SECONDS,
    )


@cache
def _tokens() -> ClientTokens:
    if SETTINGS.client_tokens_file is None:
        return FixedTokens(SETTINGS.client_tokens or {})
    return TokensFile(
        SETTINGS.client_tokens_file,
        parse_client_tokens,
        monotonic=time.monotonic,
        report=lambda error: log("webhook_tokens_unreadable", Severity.ERROR, reason=str(error)),
    )
