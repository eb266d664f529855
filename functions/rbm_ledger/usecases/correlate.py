"""What `correlate` does: write an event into its documents, then tell who subscribed."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from rbm_ledger.domain.correlation import CONSENT_FIELDS_BY_EVENT_TYPE, Arrival, merges_for
from rbm_ledger.domain.events import AgentLaunchEvent, Event, ServerEvent, UserEvent, UserMessage, parse_event
from rbm_ledger.domain.ledger import DocumentPath, stamp
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
class CorrelateEvent:
    """Repeatable at every point: a crash between write and update writes the same again."""

    ledger: Ledger
    updates: Publisher | None
    clock: Clock
    retention: timedelta
    store_content: bool

    async def __call__(self, arrival: Arrival) -> Event:
        """The event, once all it changes is durable; raises NotConfirmed."""
        event = parse_event(arrival.payload)
        merges = [
            stamp(merge, now=self.clock(), retention=self.retention)
            for merge in merges_for(event, arrival, store_content=self.store_content)
        ]
        await asyncio.gather(*(self.ledger.merge(merge) for merge in merges))
        if self.updates is not None:
            await self._publish_update(event, merges[0].document, self.updates)
        return event

    async def _publish_update(self, event: Event, document: DocumentPath, updates: Publisher) -> None:
        update = await self._describe_change(event, document)
        if update is not None:
            await updates.publish(update.data, update.attributes)

    async def _describe_change(self, event: Event, document: DocumentPath) -> Update | None:
        """What to say of the change; None for what changes nothing that others act on."""
        now = self.clock()
        match event:
            case UserMessage():
                return user_message_update(event, now)
            case AgentLaunchEvent():
                return launch_update(event, now)
            case UserEvent() | ServerEvent() if event.event_type in CONSENT_FIELDS_BY_EVENT_TYPE:
                return consent_update(event, await self.ledger.read(document) or {}, now)
            case UserEvent() | ServerEvent() if event.message_id is not None:
                record = await self.ledger.read(document) or {}
                return message_update(record, event=describe_event(event), recorded_at=now)
        return None
