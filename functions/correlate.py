"""Function `correlate`: Pub/Sub pushes each event; its documents are written before it is acknowledged.

`/drain`, which Cloud Scheduler calls, publishes the events that `webhook` has spilled.
"""

import json
import os
import time
from functools import cache, partial

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
from rbm_ledger.usecases.drain import Drain
from rbm_ledger.wiring import make_ledger, make_publisher, make_recorder

SETTINGS = entry.load_settings(read_correlate_settings, os.environ)
prepare_channels(SETTINGS.ledger.cloud.firestore_emulator_host)
finish_start("correlate_started")

# Whatever is not 2xx is pushed again, and dead-lettered in the end.
_STATUSES: entry.Statuses = {MalformedInput: 400, InputTooLarge: 413, LedgerError: 503}

# A drain is called each minute, and the function's own time limit is 55 s; its last page takes some time.
_DRAIN_SECONDS = 20.0


@functions_framework.aio.http
async def correlate(request: Request) -> Response:
    drain = _drain() if request.scope["path"].strip("/") == "drain" else None
    if drain is not None:
        handle = partial(_handle_drain, drain)
        return await entry.answer_request(request, handle, name="drain", statuses=_STATUSES)
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
    if correlated.is_conflicting:
        log(
            "correlate_event_conflicts",
            Severity.WARNING,
            family=event.family,
            type=event.event_type,
            agent_id=event.agent_id,
            message_id=push.attributes.get("messageId"),
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


async def _handle_drain(drain: Drain, request: Request) -> Response:
    await entry.read_body(request, MAX_PUSH_BYTES)
    started_at = entry.utc_now()
    report = await drain()
    ended_at = entry.utc_now()
    log(
        "drain_done",
        Severity.INFO if report.is_complete else Severity.WARNING,
        published=report.published,
        failed=report.failed,
        unreadable=report.unreadable,
        is_complete=report.is_complete,
        oldest_age_seconds=entry.seconds_between(report.oldest_received_at, ended_at),
        reason=report.reason[: entry.MAX_REASON_CHARACTERS],
        seconds=entry.seconds_between(started_at, ended_at),
    )
    return Response(json.dumps(report.describe()), media_type="application/json")


def _read_arrival(push: Push) -> Arrival:
    """When the webhook took it, by its own stamp; the publish time comes next."""
    received_at = parse_rfc3339(push.attributes.get("receivedTime")) or push.publish_time
    return Arrival(push.data, received_at or entry.utc_now())


@cache
def _correlate_event() -> CorrelateEvent:
    return CorrelateEvent(
        recorder=make_recorder(SETTINGS.ledger), policies=SETTINGS.agents, keywords=SETTINGS.keywords
    )


@cache
def _drain() -> Drain | None:
    """None where the setting names no topic."""
    events = make_publisher(SETTINGS.ledger, SETTINGS.events_topic)
    if events is None:
        return None
    return Drain(make_ledger(SETTINGS.ledger), events, entry.utc_now, time.monotonic, _DRAIN_SECONDS)
