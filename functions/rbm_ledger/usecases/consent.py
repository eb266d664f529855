"""Consent: written down with its evidence, told once for each decision, asked before a message goes out."""

import asyncio
import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rbm_ledger.domain.consent import (
    SAID_AT,
    Decision,
    Evidence,
    decide,
    describe_consent,
    describe_evidence,
    evidence_of_request,
    find_acknowledgement,
    is_acknowledged_enough,
    is_told_already,
    join_consents,
    merge_acknowledgement,
    merge_consent,
    merge_evidence,
    query_nearby,
)
from rbm_ledger.domain.ledger import Record, consent_path
from rbm_ledger.domain.policies import ALLOWED_WHEN_OPTED_OUT, AgentPolicy
from rbm_ledger.domain.records import Suppression
from rbm_ledger.domain.requests import Sender, SendRequest
from rbm_ledger.domain.updates import NOBODY, consent_update
from rbm_ledger.usecases.recording import Recorder

_ACKNOWLEDGEMENT = "ACKNOWLEDGEMENT"


async def write_evidence(recorder: Recorder, evidence: Evidence, brand: str) -> Evidence:
    """The word as of when it was first heard: by that it is decided whether it tells anything, and no more.

    To be written before the consent: whoever sees a time there can find where it came from (`tell_consent`).
    """
    [reached] = await recorder.write(merge_evidence(evidence, brand))
    return dataclasses.replace(evidence, at_ms=reached.get(SAID_AT, evidence.at_ms))


async def tell_consent(recorder: Recorder, evidence: Evidence, brand: str, sender: Sender = NOBODY) -> Record:
    """Tells of the decision that this written evidence is the first of; returns what is in force.

    A change of mind between two words that say the same is evidence between them: the second one tells too.
    """
    document = consent_path(evidence.agent_id, brand, evidence.phone_number)
    record, nearby = await asyncio.gather(
        recorder.read(document), recorder.ledger.find(query_nearby(evidence, brand))
    )
    if not is_told_already(evidence, nearby):
        await recorder.publish(consent_update(evidence, record, recorder.now(), sender))
    return record


async def record_consent(
    request: SendRequest, policy: AgentPolicy, recorder: Recorder, requested_at: datetime
) -> dict[str, Any]:
    """A service's own opt-out or opt-in, and what whoever POSTed it is told. Raises NotConfirmed.

    A repeat counts from the first time: what the user said in between stays the later word.
    """
    said = evidence_of_request(request, requested_at)
    evidence = await write_evidence(recorder, said, policy.brand)
    await recorder.write(merge_consent(said, policy.brand))
    record = await tell_consent(recorder, evidence, policy.brand, request.sender)
    return {
        "agentId": request.agent_id,
        "phoneNumber": request.phone_number,
        **({"brand": policy.brand} if policy.brand else {}),
        "state": decide(record).value,
        **describe_consent(record),
        "evidence": describe_evidence(evidence),
    }


@dataclass(frozen=True, slots=True)
class ConsentGuard:
    """Asked before a message goes out."""

    recorder: Recorder

    async def find_suppression(self, request: SendRequest, policy: AgentPolicy) -> Suppression | None:
        """Why this message must not go to its user; None: it may. Raises NotConfirmed.

        What may go to everybody needs no look. Of all that acknowledge one opt-out, one may go.
        """
        traffic_type = request.agent_message.get("messageTrafficType")
        is_allowed = traffic_type in policy.allowed_when_opted_out & ALLOWED_WHEN_OPTED_OUT
        if is_allowed and traffic_type != _ACKNOWLEDGEMENT:
            return None
        record = await self._read(request, policy.brand)
        if decide(record) is Decision.OPTED_IN:
            return None
        return await self._acknowledge(request, policy.brand, record) if is_allowed else Suppression.OPTED_OUT

    async def _read(self, request: SendRequest, brand: str) -> Record:
        """What counts for this agent: an agent that was given a brand keeps what it was told before."""
        paths = {consent_path(request.agent_id, each, request.phone_number) for each in (brand, "")}
        return join_consents(await asyncio.gather(*map(self.recorder.read, paths)))

    async def _acknowledge(self, request: SendRequest, brand: str, record: Record) -> Suppression | None:
        """Claims, and looks whose claim came first; again where the user has changed their mind meanwhile."""
        while decide(record) is Decision.OPTED_OUT:
            confirming = find_acknowledgement(record)
            if confirming is not None:
                return None if confirming == request.message_id else Suppression.ACKNOWLEDGED_BEFORE
            if is_acknowledged_enough(record):
                return Suppression.ACKNOWLEDGED_BEFORE
            if request.is_validated_only:
                return None
            document = consent_path(request.agent_id, brand, request.phone_number)
            claim = merge_acknowledgement(document, request.message_id, record["optedOutAtMs"])
            await self.recorder.write(claim)
            record = await self._read(request, brand)
        return None
