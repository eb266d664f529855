"""What other services are told once something was written: topic rbm-updates (DESIGN, section 7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from rbm_ledger.domain.attributes import keep_short
from rbm_ledger.domain.consent import Evidence, decide, describe_consent, describe_evidence
from rbm_ledger.domain.errors import Fault
from rbm_ledger.domain.events import AgentLaunchEvent, ServerEvent, UserEvent, UserMessage
from rbm_ledger.domain.explanations import explain
from rbm_ledger.domain.fallback import FallbackDecision, read_fallback
from rbm_ledger.domain.json_bytes import encode_compact
from rbm_ledger.domain.ledger import Record, state_of
from rbm_ledger.domain.requests import Claim, Sender
from rbm_ledger.domain.taps import read_tap
from rbm_ledger.domain.timeline import describe_timeline
from rbm_ledger.domain.times import format_rfc3339

# What the record of a message gives back to whoever asked for it to be sent.
_CALLERS_FIELDS = ("source", "clientReference", "labels")
NOBODY = Sender()


@dataclass(frozen=True, slots=True)
class Update:
    """One message for the topic; the attributes are what subscribers filter on."""

    data: bytes
    attributes: Mapping[str, str]


class FallbackState(StrEnum):
    """Regretted: it was delivered after all."""

    REQUESTED = "requested"
    REGRETTED = "regretted"


def message_update(record: Record, *, event: Mapping[str, Any] | None, recorded_at: datetime) -> Update:
    """What became of a message we sent. `state` never goes back, whatever event came last."""
    return _update(
        {
            "kind": "message",
            "agentId": record.get("agentId", ""),
            "phoneNumber": record.get("phoneNumber", ""),
            "messageId": record.get("messageId", ""),
            "state": state_of(record).label,
            "explanation": explain(record),
            **{name: record[name] for name in _CALLERS_FIELDS if name in record},
            **({"faults": record["faults"]} if "faults" in record else {}),
            **({"event": event} if event else {}),
            "timeline": describe_timeline(record),
        },
        recorded_at,
    )


def user_message_update(event: UserMessage, recorded_at: datetime) -> Update:
    """`event` is what was signed, but for the postbackData of a tap, which is the caller's own again."""
    replies_to, fields = read_tap(event)
    return _update(
        {
            "kind": "userMessage",
            "agentId": event.agent_id,
            "phoneNumber": event.phone_number,
            "messageId": event.message_id,
            **({"repliesTo": replies_to} if replies_to else {}),
            "event": dict(fields),
        },
        recorded_at,
    )


def fallback_update(
    record: Record, decision: FallbackDecision, state: FallbackState, recorded_at: datetime
) -> Update:
    """The same of one message whenever it is told, but for `recordedTime`."""
    fallback = read_fallback(record.get("fallback"))
    return _update(
        {
            "kind": "fallback",
            "state": state.value,
            "agentId": record.get("agentId", ""),
            "phoneNumber": record.get("phoneNumber", ""),
            "messageId": record.get("messageId", ""),
            **{name: record[name] for name in _CALLERS_FIELDS if name in record},
            "reason": decision.reason,
            "certainty": decision.certainty,
            "decidedTime": format_rfc3339(decision.decided_at),
            "payload": fallback.payload if fallback else {},
        },
        recorded_at,
    )


def consent_update(
    evidence: Evidence, record: Record, recorded_at: datetime, sender: Sender = NOBODY
) -> Update:
    """`state` is optedOut or optedIn: what is in force now, which a late word may not have changed."""
    return _update(
        {
            "kind": "consent",
            "agentId": evidence.agent_id,
            "phoneNumber": evidence.phone_number,
            "state": decide(record).value,
            **({"brand": record["brand"]} if "brand" in record else {}),
            **sender.describe(),
            "consent": describe_consent(record),
            "evidence": describe_evidence(evidence),
        },
        recorded_at,
    )


def launch_update(event: AgentLaunchEvent, recorded_at: datetime) -> Update:
    return _update(
        {
            "kind": "agentLaunch",
            "agentId": event.agent_id,
            "state": event.event_type,
            "event": dict(event.fields),
        },
        recorded_at,
    )


def capability_update(described: Mapping[str, Any], sender: Sender, recorded_at: datetime) -> Update:
    """`state` is reachable or unreachable."""
    return _update({"kind": "capability", **described, **sender.describe()}, recorded_at)


def file_update(described: Mapping[str, Any], sender: Sender, recorded_at: datetime) -> Update:
    """`state` is uploaded or rejected; `messageId` that of the request."""
    return _update({"kind": "file", **described, **sender.describe()}, recorded_at)


def conflict_update(
    claim: Claim, faults: Sequence[Fault], requested_at: datetime, recorded_at: datetime
) -> Update:
    """To whoever asked for something under the id of another message, which stays as it is."""
    return _update(
        {
            "kind": "conflict",
            "state": "refused",
            "agentId": claim.agent_id,
            "phoneNumber": claim.phone_number,
            "messageId": claim.message_id,
            **claim.sender.describe(),
            "requestedTime": format_rfc3339(requested_at),
            "faults": [{"path": fault.path, "problem": fault.problem} for fault in faults],
        },
        recorded_at,
    )


def describe_event(event: UserEvent | ServerEvent) -> dict[str, str]:
    return {
        "eventId": event.event_id,
        "eventType": event.event_type,
        **({"sendTime": format_rfc3339(event.send_time)} if event.send_time else {}),
    }


def _update(fields: dict[str, Any], recorded_at: datetime) -> Update:
    fields["recordedTime"] = format_rfc3339(recorded_at)
    attributes = {name: str(fields.get(name, "")) for name in ("kind", "state", "agentId", "source")}
    return Update(encode_compact(fields), keep_short(attributes))
