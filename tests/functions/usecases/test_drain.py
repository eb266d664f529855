"""What the drain publishes, marks and leaves, whatever fails meanwhile."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.functions.fakes import InMemoryLedger, RecordingPublisher
from tests.functions.usecases.stepping import Killed, SteppedLedger, SteppedPublisher, Steps

from rbm_ledger.domain.errors import NotConfirmed, Refused
from rbm_ledger.domain.spilling import DRAINED_KEPT, merge_spilled, spill_path
from rbm_ledger.domain.times import format_rfc3339
from rbm_ledger.usecases.drain import Drain, DrainReport

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AWAY = NotConfirmed("Pub/Sub is down")


@dataclass
class Draining:
    """Spilled events, the topic they go to, and seconds that pass with each look at the clock."""

    ledger: InMemoryLedger = field(default_factory=InMemoryLedger)
    events: RecordingPublisher = field(default_factory=RecordingPublisher)
    looks: int = 0

    async def spill(self, *payloads: bytes, at: datetime = NOW) -> None:
        for payload in payloads:
            await self.ledger.merge(merge_spilled(payload, {"receivedTime": format_rfc3339(at)}))

    async def drain(self, **options: Any) -> DrainReport:
        return await self.make_drain(**options)()

    def make_drain(self, **options: Any) -> Drain:
        settings = {
            "ledger": self.ledger,
            "events": self.events,
            "clock": lambda: NOW,
            "monotonic": self.monotonic,
            "budget_seconds": 1000,
        }
        return Drain(**{**settings, **options})

    def monotonic(self) -> float:
        self.looks += 1
        return self.looks

    @property
    def published(self) -> list[bytes]:
        return [message.data for message in self.events.messages]

    def read(self, payload: bytes, at: datetime = NOW) -> dict[str, Any]:
        return self.ledger.documents[spill_path(payload, {"receivedTime": format_rfc3339(at)})]

    @property
    def waiting(self) -> int:
        return sum(record.get("drained") == 0 for record in self.ledger.documents.values())


def numbered(count: int) -> list[bytes]:
    return [f"event {number}".encode() for number in range(count)]


async def test_nothing_spilled_is_nothing_to_do() -> None:
    draining = Draining()
    assert await draining.drain() == DrainReport()
    assert draining.published == []


@pytest.mark.parametrize("count", [1, 4, 5, 6, 13])
async def test_all_that_waits_is_published_once_page_by_page(count: int) -> None:
    draining = Draining()
    await draining.spill(*numbered(count))
    report = await draining.drain(page_size=5)
    assert report == DrainReport(published=count)
    assert sorted(draining.published) == sorted(numbered(count))
    assert (draining.waiting, await draining.drain()) == (0, DrainReport())


async def test_event_is_published_with_the_attributes_of_its_delivery_and_soon_purged() -> None:
    draining = Draining()
    attributes = {"family": "UserEvent", "eventKey": "k", "receivedTime": format_rfc3339(NOW)}
    await draining.ledger.merge(merge_spilled(b"event", attributes))
    await draining.drain()
    assert draining.events.messages[0].attributes == attributes
    record = draining.read(b"event")
    assert (record["drainedTime"], record["purgeTime"]) == (NOW, NOW + DRAINED_KEPT)


async def test_write_that_is_repeated_after_the_drain_publishes_nothing_again() -> None:
    draining = Draining()
    await draining.spill(b"event")
    await draining.drain()
    await draining.spill(b"event")
    assert await draining.drain() == DrainReport()
    assert draining.published == [b"event"]


async def test_same_bytes_that_are_delivered_again_are_published_again_and_marked_by_themselves() -> None:
    draining = Draining()
    times = [NOW + timedelta(seconds=seconds) for seconds in (0, 10)]
    for at in times:
        await draining.spill(b"event", at=at)
        assert await draining.drain() == DrainReport(published=1)
    told = [message.attributes["receivedTime"] for message in draining.events.messages]
    assert told == [format_rfc3339(at) for at in times]
    assert [draining.read(b"event", at)["drained"] for at in times] == [1, 1]


async def test_empty_payload_is_published_too() -> None:
    draining = Draining()
    await draining.spill(b"")
    assert await draining.drain() == DrainReport(published=1)
    assert draining.published == [b""]


async def test_topic_that_is_away_ends_the_drain_and_nothing_is_marked() -> None:
    draining = Draining()
    await draining.spill(*numbered(7), at=NOW - timedelta(minutes=5))
    draining.events.failures = [AWAY] * 100
    report = await draining.drain(page_size=3)
    assert (report.published, report.failed, report.is_complete) == (0, 3, False)
    assert (report.oldest_received_at, report.reason) == (NOW - timedelta(minutes=5), AWAY.reason)
    assert draining.waiting == 7
    draining.events.failures = []
    assert (await draining.drain()).published == 7


async def test_event_that_the_topic_refuses_stops_no_other() -> None:
    draining = Draining()
    await draining.spill(*numbered(9))
    draining.events.failures = [Refused("INVALID_ARGUMENT: a message")] * 2
    report = await draining.drain(page_size=2)
    assert (report.published, report.failed, report.is_complete) == (7, 2, False)
    assert draining.waiting == 2


@pytest.mark.parametrize("record", [{"drained": 0}, {"drained": 0, "raw": "text", "attributes": {}}])
async def test_document_that_nobody_can_read_stops_no_event(record: dict[str, Any]) -> None:
    draining = Draining()
    await draining.spill(*numbered(5))
    for name in ("000", "888", "fff"):
        draining.ledger.documents["spill", name] = dict(record)
    report = await draining.drain(page_size=2)
    assert (report.published, report.unreadable, report.is_complete) == (5, 3, False)


async def test_event_that_could_not_be_marked_is_published_again_and_then_marked() -> None:
    draining = Draining()
    await draining.spill(b"event")
    draining.ledger.failures = [NotConfirmed("Firestore is down")]
    assert (await draining.drain()).failed == 1
    assert (await draining.drain()).published == 1
    assert draining.published == [b"event", b"event"]


async def test_documents_that_can_not_be_found_are_an_error() -> None:
    class Unfindable(InMemoryLedger):
        async def find(self, query: Any) -> Any:
            raise NotConfirmed("Firestore is down")

    with pytest.raises(NotConfirmed):
        await Draining(Unfindable()).drain()


@pytest.mark.parametrize("options", [{"budget_seconds": 2}, {"max_pages": 2}], ids=str)
async def test_drain_ends_in_time_and_the_next_one_goes_on(options: dict[str, Any]) -> None:
    draining = Draining()
    await draining.spill(*numbered(9))
    report = await draining.drain(page_size=3, **options)
    assert (report.published, report.failed, report.is_complete) == (6, 0, False)
    assert await draining.drain(page_size=3) == DrainReport(published=3)


@dataclass
class SteppedDraining(Draining):
    """Stops, or dies, at its steps."""

    steps: Steps = field(default_factory=Steps)

    def make_drain(self, **options: Any) -> Drain:
        ledger = SteppedLedger(self.ledger, self.steps)
        return super().make_drain(ledger=ledger, events=SteppedPublisher(self.events, self.steps), **options)


@pytest.mark.parametrize("kill_at", range(1, 15))
async def test_drain_that_dies_at_any_step_loses_nothing_and_the_next_one_ends_it(kill_at: int) -> None:
    draining = SteppedDraining(steps=Steps(kill_at))
    await draining.spill(*numbered(3))
    with pytest.raises(Killed):
        await draining.drain()
    marked = [payload for payload in numbered(3) if draining.read(payload)["drained"]]
    assert set(marked) <= set(draining.published)
    assert (await draining.drain()).is_complete
    assert set(draining.published) == set(numbered(3))
    assert draining.waiting == 0


async def test_two_drains_at_once_publish_at_least_once_and_leave_nothing() -> None:
    draining = SteppedDraining()
    await draining.spill(*numbered(20))
    reports = await asyncio.gather(draining.drain(page_size=3), draining.drain(page_size=3))
    assert set(draining.published) == set(numbered(20))
    assert draining.waiting == 0
    assert sum(report.published for report in reports) == len(draining.published) >= 20
