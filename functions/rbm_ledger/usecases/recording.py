"""How a use case writes down what it knows, and tells who subscribed."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rbm_ledger.domain.ledger import (
    DocumentPath,
    Merge,
    Reached,
    Record,
    State,
    fold,
    is_undisturbed,
    stamp,
    state_of,
)
from rbm_ledger.domain.updates import Update, message_update
from rbm_ledger.usecases.ports import Clock, Ledger, Publisher


@dataclass(frozen=True, slots=True)
class Recorder:
    """`updates` None: nobody wants updates. Every method raises NotConfirmed, and may be repeated."""

    ledger: Ledger
    updates: Publisher | None
    clock: Clock
    retention: timedelta
    store_content: bool

    def now(self) -> datetime:
        return self.clock()

    async def write(self, *merges: Merge) -> list[Reached]:
        """What their maxima and minima have come to, once all are durable."""
        if len(merges) == 1:  # most often, and a task of its own would cost as much as the write
            return [await self.ledger.merge(self._stamp(merges[0]))]
        return await asyncio.gather(*(self.ledger.merge(self._stamp(merge)) for merge in merges))

    async def read(self, document: DocumentPath) -> Record:
        """What the document says now; empty where there is none."""
        return await self.ledger.read(document) or {}

    async def publish(self, update: Update) -> None:
        if self.updates is not None:
            await self.updates.publish(update.data, update.attributes)

    async def record_message(self, merge: Merge) -> Record:
        """Writes into the document of a message, and tells what it says after that."""
        await self.write(merge)
        record = await self.read(merge.document)
        await self.tell_message(record)
        return record

    async def record_acceptance(self, known: Record, merge: Merge) -> Record:
        """The same, but not read where it is accepted and nobody has raised a maximum since `known` was.

        What raises none (a tap, a revoke that failed) is then told by the update of whoever wrote it alone.
        """
        stamped = self._stamp(merge)
        reached = await self.ledger.merge(stamped)
        record: Record = fold(known, stamped)
        if state_of(record) is not State.ACCEPTED or not is_undisturbed(record, stamped, reached):
            record = await self.read(merge.document)
        await self.tell_message(record)
        return record

    async def tell_message(self, record: Record, *, event: Mapping[str, Any] | None = None) -> None:
        await self.publish(message_update(record, event=event, recorded_at=self.now()))

    def _stamp(self, merge: Merge) -> Merge:
        return stamp(merge, now=self.clock(), retention=self.retention)
