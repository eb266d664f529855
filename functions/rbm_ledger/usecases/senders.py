"""Who sends as an agent: this instance announces itself, and counts the others (domain/rates.py)."""

import asyncio
import math
from datetime import timedelta

from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.ledger import stamp
from rbm_ledger.domain.rates import LOOK_SECONDS, merge_seen, senders_query
from rbm_ledger.usecases.ports import Clock, Ledger, Monotonic

# After so long a pause it is not known who sends by now.
_STALE_SECONDS = 2 * LOOK_SECONDS
# Nobody asks for the documents of instances that ended.
_RETENTION = timedelta(days=1)


class Senders:
    """The instances that send as one agent. `count` is what the last look found, 1 before any."""

    def __init__(
        self, agent_id: str, ledger: Ledger, *, clock: Clock, monotonic: Monotonic, instance_id: str
    ) -> None:
        self.count = 1
        self._agent_id = agent_id
        self._ledger = ledger
        self._clock = clock
        self._monotonic = monotonic
        self._instance_id = instance_id
        self._looked_at = self._answered_at = -math.inf
        self._look: asyncio.Task[None] | None = None
        self._is_awaited = False

    async def refresh(self) -> None:
        """Looks again if it is time, and waits for that only where nothing current is known."""
        self.look_if_due()
        if self._look is not None and self._is_awaited:
            await asyncio.shield(self._look)

    def look_if_due(self) -> None:
        """In the background; a look that fails is not repeated before the next is due."""
        now = self._monotonic()
        if self._look is not None or now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        self._is_awaited = now - self._answered_at >= _STALE_SECONDS
        self._look = asyncio.create_task(self._announce_and_count())

    async def _announce_and_count(self) -> None:
        """Announced first: of two that start together, at least one counts both."""
        now = self._clock()
        seen = stamp(merge_seen(self._agent_id, self._instance_id, now), now=now, retention=_RETENTION)
        try:
            await self._ledger.merge(seen)
            self.count = len(await self._ledger.find(senders_query(self._agent_id, now)))
        except NotConfirmed:
            pass  # the share stays what it was
        finally:
            self._look = None
            self._answered_at = self._monotonic()
