"""Spill and drain on real documents, and a topic of each kind: the largest event, repeats, many at once."""

import asyncio
import base64
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.functions.adapters.conftest import Topic
from tests.functions.fakes import Published, RecordingPublisher
from tests.functions.sound_settings import WEBHOOK
from tests.functions.usecases.receiving import TOKENS, make_call
from tests.support.payloads import event_bytes

from rbm_ledger.config import read_webhook_settings
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.ledger import Merge
from rbm_ledger.domain.times import format_rfc3339
from rbm_ledger.usecases.drain import Drain
from rbm_ledger.usecases.ports import Ledger, Publisher
from rbm_ledger.usecases.receive import receive_call
from rbm_ledger.usecases.spill import Spill

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class AwayPublisher:
    async def publish(self, _data: bytes, _attributes: Any) -> str:
        raise NotConfirmed("Pub/Sub is down")


def make_event(number: int) -> bytes:
    return event_bytes("user-event-delivered", messageId=f"message-{number}")


def make_largest_event() -> bytes:
    """As large as a body that webhook may be set to take, with attributes to match."""
    limit_bytes = read_webhook_settings({**WEBHOOK, "MAX_BODY_BYTES": "1300000"}).max_body_bytes
    names = {"agentId": "a" * 1000, "messageId": "m" * 1000}
    room_bytes = limit_bytes // 4 * 3 - 2300
    return json.dumps({**names, "text": "x" * room_bytes}).encode()


def by_data(messages: Iterable[Published]) -> dict[bytes, dict[str, str]]:
    return {message.data: dict(message.attributes) for message in messages}


async def deliver(
    ledger: Ledger, payload: bytes, events: Publisher | None = None, at: datetime = NOW
) -> None:
    spill = Spill(events or AwayPublisher(), lambda: ledger, lambda: NOW)
    await receive_call(replace(make_call(payload), received_at=at), tokens=TOKENS, events=spill)


def make_drain(ledger: Ledger, events: Publisher) -> Drain:
    return Drain(ledger, events, lambda: NOW, lambda: 0, budget_seconds=1, page_size=7)


async def test_events_are_spilled_and_drained_to_the_byte(ledger: Ledger, topic: Topic) -> None:
    payloads = [*(make_event(number) for number in range(19)), b""]
    as_published = RecordingPublisher()
    for payload in payloads:
        await deliver(ledger, payload, as_published)
    await asyncio.gather(*(deliver(ledger, payload) for payload in payloads * 2))
    report = await make_drain(ledger, topic.publisher)()
    assert (report.published, report.is_complete) == (20, True)
    arrived = await topic.read(20)
    assert by_data(arrived.values()) == by_data(as_published.messages)
    assert (await make_drain(ledger, topic.publisher)()).published == 0


async def test_largest_event_fits_into_its_document(ledger: Ledger) -> None:
    payload = make_largest_event()
    assert len(base64.b64encode(payload)) > 1_299_000
    await deliver(ledger, payload)
    events = RecordingPublisher()
    assert (await make_drain(ledger, events)()).published == 1
    assert [message.data for message in events.messages] == [payload]


async def test_same_bytes_that_are_delivered_again_while_they_are_drained_are_published_each_time(
    ledger: Ledger,
) -> None:
    payload, events = make_event(1), RecordingPublisher()
    times = [NOW + timedelta(seconds=seconds) for seconds in range(6)]
    await deliver(ledger, payload, at=times[0])
    await asyncio.gather(make_drain(ledger, events)(), *(deliver(ledger, payload, at=at) for at in times[1:]))
    assert (await make_drain(ledger, events)()).is_complete
    told = sorted(message.attributes["receivedTime"] for message in events.messages)
    assert told == [format_rfc3339(at) for at in times]
    assert {message.data for message in events.messages} == {payload}


async def test_two_drains_at_once_publish_everything_and_leave_nothing(ledger: Ledger) -> None:
    payloads, events = [make_event(number) for number in range(25)], RecordingPublisher()
    await asyncio.gather(*(deliver(ledger, payload) for payload in payloads))
    await asyncio.gather(*(make_drain(ledger, events)() for _ in range(2)))
    assert {message.data for message in events.messages} == set(payloads)
    assert (await make_drain(ledger, RecordingPublisher())()).published == 0


@pytest.mark.parametrize("field", ["raw", "attributes"])
async def test_document_of_somebody_else_stops_no_event(ledger: Ledger, field: str) -> None:
    await ledger.merge(Merge(("spill", "0"), {(field,): 7}, {("drained",): 0}))
    await deliver(ledger, make_event(1))
    report = await make_drain(ledger, RecordingPublisher())()
    assert (report.published, report.unreadable, report.is_complete) == (1, 1, False)
