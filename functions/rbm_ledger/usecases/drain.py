"""Publishes what the webhook spilled, page by page: each event is marked only once its publish is confirmed.

A crash in between, or two drains at once, publish an event again; that changes nothing. What can't be
published stays, and stops no other.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rbm_ledger.domain.errors import NotConfirmed, Refused
from rbm_ledger.domain.ledger import Record, stamp
from rbm_ledger.domain.spilling import (
    DRAINED_KEPT,
    SpilledEvent,
    merge_drained,
    read_spilled,
    waiting_events,
)
from rbm_ledger.usecases.ports import Clock, Ledger, Monotonic, Publisher


@dataclass(slots=True)
class DrainReport:
    """`published`: drained for good; `failed` and `unreadable`: those met that stay.

    `is_complete`: nothing waits any more. `oldest_received_at`: of those that were met and stay;
    `reason`: why one of them failed, for the log.
    """

    published: int = 0
    failed: int = 0
    unreadable: int = 0
    is_complete: bool = True
    oldest_received_at: datetime | None = None
    reason: str = ""

    def note_failure(self, event: SpilledEvent, error: NotConfirmed) -> None:
        self.failed += 1
        self.reason = self.reason or error.reason
        at = event.received_at
        if at is not None and (self.oldest_received_at is None or at < self.oldest_received_at):
            self.oldest_received_at = at

    @property
    def stays(self) -> int:
        return self.failed + self.unreadable

    def describe(self) -> dict[str, int | bool]:
        """The numbers, as JSON."""
        return {
            "published": self.published,
            "failed": self.failed,
            "unreadable": self.unreadable,
            "isComplete": self.is_complete,
        }


@dataclass(frozen=True, slots=True)
class Drain:
    """`monotonic` in seconds; once `budget_seconds` are over, or `max_pages` done, no page is begun.

    In memory is one page, at most 1 MiB for each of its events.
    """

    ledger: Ledger
    events: Publisher
    clock: Clock
    monotonic: Monotonic
    budget_seconds: float
    page_size: int = 50
    max_pages: int = 1000

    async def __call__(self) -> DrainReport:
        """Raises NotConfirmed where what waits can't be found."""
        report = DrainReport()
        ends_at = self.monotonic() + self.budget_seconds
        for _ in range(self.max_pages):
            page = await self.ledger.find(waiting_events(limit=self.page_size, offset=report.stays))
            is_away = await self._drain_page(page, report)
            if len(page) < self.page_size:
                report.is_complete = not report.stays
                return report
            if is_away or self.monotonic() >= ends_at:
                break
        report.is_complete = False
        return report

    async def _drain_page(self, page: Sequence[Record], report: DrainReport) -> bool:
        """True where the topic or the documents took nothing: what comes next would only wait for as long."""
        readable = [event for event in map(read_spilled, page) if event is not None]
        report.unreadable += len(page) - len(readable)
        outcomes = await asyncio.gather(*map(self._drain_event, readable))
        for event, outcome in zip(readable, outcomes, strict=True):
            if outcome is None:
                report.published += 1
            else:
                report.note_failure(event, outcome)
        return bool(outcomes) and all(
            outcome is not None and not isinstance(outcome, Refused) for outcome in outcomes
        )

    async def _drain_event(self, event: SpilledEvent) -> NotConfirmed | None:
        try:
            await self.events.publish(event.payload, event.attributes)
            now = self.clock()
            marked = stamp(merge_drained(event, now), now=now, retention=DRAINED_KEPT)
            await self.ledger.merge(marked)
        except NotConfirmed as error:
            return error
        return None
