"""Function `correlate`: Pub/Sub pushes each event; its documents are written before it is acknowledged."""

import os
from functools import cache

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from rbm_ledger import entry
from rbm_ledger.adapters.channels import prepare_channels
from rbm_ledger.adapters.push import MAX_PUSH_BYTES, Push, parse_push
from rbm_ledger.config import read_correlate_settings
from rbm_ledger.domain.correlation import Arrival
from rbm_ledger.domain.errors import InputTooLarge, LedgerError, MalformedInput
from rbm_ledger.domain.times import parse_rfc3339
from rbm_ledger.logs import Severity, log
from rbm_ledger.start import finish_start
from rbm_ledger.usecases.correlate import CorrelateEvent
from rbm_ledger.wiring import make_recorder

SETTINGS = entry.load_settings(read_correlate_settings, os.environ)
prepare_channels(SETTINGS.ledger.cloud.firestore_emulator_host)
finish_start("correlate_started")

# Whatever is not 2xx is pushed again, and dead-lettered in the end.
_STATUSES: entry.Statuses = {MalformedInput: 400, InputTooLarge: 413, LedgerError: 503}


@functions_framework.aio.http
async def correlate(request: Request) -> Response:
    return await entry.answer_request(request, _handle, name="correlate_event", statuses=_STATUSES)


async def _handle(request: Request) -> Response:
    push = parse_push(await entry.read_body(request, MAX_PUSH_BYTES))
    arrival = _read_arrival(push)
    correlated = await _correlate_event()(arrival)
    event = correlated.event
    log(
        "correlate_event_recorded",
        Severity.WARNING if event.family == "Unknown" else Severity.INFO,
        family=event.family,
        type=event.event_type,
        agent_id=event.agent_id,
        message_id=push.attributes.get("messageId"),
        orphan=correlated.is_orphan,
        lag_seconds=entry.seconds_between(arrival.received_at, entry.utc_now()),
        delivery_attempt=push.delivery_attempt or None,
    )
    if correlated.fallback is not None:
        log(
            "correlate_fallback_requested",
            agent_id=event.agent_id,
            message_id=push.attributes.get("messageId"),
            reason=correlated.fallback.reason,
            certainty=correlated.fallback.certainty,
        )
    return Response(status_code=204)


def _read_arrival(push: Push) -> Arrival:
    """When the webhook took it, by its own stamp; the publish time comes next."""
    received_at = parse_rfc3339(push.attributes.get("receivedTime")) or push.publish_time
    return Arrival(push.data, received_at or entry.utc_now())


@cache
def _correlate_event() -> CorrelateEvent:
    return CorrelateEvent(
        recorder=make_recorder(SETTINGS.ledger), policies=SETTINGS.agents, keywords=SETTINGS.keywords
    )
