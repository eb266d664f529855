"""Which documents an event changes, and how: the vendor's vocabulary mapped to merges."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rbm_ledger.domain.events import (
    AgentLaunchEvent,
    Event,
    ServerEvent,
    UnknownEvent,
    UserEvent,
    UserMessage,
    is_known_type,
)
from rbm_ledger.domain.identifiers import make_document_id
from rbm_ledger.domain.json_bytes import storable
from rbm_ledger.domain.ledger import Merge, State, conversation_path, message_path, quarantine_path
from rbm_ledger.domain.times import to_millis

STATES_BY_EVENT_TYPE = {
    "DELIVERED": State.DELIVERED,
    "READ": State.READ,
    "TTL_EXPIRATION_REVOKED": State.EXPIRED,
    "TTL_EXPIRATION_REVOKE_FAILED": State.EXPIRY_INCONCLUSIVE,
}
CONSENT_FIELDS_BY_EVENT_TYPE = {"UNSUBSCRIBE": "optedOutAtMs", "SUBSCRIBE": "optedInAtMs"}

_ENVELOPE_FIELDS = frozenset({"agentId", "senderPhoneNumber", "messageId", "sendTime"})


@dataclass(frozen=True, slots=True)
class Arrival:
    """How an event came in: its signed bytes, and when the webhook took it."""

    payload: bytes
    received_at: datetime


def merges_for(event: Event, arrival: Arrival, *, store_content: bool = True) -> tuple[Merge, ...]:
    """All that this event changes. Repeating it changes nothing more."""
    match event:
        case UserEvent() | ServerEvent():
            known = () if is_known_type(event) else (_quarantine(event, arrival, "unknown eventType"),)
            return (_merge_typed_event(event, arrival), *known)
        case UserMessage():
            return (
                _merge_user_message(event, store_content=store_content),
                _merge_inbound(event.agent_id, event.phone_number, _sent_at(event.send_time, arrival)),
            )
        case AgentLaunchEvent():
            return (_merge_launch(event, arrival),)
        case UnknownEvent():
            return (_quarantine(event, arrival, event.reason),)


def event_element(event: UserEvent | ServerEvent) -> dict[str, Any]:
    """The event as it stands in `events`: signed content only, so that a repeat is the same element."""
    return {"eventId": event.event_id, "eventType": event.event_type, **_send_time(event)}


def _send_time(event: UserEvent | ServerEvent | UserMessage) -> dict[str, Any]:
    """When it was sent, as a time if it is one; else what was said instead, if anything."""
    if event.send_time is not None:
        return {"sendTime": event.send_time}
    return {"sendTimeText": event.send_time_text} if event.send_time_text else {}


def _merge_typed_event(event: UserEvent | ServerEvent, arrival: Arrival) -> Merge:
    if event.message_id is None:
        return _merge_conversation_event(event, arrival)
    return Merge(
        message_path(event.agent_id, event.message_id),
        values={
            ("agentId",): event.agent_id,
            ("phoneNumber",): event.phone_number,
            ("messageId",): event.message_id,
        },
        maxima={("stateRank",): STATES_BY_EVENT_TYPE.get(event.event_type, State.UNKNOWN_MESSAGE).value},
        unions={("events",): (event_element(event),)},
    )


def _merge_conversation_event(event: UserEvent | ServerEvent, arrival: Arrival) -> Merge:
    at_ms = _sent_at(event.send_time, arrival)
    merge = _merge_inbound(event.agent_id, event.phone_number, at_ms)
    consent = CONSENT_FIELDS_BY_EVENT_TYPE.get(event.event_type)
    if consent is None:
        return merge
    return Merge(merge.document, merge.values, {**merge.maxima, ("consent", consent): at_ms})


def _merge_inbound(agent_id: str, phone_number: str, at_ms: int) -> Merge:
    return Merge(
        conversation_path(agent_id, phone_number),
        values={("agentId",): agent_id, ("phoneNumber",): phone_number},
        maxima={("lastInboundAtMs",): at_ms},
    )


def _merge_user_message(event: UserMessage, *, store_content: bool) -> Merge:
    conversation = conversation_path(event.agent_id, event.phone_number)
    return Merge(
        (*conversation, "userMessages", make_document_id(event.message_id)),
        values={
            **(_content_values(event.fields) if store_content else {}),
            ("agentId",): event.agent_id,
            ("phoneNumber",): event.phone_number,
            ("messageId",): event.message_id,
            ("kind",): event.event_type,
            **{(name,): value for name, value in _send_time(event).items()},
        },
    )


def _content_values(fields: Mapping[str, Any]) -> dict[tuple[str, ...], Any]:
    """Everything else that was signed, field by field; what a document can't hold is kept as JSON text."""
    content = {name: value for name, value in fields.items() if name not in _ENVELOPE_FIELDS}
    kept = storable(content)
    if kept is content:
        return {(name,): value for name, value in content.items()}
    return {("contentText",): kept}


def _merge_launch(event: AgentLaunchEvent, arrival: Arrival) -> Merge:
    """Per region and state, when it was last announced: the latest of them is in force."""
    at_ms = _sent_at(event.send_time, arrival)
    region, state = make_document_id(event.region or "unknown"), make_document_id(event.event_type)
    return Merge(
        ("agents", make_document_id(event.agent_id)),
        values={("agentId",): event.agent_id},
        maxima={("launchStateAtMs", region, state): at_ms},
        unions={("launchEvents",): (storable(event.fields),)},
    )


def _quarantine(event: Event, arrival: Arrival, reason: str) -> Merge:
    return Merge(
        quarantine_path(arrival.payload),
        values={
            ("agentId",): event.agent_id,
            ("family",): event.family,
            ("eventType",): event.event_type,
            ("reason",): reason,
            ("raw",): arrival.payload,
        },
    )


def _sent_at(send_time: datetime | None, arrival: Arrival) -> int:
    """When the user acted. A phone's clock may run ahead; what it says counts up to when we heard of it.

    A stamp from the future would make an opt-out that no later opt-in could lift.
    """
    at = arrival.received_at if send_time is None else min(send_time, arrival.received_at)
    return to_millis(at)
