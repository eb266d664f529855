"""The send request that other services publish or POST: parsed, checked, and given its message id.

`{"agentId", "phoneNumber", "contentMessage", "messageTrafficType"?, "ttl"? | "expireTime"?, "messageId"? |
"idempotencyKey"?, "source"?, "clientReference"?, "labels"?}`, or `{"agentId", "phoneNumber", "revoke":
{"messageId"}}` (DESIGN, section 7).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from rbm_ledger.domain.agent_message import (
    AGENT_MESSAGE_MEMBERS,
    MAX_TTL_SECONDS,
    check_size,
    parse_ttl_seconds,
)
from rbm_ledger.domain.checks import Check, find_faults, join, members, text
from rbm_ledger.domain.errors import Fault, FaultyInput, MalformedInput, NotJson
from rbm_ledger.domain.identifiers import derive_message_id, parse_uuid, shorten_agent_id
from rbm_ledger.domain.json_bytes import JsonObject, decode_object
from rbm_ledger.domain.times import parse_rfc3339

# Pub/Sub attribute values have at most 1,024 bytes (cloud.google.com/pubsub/quotas, read 2026-11), and
# `source` becomes one.
_MAX_NAME_CHARACTERS = 256
_MAX_LABELS = 64


class RequestKind(StrEnum):
    """What a request asks for; the value is the member that says so."""

    AGENT_MESSAGE = "contentMessage"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who asked, and what they want back in the record and in every update."""

    source: str = ""
    client_reference: str = ""
    labels: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class SendRequest:
    """A request that may go to the platform. `message_id` is the same on every repeat.

    `agent_message` is the body of the create call; empty for a revoke, whose `message_id` is the message's.
    """

    kind: RequestKind
    agent_id: str
    phone_number: str
    message_id: str
    agent_message: JsonObject
    expire_time: datetime | None
    sender: Sender


@dataclass(frozen=True, slots=True)
class Origin:
    """How a request came in. `fallback_key` makes the message id where the request names none."""

    fallback_key: str
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """What an invalid request still says about itself: enough to record why it was refused."""

    agent_id: str
    phone_number: str
    message_id: str
    sender: Sender


class InvalidRequest(FaultyInput, MalformedInput):
    """A request that can never succeed. `claim` is there where it names its agent and message."""

    def __init__(self, faults: tuple[Fault, ...], claim: Claim | None) -> None:
        super().__init__(faults)
        self.claim = claim


class AgentNotServed(InvalidRequest):
    """A sound request for an agent that this deployment may not send as."""


def parse_request(data: bytes, origin: Origin) -> SendRequest:
    """The request that these bytes are; raises InvalidRequest with every fault."""
    try:
        fields = decode_object(data)
    except NotJson as error:
        raise InvalidRequest((Fault("", str(error)),), None) from None
    faults = (*find_faults(_REQUEST, fields), *_find_conflicts(fields, origin.requested_at))
    if faults:
        raise InvalidRequest(faults, _read_claim(fields, origin))
    return _read_request(fields, origin)


def check_agent(request: SendRequest, agents: Collection[str]) -> None:
    """Raises AgentNotServed unless the request's agent is among `agents`; none means all."""
    if not agents or request.agent_id in agents:
        return
    fault = Fault("agentId", "is not an agent that this deployment sends as")
    claim = Claim(request.agent_id, request.phone_number, request.message_id, request.sender)
    raise AgentNotServed((fault,), claim)


_NAME = text(at_most=_MAX_NAME_CHARACTERS)
_AGENT_ID = text(at_most=200, pattern=r"[^\s/@]+(@rbm\.goog)?", form='an agent id like "growing-tree-bank"')
_PHONE_NUMBER = text(pattern=r"\+[1-9]\d{6,14}", form='an E.164 number like "+14155550101"')


def _uuid(value: object, path: str) -> Iterator[Fault]:
    if not isinstance(value, str) or parse_uuid(value) is None:
        yield Fault(path, "must be a UUID")


def _labels(value: object, path: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield Fault(path, "must be an object of texts")
        return
    if len(value) > _MAX_LABELS:
        yield Fault(path, f"has {len(value)} entries, at most {_MAX_LABELS} are allowed")
    for name, label in value.items():
        yield from text(at_most=64, pattern=r"[a-zA-Z][\w.-]*", form="a name like campaign")(
            name, f"{path}.*"
        )
        yield from text(at_most=_MAX_NAME_CHARACTERS, at_least=0)(label, join(path, name))


_REQUEST_MEMBERS: dict[str, Check] = {
    "agentId": _AGENT_ID,
    "phoneNumber": _PHONE_NUMBER,
    **AGENT_MESSAGE_MEMBERS,
    "revoke": members({"messageId": _uuid}, required=("messageId",), closed=True),
    "messageId": _uuid,
    "idempotencyKey": _NAME,
    "source": _NAME,
    "clientReference": _NAME,
    "labels": _labels,
}
_REQUEST = members(
    _REQUEST_MEMBERS,
    required=("agentId", "phoneNumber"),
    exactly_one_of=tuple(RequestKind),
    closed=True,
)


def _find_conflicts(fields: JsonObject, requested_at: datetime) -> Iterator[Fault]:
    """Faults that lie between fields."""
    for one, other in (("ttl", "expireTime"), ("messageId", "idempotencyKey")):
        if one in fields and other in fields:
            yield Fault("", f"has {one} and {other}, at most one is allowed")
    if RequestKind.REVOKE in fields:
        for name in (*AGENT_MESSAGE_MEMBERS, "messageId"):
            if name in fields and name != RequestKind.AGENT_MESSAGE:
                yield Fault(name, "has no meaning in a revoke")
    expire_time = parse_rfc3339(fields.get("expireTime"))
    if expire_time and expire_time - requested_at > timedelta(seconds=MAX_TTL_SECONDS):
        yield Fault("expireTime", "is more than 15 days ahead")
    yield from check_size(_read_agent_message(fields))


def _read_request(fields: JsonObject, origin: Origin) -> SendRequest:
    kind = next(kind for kind in RequestKind if kind in fields)
    revoked = fields.get("revoke", {}).get("messageId")
    return SendRequest(
        kind=kind,
        agent_id=shorten_agent_id(fields["agentId"]),
        phone_number=fields["phoneNumber"],
        message_id=parse_uuid(revoked) if revoked else _decide_message_id(fields, origin),  # type: ignore[arg-type]
        agent_message=_read_agent_message(fields),
        expire_time=_find_expire_time(fields, origin.requested_at),
        sender=_read_sender(fields),
    )


def _read_agent_message(fields: JsonObject) -> JsonObject:
    return {name: fields[name] for name in AGENT_MESSAGE_MEMBERS if name in fields}


def _decide_message_id(fields: JsonObject, origin: Origin) -> str:
    """The caller's UUID, or the one that its key makes, or the one that the delivery's id makes."""
    named = fields.get("messageId")
    if named is not None:
        return parse_uuid(named) or derive_message_id(fields["agentId"], origin.fallback_key)
    return derive_message_id(fields["agentId"], fields.get("idempotencyKey", origin.fallback_key))


def _find_expire_time(fields: JsonObject, requested_at: datetime) -> datetime | None:
    if "ttl" in fields:
        return requested_at + timedelta(seconds=parse_ttl_seconds(fields["ttl"]))
    return parse_rfc3339(fields.get("expireTime"))


def _read_sender(fields: JsonObject) -> Sender:
    return Sender(
        source=fields.get("source", ""),
        client_reference=fields.get("clientReference", ""),
        labels=fields.get("labels"),
    )


def _read_claim(fields: JsonObject, origin: Origin) -> Claim | None:
    """Only what passes its own check is believed; without an agent there is no place for a record."""
    sound: dict[str, Any] = {
        name: fields[name]
        for name in (
            "agentId",
            "phoneNumber",
            "messageId",
            "idempotencyKey",
            "source",
            "clientReference",
            "labels",
        )
        if name in fields and not find_faults(_REQUEST_MEMBERS[name], fields[name])
    }
    if "agentId" not in sound:
        return None
    return Claim(
        agent_id=shorten_agent_id(sound["agentId"]),
        phone_number=sound.get("phoneNumber", ""),
        message_id=_decide_message_id(sound, origin),
        sender=_read_sender(sound),
    )
