"""What `correlate` does: write an event into its documents, then tell who subscribed."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from rbm_ledger.domain.correlation import CONSENT_FIELDS_BY_EVENT_TYPE, Arrival, merges_for
from rbm_ledger.domain.events import AgentLaunchEvent, Event, ServerEvent, UserEvent, UserMessage, parse_event
from rbm_ledger.domain.ledger import DocumentPath, Record, is_orphan, stamp
from rbm_ledger.domain.updates import (
    Update,
    consent_update,
    describe_event,
    launch_update,
    message_update,
    user_message_update,
)
from rbm_ledger.usecases.ports import Clock, Ledger, Publisher


@dataclass(frozen=True, slots=True)
class Correlated:
    """`is_orphan`: `send` has not recorded the event's message (yet); None where nothing was read back."""

    event: Event
    is_orphan: bool | None = None


@dataclass(frozen=True, slots=True)
class CorrelateEvent:
    """Repeatable at every point: a crash between write and update writes the same again."""

    ledger: Ledger
    updates: Publisher | None
    clock: Clock
    retention: timedelta
    store_content: bool

    async def __call__(self, arrival: Arrival) -> Correlated:
        """Returns once all that the event changes is durable; raises NotConfirmed."""
        event = parse_event(arrival.payload)
        merges = [
            stamp(merge, now=self.clock(), retention=self.retention)
            for merge in merges_for(event, arrival, store_content=self.store_content)
        ]
        await asyncio.gather(*(self.ledger.merge(merge) for merge in merges))
        if self.updates is None:
            return Correlated(event)
        record = await self._read_back(event, merges[0].document)
        update = _describe_change(event, record, self.clock())
        if update is not None:
            await self.updates.publish(update.data, update.attributes)
        return Correlated(event, is_orphan(record) if _is_about_message(event) else None)

    async def _read_back(self, event: Event, document: DocumentPath) -> Record:
        """What the document says now, where an update tells it."""
        if _is_about_message(event) or event.event_type in CONSENT_FIELDS_BY_EVENT_TYPE:
            return await self.ledger.read(document) or {}
        return {}


def _is_about_message(event: Event) -> bool:
    return isinstance(event, UserEvent | ServerEvent) and event.message_id is not None


def _describe_change(event: Event, record: Record, now: datetime) -> Update | None:
    """What to say of the change; None for what changes nothing that others act on."""
    match event:
        case UserMessage():
            return user_message_update(event, now)
        case AgentLaunchEvent():
            return launch_update(event, now)
        case UserEvent() | ServerEvent() if event.event_type in CONSENT_FIELDS_BY_EVENT_TYPE:
            return consent_update(event, record, now)
        case UserEvent() | ServerEvent() if event.message_id is not None:
            return message_update(record, event=describe_event(event), recorded_at=now)
    return None
