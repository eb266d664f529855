"""The use case `correlate` with its fakes."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.functions.domain.builders import NO_KEYWORDS
from tests.functions.fakes import InMemoryLedger, RecordingPublisher
from tests.support.payloads import event_bytes

from rbm_ledger.domain.consent import Keywords
from rbm_ledger.domain.correlation import Arrival
from rbm_ledger.domain.ledger import DocumentPath
from rbm_ledger.domain.policies import AgentPolicies
from rbm_ledger.usecases.correlate import Correlated, CorrelateEvent
from rbm_ledger.usecases.recording import Recorder

RECEIVED = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOW = RECEIVED + timedelta(seconds=2)
RETENTION = timedelta(days=90)
ANY_AGENT = AgentPolicies({})


@dataclass
class Correlation:
    """One deployment; each `take` is one delivery of an event."""

    store_content: bool = True
    has_updates: bool = True
    policies: AgentPolicies = ANY_AGENT
    keywords: Keywords = NO_KEYWORDS
    ledger: InMemoryLedger = field(default_factory=InMemoryLedger)
    updates: RecordingPublisher = field(default_factory=RecordingPublisher)

    async def take(self, payload: bytes, *, received_at: datetime = RECEIVED) -> Correlated:
        correlate = CorrelateEvent(
            recorder=Recorder(
                ledger=self.ledger,
                updates=self.updates if self.has_updates else None,
                clock=lambda: NOW,
                retention=RETENTION,
                store_content=self.store_content,
            ),
            policies=self.policies,
            keywords=self.keywords,
        )
        return await correlate(Arrival(payload, received_at))

    async def take_file(self, name: str, **changes: Any) -> Correlated:
        return await self.take(event_bytes(name, **changes))

    def read(self, document: DocumentPath) -> dict[str, Any]:
        """The document without its stamps, and without what test_correlate_conflicts.py is about."""
        stamps = ("updatedTime", "purgeTime", "schemaVersion", "signed", "idClaims")
        return {name: value for name, value in self.ledger.documents[document].items() if name not in stamps}

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(message.data) for message in self.updates.messages]
