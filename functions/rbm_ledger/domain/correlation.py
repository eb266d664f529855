"""Which documents an event changes, and how: the vendor's vocabulary mapped to merges."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from rbm_ledger.domain.consent import Decision, Evidence, EvidenceKind, Keywords
from rbm_ledger.domain.deadlines import DUE, NEVER_MS, ORPHAN_DUE, SHARD, orphan_deadline_ms, shard_of
from rbm_ledger.domain.events import (
    CONTENT_MEMBERS,
    RECEIPT_TYPES,
    AgentLaunchEvent,
    Event,
    ServerEvent,
    UnknownEvent,
    UserEvent,
    UserMessage,
    is_known_type,
)
from rbm_ledger.domain.identifiers import make_document_id, name_shortly
from rbm_ledger.domain.json_bytes import encode_compact, storable
from rbm_ledger.domain.keywords import find_keyword
from rbm_ledger.domain.ledger import (
    FieldPath,
    Merge,
    State,
    combine,
    conversation_path,
    message_path,
    quarantine_path,
)
from rbm_ledger.domain.signed import Signed, merge_signed, read_signed
from rbm_ledger.domain.taps import merge_tap, read_tap
from rbm_ledger.domain.times import to_millis

STATES_BY_EVENT_TYPE = {
    "DELIVERED": State.DELIVERED,
    "READ": State.READ,
    "TTL_EXPIRATION_REVOKED": State.EXPIRED,
    "TTL_EXPIRATION_REVOKE_FAILED": State.EXPIRY_INCONCLUSIVE,
}
DECISIONS_BY_EVENT_TYPE = {"UNSUBSCRIBE": Decision.OPTED_OUT, "SUBSCRIBE": Decision.OPTED_IN}

_ENVELOPE_FIELDS = frozenset({"agentId", "senderPhoneNumber", "messageId", "sendTime"})
# What Google's payloads say of a user's message beside its content (rbm-platform, section 2).
_MEMBERS = (*CONTENT_MEMBERS, "eventId", "carrier", "richMessageClassification")


@dataclass(frozen=True, slots=True)
class Arrival:
    """How an event came in: its signed bytes, and when the webhook took it."""

    payload: bytes
    received_at: datetime


def merges_for(event: Event, arrival: Arrival, *, store_content: bool = True) -> tuple[Merge, ...]:
    """All that this event changes but consent (find_evidence). Repeating it changes nothing more."""
    match event:
        case UserEvent(message_id=str(message_id)) | ServerEvent(message_id=str(message_id)):
            signed = _read_signed(event)
            known = () if is_known_type(event) else (_quarantine(event, arrival, "unknown eventType"),)
            merge = _merge_typed_event(event, message_id, signed, arrival)
            return (merge, *(known or _keep_longer(event, signed, arrival)))
        case UserEvent() | ServerEvent():
            return (_merge_inbound(event, arrival),)
        case UserMessage():
            signed = _read_signed(event)
            return (
                _merge_user_message(event, signed, store_content=store_content),
                _merge_inbound(event, arrival),
                *merge_tap(event, arrival.received_at, _send_time(event), store_content=store_content),
                *(_keep_longer(event, signed, arrival) if store_content else ()),
            )
        case AgentLaunchEvent():
            signed = _read_signed(event)
            return (_merge_launch(event, signed, arrival), *_keep_longer(event, signed, arrival))
        case UnknownEvent():
            return (_quarantine(event, arrival, event.reason),)


def find_evidence(event: Event, arrival: Arrival, keywords: Keywords) -> Evidence | None:
    """What the event says of consent; None for one that says nothing of it.

    The event and the keyword of one opt-out are two pieces of evidence, for either may come alone.
    """
    match event:
        case UserEvent() | ServerEvent() if event.event_type in DECISIONS_BY_EVENT_TYPE:
            decision = DECISIONS_BY_EVENT_TYPE[event.event_type]
            event_id = event.event_id or hashlib.sha256(arrival.payload).hexdigest()
            said = _make_evidence(event, arrival, decision, EvidenceKind.EVENT, event_id)
            return said if event.event_id else _tell_apart(said)
        case UserMessage(event_type="text", fields={"text": str(text)}):
            found = find_keyword(text, event.phone_number, keywords)
            if found is not None:
                decision, word = found
                return _make_evidence(
                    event, arrival, decision, EvidenceKind.KEYWORD, event.message_id, note=word
                )
    return None


def event_element(event: UserEvent | ServerEvent) -> dict[str, Any]:
    """The event as it stands in `events`: signed content only, so that a repeat is the same element."""
    names = {"eventId": event.event_id, "eventType": event.event_type}
    return {**{name: name_shortly(value) for name, value in names.items()}, **_send_time(event)}


def _send_time(event: UserEvent | ServerEvent | UserMessage) -> dict[str, Any]:
    """When it was sent, as a time if it is one; else what was said instead, if anything."""
    if event.send_time is not None:
        return {"sendTime": event.send_time}
    return {"sendTimeText": name_shortly(event.send_time_text)} if event.send_time_text else {}


def _merge_typed_event(
    event: UserEvent | ServerEvent, message_id: str, signed: Signed, arrival: Arrival
) -> Merge:
    merge = Merge(
        message_path(event.agent_id, message_id),
        values={
            ("agentId",): event.agent_id,
            ("phoneNumber",): event.phone_number,
            ("messageId",): message_id,
            SHARD: shard_of(message_id),
        },
        maxima={
            ("stateRank",): STATES_BY_EVENT_TYPE.get(event.event_type, State.UNKNOWN_MESSAGE).value,
            ORPHAN_DUE: orphan_deadline_ms(arrival.received_at),
            **({DUE: NEVER_MS} if event.event_type in RECEIPT_TYPES else {}),
        },
        unions={("events",): (event_element(event),)},
    )
    return _add_signed(merge, signed, is_kept=True)


def _make_evidence(
    event: UserEvent | ServerEvent | UserMessage,
    arrival: Arrival,
    decision: Decision,
    by: EvidenceKind,
    evidence_id: str,
    note: str = "",
) -> Evidence:
    at_ms = _sent_at(event.send_time, arrival)
    own_at_ms = to_millis(event.send_time) if event.send_time else None
    return Evidence(
        decision, by, event.agent_id, event.phone_number, evidence_id, at_ms, note=note, own_at_ms=own_at_ms
    )


def _tell_apart(said: Evidence) -> Evidence:
    """An opt-out with neither id nor time may be said again in the same bytes: it counts each time."""
    is_nameless_opt_out = said.own_at_ms is None and said.decision is Decision.OPTED_OUT
    return replace(said, own_at_ms=said.at_ms) if is_nameless_opt_out else said


def _merge_inbound(event: UserEvent | ServerEvent | UserMessage, arrival: Arrival) -> Merge:
    return Merge(
        conversation_path(event.agent_id, event.phone_number),
        values={("agentId",): event.agent_id, ("phoneNumber",): event.phone_number},
        maxima={("lastInboundAtMs",): _sent_at(event.send_time, arrival)},
    )


def _merge_user_message(event: UserMessage, signed: Signed, *, store_content: bool) -> Merge:
    conversation = conversation_path(event.agent_id, event.phone_number)
    replies_to, fields = read_tap(event)
    has_content = store_content and signed.fits_fields
    merge = Merge(
        (*conversation, "userMessages", make_document_id(event.message_id)),
        values={
            **(_content_values(fields) if has_content else {}),
            ("agentId",): event.agent_id,
            ("phoneNumber",): event.phone_number,
            ("messageId",): event.message_id,
            ("kind",): event.event_type,
            **({("repliesTo",): replies_to} if replies_to else {}),
            **{(name,): value for name, value in _send_time(event).items()},
        },
    )
    return _add_signed(merge, signed, is_kept=store_content)


def _add_signed(merge: Merge, signed: Signed, *, is_kept: bool) -> Merge:
    """An event without an id is the same as another only where it is the same altogether."""
    return combine(merge, merge_signed(merge.document, signed, is_kept=is_kept)) if signed.id else merge


def _read_signed(event: UserEvent | ServerEvent | UserMessage | AgentLaunchEvent) -> Signed:
    signed_id = event.message_id if isinstance(event, UserMessage) else event.event_id
    kind = event.event_type if isinstance(event, UserEvent | ServerEvent) else ""
    return read_signed(signed_id, event.fields, kind=kind)


def _keep_longer(event: Event, signed: Signed, arrival: Arrival) -> tuple[Merge, ...]:
    """Apart, what is too long to stand in its document beside others."""
    if signed.fits_document:
        return ()
    return (_quarantine(event, arrival, f"too long for its document, as {signed.digest}"),)


def _content_values(fields: Mapping[str, Any]) -> dict[FieldPath, Any]:
    """Each member that Google documents; as one JSON text what it does not, or what no document can hold.

    No name but these becomes that of a field: it might be one of ours.
    """
    content = {name: value for name, value in fields.items() if name not in _ENVELOPE_FIELDS}
    own = [name for name in _MEMBERS if name in content and storable(content[name]) is content[name]]
    values: dict[FieldPath, Any] = {(name,): content.pop(name) for name in own}
    return {**values, ("contentText",): encode_compact(content).decode()} if content else values


def _merge_launch(event: AgentLaunchEvent, signed: Signed, arrival: Arrival) -> Merge:
    """Per region and state, when it was last announced: the latest of them is in force."""
    at_ms = _sent_at(event.send_time, arrival)
    region, state = make_document_id(event.region or "unknown"), make_document_id(event.event_type)
    merge = Merge(
        ("agents", make_document_id(event.agent_id)),
        values={("agentId",): event.agent_id},
        maxima={("launchStateAtMs", region, state): at_ms},
        unions={("launchEvents",): (storable(event.fields),)} if signed.fits_document else {},
    )
    return _add_signed(merge, signed, is_kept=False)  # launchEvents holds them whole


def _quarantine(event: Event, arrival: Arrival, reason: str) -> Merge:
    return Merge(
        quarantine_path(arrival.payload),
        values={
            ("agentId",): name_shortly(event.agent_id),
            ("family",): event.family,
            ("eventType",): name_shortly(event.event_type),
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
