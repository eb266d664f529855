"""Is a document as it must be? Every difference is named."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rbm_ledger.domain.consent import Decision, EvidenceKind, decide
from rbm_ledger.domain.fallback import first_decision
from rbm_ledger.domain.ledger import is_orphan, state_of
from rbm_ops.demo.scenarios import Scenario

# The simulator's users say it as Google Messages does.
_OPT_OUT = (EvidenceKind.EVENT, EvidenceKind.KEYWORD)


@dataclass(frozen=True, slots=True)
class Found:
    """What the database holds of one message: its document, what the user sent and said of consent."""

    record: dict[str, Any]
    user_message_kinds: tuple[str, ...] = ()
    consent: dict[str, Any] = field(default_factory=dict)
    evidence_kinds: tuple[str, ...] = ()


def find_differences(scenario: Scenario, found: Found) -> tuple[str, ...]:
    """Empty when everything is right."""
    return tuple(_differences(scenario, found))


def _differences(scenario: Scenario, found: Found) -> Iterator[str]:
    record = found.record
    if not record:
        yield "no document"
        return
    if state_of(record) is not scenario.state:
        yield f"state {state_of(record).label}, must be {scenario.state.label}"
    if is_orphan(record):
        yield "the request is not recorded"
    events = Counter(event["eventType"] for event in record.get("events", ()))
    if events != Counter(scenario.events):
        yield f"events {sorted(events.elements())}, must be {sorted(scenario.events)}"
    if bool(record.get("attempts")) != scenario.called:
        yield f"the platform {'must' if scenario.called else 'must not'} have been called"
    if ("acceptedTime" in record) != _was_taken(record):
        yield "acceptedTime is there and must not be, or the reverse"
    decision = first_decision(record)
    if (decision.reason if decision else "") != scenario.fallback:
        yield f"fallback {decision and decision.reason}, must be {scenario.fallback or None}"
    if Counter(found.user_message_kinds) != Counter(scenario.user_messages):
        yield f"user messages {found.user_message_kinds}, must be {scenario.user_messages}"
    yield from _differences_of_consent(scenario, found)


def _differences_of_consent(scenario: Scenario, found: Found) -> Iterator[str]:
    if scenario.opts_out != (decide(found.consent) is Decision.OPTED_OUT):
        yield "the consent is not as it must be"
    words = _OPT_OUT if scenario.opts_out else ()
    if Counter(found.evidence_kinds) != Counter(words):
        yield f"evidence of consent {found.evidence_kinds}, must be {words}"


def _was_taken(record: Mapping[str, Any]) -> bool:
    """Whether the platform said so; where its receipt came first, nobody asked it again."""
    return any(
        (attempt["method"], attempt["httpStatus"]) == ("create", 200)
        for attempt in record.get("attempts", ())
    )
