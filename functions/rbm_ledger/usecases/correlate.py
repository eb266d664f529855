"""What `correlate` does: write an event into its documents, then tell who subscribed."""

from dataclasses import dataclass
from datetime import datetime

from rbm_ledger.domain.consent import Keywords, merge_consent
from rbm_ledger.domain.correlation import Arrival, event_element, find_evidence, merges_for
from rbm_ledger.domain.events import AgentLaunchEvent, Event, ServerEvent, UserEvent, UserMessage, parse_event
from rbm_ledger.domain.fallback import FallbackDecision, first_decision, is_told
from rbm_ledger.domain.ledger import DocumentPath, Merge, Record, is_orphan
from rbm_ledger.domain.policies import AgentPolicies
from rbm_ledger.domain.signed import find_conflict
from rbm_ledger.domain.updates import (
    Update,
    describe_event,
    launch_update,
    message_update,
    user_message_update,
)
from rbm_ledger.usecases.consent import tell_consent, write_evidence
from rbm_ledger.usecases.fallback import settle_fallback, tell_regret
from rbm_ledger.usecases.recording import Recorder


@dataclass(frozen=True, slots=True)
class Correlated:
    """`is_orphan`: `send` has not recorded the event's message (yet); None where nothing was read back.

    `fallback`: the decision that the event led to. `is_conflicting`: its id came with another content before.
    """

    event: Event
    is_orphan: bool | None = None
    fallback: FallbackDecision | None = None
    is_conflicting: bool = False


@dataclass(frozen=True, slots=True)
class CorrelateEvent:
    """Repeatable at every point: a crash between write and update writes the same again."""

    recorder: Recorder
    policies: AgentPolicies
    keywords: Keywords

    async def __call__(self, arrival: Arrival) -> Correlated:
        """Returns once all that the event changes is durable; raises NotConfirmed."""
        event = parse_event(arrival.payload)
        evidence = find_evidence(event, arrival, self.keywords)
        brand = self.policies.brand_of(event.agent_id)
        consent: tuple[Merge, ...] = ()
        if evidence is not None:
            consent = (merge_consent(evidence, brand),)
            evidence = await write_evidence(self.recorder, evidence, brand)
        merges = merges_for(event, arrival, store_content=self.recorder.store_content) + consent
        is_conflicting = await self._write(merges)
        if self.recorder.updates is None:
            return Correlated(event, is_conflicting=is_conflicting)
        before = record = await self._read_back(event, merges[0].document)
        update = _describe_change(event, record, self.recorder.now())
        if update is not None:
            await self.recorder.publish(update)
        if isinstance(event, UserEvent | ServerEvent) and event.message_id is not None:
            record = await settle_fallback(self.recorder, record)
            await tell_regret(self.recorder, record, event_element(event))
        if evidence is not None:
            await tell_consent(self.recorder, evidence, brand)
        return Correlated(
            event,
            is_orphan(record) if _is_about_message(event) else None,
            first_decision(record) if is_told(record) and not is_told(before) else None,
            is_conflicting,
        )

    async def _write(self, merges: tuple[Merge, ...]) -> bool:
        """Whether the event's id came with another content before: the document then holds both."""
        answers = await self.recorder.write(*merges)
        conflict = find_conflict(merges[0], answers[0])
        if conflict is not None:
            await self.recorder.write(conflict)
        return conflict is not None

    async def _read_back(self, event: Event, document: DocumentPath) -> Record:
        """What the document says now, where an update tells it."""
        return await self.recorder.read(document) if _is_about_message(event) else {}


def _is_about_message(event: Event) -> bool:
    return isinstance(event, UserEvent | ServerEvent) and event.message_id is not None


def _describe_change(event: Event, record: Record, now: datetime) -> Update | None:
    """What to say of the change but consent; None for what changes nothing that others act on."""
    match event:
        case UserMessage():
            return user_message_update(event, now)
        case AgentLaunchEvent():
            return launch_update(event, now)
        case UserEvent() | ServerEvent() if event.message_id is not None:
            return message_update(record, event=describe_event(event), recorded_at=now)
    return None
