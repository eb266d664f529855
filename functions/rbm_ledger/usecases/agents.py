"""What `send` asks of an agent's document before it calls: read seldom, shared by all who ask."""

import asyncio
from collections import OrderedDict

from rbm_ledger.domain.agents import is_paused
from rbm_ledger.domain.errors import NotConfirmed, OutcomeUnknown
from rbm_ledger.domain.ledger import Record, agent_path
from rbm_ledger.usecases.ports import Ledger, Monotonic

_MAX_AGE_SECONDS = 10.0
_MAX_AGENTS = 1000


class Paused(OutcomeUnknown):
    """Nothing is sent as this agent for now: `rbm pause`."""

    def __init__(self, agent_id: str) -> None:
        super().__init__(f"Sending as {agent_id} is paused.")


class AgentRecords:
    """The documents of agents, at most 10 s old. Lives in the event loop of its first read."""

    def __init__(self, ledger: Ledger, *, monotonic: Monotonic) -> None:
        self._ledger = ledger
        self._monotonic = monotonic
        # In the order in which they were started.
        self._reads: OrderedDict[str, tuple[float, asyncio.Task[Record]]] = OrderedDict()

    async def check_not_paused(self, agent_id: str) -> None:
        """Raises Paused, and NotConfirmed where that can't be known."""
        if is_paused(await self.read(agent_id)):
            raise Paused(agent_id)

    async def read(self, agent_id: str) -> Record:
        """What the document says; empty where there is none; raises NotConfirmed."""
        started_at, read = self._reads.get(agent_id, (0.0, None))
        if read is None or self._monotonic() - started_at >= _MAX_AGE_SECONDS:
            read = self._start(agent_id)
        return await asyncio.shield(read)  # who leaves takes nobody else's answer along

    def _start(self, agent_id: str) -> asyncio.Task[Record]:
        read = asyncio.create_task(self._read(agent_id))
        self._reads[agent_id] = (self._monotonic(), read)
        self._reads.move_to_end(agent_id)
        if len(self._reads) > _MAX_AGENTS:
            self._reads.popitem(last=False)
        return read

    async def _read(self, agent_id: str) -> Record:
        try:
            return await self._ledger.read(agent_path(agent_id)) or {}
        except NotConfirmed:
            self._reads.pop(agent_id, None)  # whoever asks next asks anew
            raise
