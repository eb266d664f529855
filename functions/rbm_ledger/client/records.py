"""What the documents say, for whoever reads them."""

from dataclasses import dataclass
from datetime import datetime

from rbm_ledger.domain.capabilities import describe_capability
from rbm_ledger.domain.explanations import explain
from rbm_ledger.domain.json_bytes import JsonObject
from rbm_ledger.domain.ledger import Record, State, state_of
from rbm_ledger.domain.timeline import Step, describe_record, timeline
from rbm_ledger.domain.times import parse_rfc3339


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """All that ever happened to a message. `explanation` says why it is in its state, and what to do.

    `fields` is the whole document as JSON, with its state in words and its timeline.
    """

    agent_id: str
    phone_number: str
    message_id: str
    state: State
    explanation: str
    timeline: tuple[Step, ...]
    fields: JsonObject


@dataclass(frozen=True, slots=True)
class Capability:
    """What the platform last said of a phone. `features` are its own names, none where it is unreachable."""

    is_reachable: bool
    features: frozenset[str]
    carrier: str
    checked_at: datetime | None


def read_message(record: Record) -> MessageRecord:
    return MessageRecord(
        agent_id=record.get("agentId", ""),
        phone_number=record.get("phoneNumber", ""),
        message_id=record.get("messageId", ""),
        state=state_of(record),
        explanation=explain(record),
        timeline=timeline(record),
        fields=describe_record(record),
    )


def read_capability(record: Record) -> Capability:
    described = describe_capability(record)
    return Capability(
        is_reachable=described["state"] == "reachable",
        features=frozenset(described["features"]),
        carrier=described.get("carrier", ""),
        checked_at=parse_rfc3339(described["checkedTime"]),
    )
