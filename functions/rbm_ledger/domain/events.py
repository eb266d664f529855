"""What Google tells us: signed bytes → a typed event.

There is no common type field; the shape decides (rbm-platform, section 2, in the order given there).
Parsing never fails: what nobody understands is an UnknownEvent, to be kept.

Source: developers.google.com/business-communications/rcs-business-messaging/reference/rest/v1
(UserEvent, ServerEvent, UserMessage, AgentLaunchEvent), read 2026-04.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from rbm_ledger.domain.errors import NotJson
from rbm_ledger.domain.identifiers import shorten_agent_id
from rbm_ledger.domain.json_bytes import JsonObject, decode_object, encode_compact, is_utf8
from rbm_ledger.domain.times import parse_rfc3339

RECEIPT_TYPES = frozenset({"DELIVERED", "READ"})
EXPIRATION_TYPES = frozenset({"TTL_EXPIRATION_REVOKED", "TTL_EXPIRATION_REVOKE_FAILED"})
CONVERSATION_TYPES = frozenset({"IS_TYPING", "SUBSCRIBE", "UNSUBSCRIBE"})
_KNOWN_TYPES = RECEIPT_TYPES | EXPIRATION_TYPES | CONVERSATION_TYPES
CONTENT_MEMBERS = ("text", "userFile", "location", "suggestionResponse")


@dataclass(frozen=True, slots=True)
class TypedEvent:
    """An event that says its type. `message_id` is that of a message of ours, where there is one.

    `send_time_text` holds a sendTime that is no time, so that nothing is lost (in a UserMessage too).
    """

    agent_id: str
    phone_number: str
    event_type: str
    event_id: str
    message_id: str | None
    send_time: datetime | None
    send_time_text: str
    fields: JsonObject = field(default_factory=dict, compare=False, repr=False)


class UserEvent(TypedEvent):
    """A receipt, a typing indicator, or a change of consent."""

    __slots__ = ()
    family = "UserEvent"


class ServerEvent(TypedEvent):
    """The platform's word on the expiry of a message of ours."""

    __slots__ = ()
    family = "ServerEvent"


@dataclass(frozen=True, slots=True)
class UserMessage:
    """What a user sent. `message_id` was made by the user's phone and never names a message of ours."""

    agent_id: str
    phone_number: str
    message_id: str
    event_type: str
    send_time: datetime | None
    send_time_text: str
    fields: JsonObject

    family = "UserMessage"


@dataclass(frozen=True, slots=True)
class AgentLaunchEvent:
    """A carrier changed the launch state of an agent."""

    agent_id: str
    event_id: str
    event_type: str
    region: str
    send_time: datetime | None
    fields: JsonObject

    family = "AgentLaunchEvent"


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """Authentic, and nobody understands it. `reason` says why, without repeating the payload."""

    reason: str
    agent_id: str = ""

    family = "Unknown"
    event_type = ""
    send_time = None


Event = UserEvent | ServerEvent | UserMessage | AgentLaunchEvent | UnknownEvent


class _Unreadable(Exception):
    """Inside this module only: becomes an UnknownEvent."""


def parse_event(payload: bytes) -> Event:
    """The event that these bytes are."""
    try:
        fields = decode_object(payload)
    except NotJson as error:
        return UnknownEvent(str(error))
    try:
        return _reader_for(fields)(fields)
    except _Unreadable as error:
        return UnknownEvent(str(error), _agent_id_if_readable(fields))


def is_known_type(event: UserEvent | ServerEvent) -> bool:
    return event.event_type in _KNOWN_TYPES


def event_key(event: Event, payload: bytes) -> str:
    """Equal for repeats of one event, different for any two others (rbm-platform, section 2.6).

    A repeat carries the same bytes: they tell events without an eventId apart.
    """
    parts: tuple[str | None, ...]
    match event:
        case UserEvent() | ServerEvent():
            parts = (event.agent_id, event.phone_number, event.event_type, event.message_id)
            parts += (event.event_id or _digest(payload),)
        case UserMessage():
            parts = (event.agent_id, event.phone_number, event.message_id)
        case AgentLaunchEvent():
            parts = (event.agent_id, event.event_type, event.event_id or _digest(payload))
        case UnknownEvent():
            parts = (_digest(payload),)
    return hashlib.sha256(encode_compact([event.family, *parts])).hexdigest()[:32]


def _digest(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


def _reader_for(fields: JsonObject) -> Callable[[JsonObject], Event]:
    if "eventType" in fields:
        return _read_typed_event
    if any(member in fields for member in CONTENT_MEMBERS):
        return _read_user_message
    if "newLaunchState" in fields:
        return _read_launch_event
    raise _Unreadable("No known kind of event has this shape.")


def _read_typed_event(fields: JsonObject) -> UserEvent | ServerEvent:
    event_type = _text(fields, "eventType")
    from_server = event_type in EXPIRATION_TYPES or "senderPhoneNumber" not in fields
    message_id = None if event_type in CONVERSATION_TYPES else _text(fields, "messageId")
    send_time, send_time_text = _send_time(fields)
    return (ServerEvent if from_server else UserEvent)(
        agent_id=_agent_id(fields),
        phone_number=_phone_number(fields),
        event_type=event_type,
        event_id=_text(fields, "eventId", default=""),
        message_id=message_id,
        send_time=send_time,
        send_time_text=send_time_text,
        fields=fields,
    )


def _read_user_message(fields: JsonObject) -> UserMessage:
    send_time, send_time_text = _send_time(fields)
    return UserMessage(
        agent_id=_agent_id(fields),
        phone_number=_phone_number(fields),
        message_id=_text(fields, "messageId", default="") or _text(fields, "eventId"),
        event_type=next(member for member in CONTENT_MEMBERS if member in fields),
        send_time=send_time,
        send_time_text=send_time_text,
        fields=fields,
    )


def _read_launch_event(fields: JsonObject) -> AgentLaunchEvent:
    return AgentLaunchEvent(
        agent_id=_agent_id(fields),
        event_id=_text(fields, "eventId", default=""),
        event_type=_text(fields, "newLaunchState"),
        region=_text(fields, "regionId", default="").rpartition("/")[2],
        send_time=parse_rfc3339(fields.get("sendTime")),
        fields=fields,
    )


def _agent_id(fields: JsonObject) -> str:
    agent_id = shorten_agent_id(_text(fields, "agentId"))
    if not agent_id:
        raise _Unreadable("agentId is empty.")
    return agent_id


def _phone_number(fields: JsonObject) -> str:
    """Receipts say senderPhoneNumber, expirations phoneNumber; either may come (fact 8)."""
    name = "senderPhoneNumber" if "senderPhoneNumber" in fields else "phoneNumber"
    return _text(fields, name)


def _send_time(fields: JsonObject) -> tuple[datetime | None, str]:
    """The time, or what came instead of one: a text as it is, anything else as JSON."""
    send_time = fields.get("sendTime")
    if send_time is None:
        return None, ""
    at = parse_rfc3339(send_time)
    if at is not None:
        return at, ""
    readable = isinstance(send_time, str) and is_utf8(send_time)
    return None, str(send_time) if readable else encode_compact(send_time).decode()


def _text(fields: JsonObject, name: str, *, default: str | None = None) -> str:
    value = fields.get(name)
    if value is None:
        value = default
    if not isinstance(value, str) or not is_utf8(value) or (default is None and not value):
        raise _Unreadable(f"{name} is missing or not a text.")
    return value


def _agent_id_if_readable(fields: JsonObject) -> str:
    try:
        return _agent_id(fields)
    except _Unreadable:
        return ""
