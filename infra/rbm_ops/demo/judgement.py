"""Is a document as it must be? Every difference is named."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rbm_ledger.domain.ledger import is_orphan, state_of
from rbm_ops.demo.scenarios import Scenario


@dataclass(frozen=True, slots=True)
class Found:
    """What the database holds of one message: its document, its conversation, what the user sent."""

    record: dict[str, Any]
    conversation: dict[str, Any] = field(default_factory=dict)
    user_message_kinds: tuple[str, ...] = ()


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
    if ("acceptedTime" in record) != bool(scenario.events):
        yield "acceptedTime is there and must not be, or the reverse"
    if Counter(found.user_message_kinds) != Counter(scenario.user_messages):
        yield f"user messages {found.user_message_kinds}, must be {scenario.user_messages}"
    if scenario.opts_out != ("optedOutAtMs" in found.conversation.get("consent", {})):
        yield "the consent is not as it must be"
