"""Consent with its fakes: what users and services say of it, and who asks."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.functions.domain.builders import AGENT, PHONE, REQUESTED, send_request
from tests.functions.fakes import InMemoryLedger, RecordingPublisher
from tests.functions.usecases.correlating import NOW, RETENTION

from rbm_ledger.domain.consent import Decision, Evidence, EvidenceKind, merge_consent
from rbm_ledger.domain.ledger import Record, consent_path
from rbm_ledger.domain.policies import AgentPolicy
from rbm_ledger.domain.records import Suppression
from rbm_ledger.domain.requests import SendRequest
from rbm_ledger.domain.times import to_millis
from rbm_ledger.usecases.consent import ConsentGuard, record_consent, tell_consent, write_evidence
from rbm_ledger.usecases.recording import Recorder

AT_MS = to_millis(REQUESTED)


@dataclass
class Consenting:
    """One user of one agent."""

    policy: AgentPolicy = field(default_factory=AgentPolicy)
    ledger: Any = field(default_factory=InMemoryLedger)
    updates: RecordingPublisher = field(default_factory=RecordingPublisher)

    @property
    def recorder(self) -> Recorder:
        return Recorder(self.ledger, self.updates, lambda: NOW, RETENTION, store_content=True)

    async def say(
        self, decision: Decision, seconds: float = 0, evidence_id: str = "", *, agent_id: str = AGENT
    ) -> None:
        """The user's word, so many seconds after the first request; with an id and a time of its own."""
        at_ms = AT_MS + int(seconds * 1000)
        evidence = Evidence(
            decision,
            EvidenceKind.EVENT,
            agent_id,
            PHONE,
            evidence_id or f"{decision}-{at_ms}",
            at_ms,
            own_at_ms=at_ms,
        )
        evidence = await write_evidence(self.recorder, evidence, self.policy.brand)
        await self.recorder.write(merge_consent(evidence, self.policy.brand))
        await tell_consent(self.recorder, evidence, self.policy.brand)

    async def record(self, request: SendRequest, requested_at: datetime = REQUESTED) -> dict[str, Any]:
        return await record_consent(request, self.policy, self.recorder, requested_at)

    async def find_suppression(self, **changes: Any) -> Suppression | None:
        return await ConsentGuard(self.recorder).find_suppression(send_request(**changes), self.policy)

    async def read(self) -> Record:
        return await self.ledger.read(consent_path(AGENT, self.policy.brand, PHONE)) or {}

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(message.data) for message in self.updates.messages]


def consent_request(state: str, *, key: str = "1", **changes: Any) -> SendRequest:
    """Of a service; the same key is the same request."""
    return send_request(
        contentMessage=None,
        messageTrafficType=None,
        messageId=None,
        idempotencyKey=key,
        **{"consent": {"state": state}, **changes},
    )


def after(seconds: float) -> datetime:
    return REQUESTED + timedelta(seconds=seconds)
