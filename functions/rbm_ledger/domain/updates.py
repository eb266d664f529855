"""What other services are told once something was written: topic rbm-updates (DESIGN, section 7)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rbm_ledger.domain.events import AgentLaunchEvent, ServerEvent, UserEvent, UserMessage
from rbm_ledger.domain.json_bytes import encode_compact
from rbm_ledger.domain.ledger import Record, state_of
from rbm_ledger.domain.timeline import describe_timeline
from rbm_ledger.domain.times import format_rfc3339

# What the record of a message gives back to whoever asked for it to be sent.
_CALLERS_FIELDS = ("source", "clientReference", "labels")

# Before any time that a phone with a wrong clock may say.
_NEVER = -math.inf


@dataclass(frozen=True, slots=True)
class Update:
    """One message for the topic; the attributes are what subscribers filter on."""

    data: bytes
    attributes: Mapping[str, str]


def message_update(record: Record, *, event: Mapping[str, Any] | None, recorded_at: datetime) -> Update:
    """What became of a message we sent. `state` never goes back, whatever event came last."""
    return _update(
        {
            "kind": "message",
            "agentId": record.get("agentId", ""),
            "phoneNumber": record.get("phoneNumber", ""),
            "messageId": record.get("messageId", ""),
            "state": state_of(record).label,
            **{name: record[name] for name in _CALLERS_FIELDS if name in record},
            **({"faults": record["faults"]} if "faults" in record else {}),
            **({"event": event} if event else {}),
            "timeline": describe_timeline(record),
        },
        recorded_at,
    )


def user_message_update(event: UserMessage, recorded_at: datetime) -> Update:
    return _update(
        {
            "kind": "userMessage",
            "agentId": event.agent_id,
            "phoneNumber": event.phone_number,
            "messageId": event.message_id,
            "event": dict(event.fields),
        },
        recorded_at,
    )


def consent_update(event: UserEvent | ServerEvent, record: Record, recorded_at: datetime) -> Update:
    """`state` is optedOut or optedIn: whichever the conversation heard of later."""
    consent = record.get("consent", {})
    opted_out = consent.get("optedOutAtMs", _NEVER) > consent.get("optedInAtMs", _NEVER)
    return _update(
        {
            "kind": "consent",
            "agentId": event.agent_id,
            "phoneNumber": event.phone_number,
            "state": "optedOut" if opted_out else "optedIn",
            "consent": dict(consent),
            "event": describe_event(event),
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


def describe_event(event: UserEvent | ServerEvent) -> dict[str, str]:
    return {
        "eventId": event.event_id,
        "eventType": event.event_type,
        **({"sendTime": format_rfc3339(event.send_time)} if event.send_time else {}),
    }


def _update(fields: dict[str, Any], recorded_at: datetime) -> Update:
    fields["recordedTime"] = format_rfc3339(recorded_at)
    attributes = {name: str(fields.get(name, "")) for name in ("kind", "state", "agentId", "source")}
    return Update(encode_compact(fields), {name: text for name, text in attributes.items() if text})
