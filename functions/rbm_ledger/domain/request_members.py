"""What a send request may be, as one table: its members, what goes with which kind, the faults between."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from rbm_ledger.domain.agent_message import (
    AGENT_MESSAGE_MEMBERS,
    CONTENT_MESSAGE,
    FILE_MEMBERS,
    MAX_TTL_SECONDS,
    check_size,
)
from rbm_ledger.domain.checks import (
    Check,
    anything,
    boolean,
    find_faults,
    items,
    members,
    name_fault,
    number,
    one_of,
    text,
    with_schema,
)
from rbm_ledger.domain.errors import Fault
from rbm_ledger.domain.fallback import FallbackReason
from rbm_ledger.domain.identifiers import UUID_PATTERN, parse_uuid
from rbm_ledger.domain.json_bytes import JsonObject, encode_compact
from rbm_ledger.domain.postbacks import wrap_postbacks
from rbm_ledger.domain.times import parse_rfc3339

# Pub/Sub attribute values have at most 1,024 bytes (cloud.google.com/pubsub/quotas, read 2026-11), and
# `source` becomes one.
_MAX_NAME_CHARACTERS = 256
_MAX_LABELS = 64
_MAX_FALLBACK_SECONDS = 30 * 24 * 3600
_MAX_FALLBACK_BYTES = 100_000
_MAX_CAPABILITY_AGE_SECONDS = 31 * 24 * 3600


class RequestKind(StrEnum):
    """What a request asks for; the value is the member that says so."""

    AGENT_MESSAGE = "contentMessage"
    REVOKE = "revoke"
    AGENT_EVENT = "agentEvent"
    CAPABILITY = "capability"
    CONSENT = "consent"
    FILE_UPLOAD = "fileUpload"


@with_schema(text(pattern=UUID_PATTERN, form="a UUID").schema)
def _uuid(value: object, path: str) -> Iterator[Fault]:
    if not isinstance(value, str) or parse_uuid(value) is None:
        yield Fault(path, "must be a UUID")


_LABEL_NAME = text(
    at_most=64,
    pattern=r"[A-Za-z][A-Za-z0-9_.-]*",
    form="a name like campaign: a letter, then letters, digits and _ . -",
)
_LABEL = text(at_most=_MAX_NAME_CHARACTERS, at_least=0)


@with_schema(
    {
        "type": "object",
        "maxProperties": _MAX_LABELS,
        "propertyNames": _LABEL_NAME.schema,
        "additionalProperties": _LABEL.schema,
    }
)
def _labels(value: object, path: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield Fault(path, "must be an object of texts")
        return
    if len(value) > _MAX_LABELS:
        yield Fault(path, f"has {len(value)} entries, at most {_MAX_LABELS} are allowed")
    for name, label in value.items():
        yield from _LABEL_NAME(name, f"{path}.*")
        yield from (name_fault(path, name, fault.problem) for fault in _LABEL(label, path))


_NAME = text(at_most=_MAX_NAME_CHARACTERS)
PHONE_NUMBER = text(pattern=r"\+[1-9][0-9]{6,14}", form='an E.164 number like "+14155550101"')

REQUEST_MEMBERS: dict[str, Check] = {
    "agentId": text(
        at_most=200,
        pattern=r"[^ \t\n\r\f\v/@]+(@rbm\.goog)?",
        form='an agent id like "growing-tree-bank"',
    ),
    "phoneNumber": PHONE_NUMBER,
    **AGENT_MESSAGE_MEMBERS,
    "revoke": members({"messageId": _uuid}, required=("messageId",), closed=True),
    "agentEvent": members(
        {"eventType": one_of("IS_TYPING", "READ"), "messageId": text(at_most=1024)},
        required=("eventType",),
        closed=True,
    ),
    "capability": members(
        {"maxAgeSeconds": number(at_least=0, at_most=_MAX_CAPABILITY_AGE_SECONDS)}, closed=True
    ),
    "consent": members(
        {"state": one_of("optedOut", "optedIn"), "note": text(at_most=1000)}, required=("state",), closed=True
    ),
    "fileUpload": members(FILE_MEMBERS, required=("fileUrl",), closed=True),
    "fallback": members(
        {
            "afterSeconds": number(at_least=1, at_most=_MAX_FALLBACK_SECONDS),
            "on": items(one_of(*FallbackReason), at_least=1, at_most=len(FallbackReason)),
            "payload": members({}),
        },
        required=("on", "payload"),
        closed=True,
    ),
    "trackTaps": boolean,
    "validateOnly": boolean,
    "messageId": _uuid,
    "idempotencyKey": _NAME,
    "source": _NAME,
    "clientReference": _NAME,
    "labels": _labels,
}

_REQUIRED = ("agentId",)
_KINDS = tuple(RequestKind)
CHECK_REQUEST = members(REQUEST_MEMBERS, required=_REQUIRED, exactly_one_of=_KINDS, closed=True)
# Where a recipient's values are put in: checked in the request to each of them.
TEMPLATES = ("contentMessage", "fallback")
# The common part of a bulk request.
CHECK_BULK = members(
    {**REQUEST_MEMBERS, **dict.fromkeys((*TEMPLATES, "recipients"), anything)},
    required=_REQUIRED,
    exactly_one_of=_KINDS,
    closed=True,
)

_ALWAYS = {"agentId", "idempotencyKey", "source", "clientReference", "labels", "validateOnly"}
_OF_A_MESSAGE = {"phoneNumber", "messageId", "fallback", "trackTaps", *AGENT_MESSAGE_MEMBERS}
# What means something beside each kind.
COMPANIONS: dict[RequestKind, set[str]] = {
    RequestKind.AGENT_MESSAGE: _ALWAYS | _OF_A_MESSAGE,
    RequestKind.REVOKE: _ALWAYS | {"phoneNumber"},
    RequestKind.AGENT_EVENT: _ALWAYS | {"phoneNumber", "messageId"},
    RequestKind.CAPABILITY: _ALWAYS | {"phoneNumber", "messageId"},
    RequestKind.CONSENT: _ALWAYS | {"phoneNumber", "messageId"},
    RequestKind.FILE_UPLOAD: _ALWAYS | {"messageId"},
}

# At most one of each pair.
RIVALS = (("ttl", "expireTime"), ("messageId", "idempotencyKey"))


def find_request_faults(fields: JsonObject, requested_at: datetime) -> tuple[Fault, ...]:
    """Everything that is wrong with a request for one message, or for anything else that is one."""
    return (*find_faults(CHECK_REQUEST, fields), *find_conflicts(fields, requested_at))


def find_conflicts(fields: JsonObject, requested_at: datetime) -> Iterator[Fault]:
    """Faults that lie between fields."""
    for one, other in RIVALS:
        if one in fields and other in fields:
            yield Fault("", f"has {one} and {other}, at most one is allowed")
    yield from _check_companions(fields)
    yield from _check_fallback(fields)
    if _is_read_event(fields) and "messageId" not in fields["agentEvent"]:
        yield Fault("agentEvent.messageId", "is missing: READ names the user's message")
    expire_time = parse_rfc3339(fields.get("expireTime"))
    if expire_time and expire_time - requested_at > timedelta(seconds=MAX_TTL_SECONDS):
        yield Fault("expireTime", "is more than 15 days ahead")
    agent_message = read_agent_message(fields)
    yield from check_size(agent_message)
    yield from _check_wrapped(fields)


def read_agent_message(fields: JsonObject) -> JsonObject:
    return {name: fields[name] for name in AGENT_MESSAGE_MEMBERS if name in fields}


def find_kind(fields: JsonObject) -> RequestKind | None:
    return next((kind for kind in RequestKind if kind in fields), None)


def _check_companions(fields: JsonObject) -> Iterator[Fault]:
    kind = find_kind(fields)
    if kind is None:
        return
    companions = COMPANIONS[kind]
    if "phoneNumber" in companions and "phoneNumber" not in fields:
        yield Fault("phoneNumber", "is missing")
    for name in fields:
        if name in REQUEST_MEMBERS and name not in companions and name not in _KINDS:
            yield Fault(name, f"has no meaning beside {kind}")


def _check_fallback(fields: JsonObject) -> Iterator[Fault]:
    """A deadline that is never reached would be a fallback that never comes."""
    fallback = fields.get("fallback")
    reasons = fallback.get("on") if isinstance(fallback, dict) else None
    if not isinstance(fallback, dict) or not isinstance(reasons, list):
        return
    if FallbackReason.UNDELIVERED in reasons and "afterSeconds" not in fallback:
        yield Fault("fallback.afterSeconds", "is missing: undelivered needs a deadline in seconds")
    if FallbackReason.UNDELIVERED not in reasons and "afterSeconds" in fallback:
        yield Fault("fallback.afterSeconds", "has no meaning without undelivered in fallback.on")
    if FallbackReason.EXPIRED in reasons and "ttl" not in fields and "expireTime" not in fields:
        yield Fault("fallback.on", "has expired, and the message has no ttl or expireTime")
    size_bytes = len(encode_compact(fallback))
    if size_bytes > _MAX_FALLBACK_BYTES:
        yield Fault("fallback", f"has {size_bytes} bytes as JSON, at most {_MAX_FALLBACK_BYTES} are allowed")


def _is_read_event(fields: JsonObject) -> bool:
    event = fields.get("agentEvent")
    return isinstance(event, dict) and event.get("eventType") == "READ"


def _check_wrapped(fields: JsonObject) -> Iterator[Fault]:
    """With trackTaps each postbackData goes out in an envelope, which needs room within the same limit."""
    content = fields.get("contentMessage")
    if fields.get("trackTaps") is not True or find_faults(CONTENT_MESSAGE, content, "contentMessage"):
        return
    wrapped = wrap_postbacks(content, _ANY_MESSAGE_ID)  # type: ignore[arg-type]
    for fault in find_faults(CONTENT_MESSAGE, wrapped, "contentMessage"):
        yield Fault(fault.path, f"{fault.problem} (28 of them for trackTaps)")


_ANY_MESSAGE_ID = "00000000-0000-4000-8000-000000000000"
