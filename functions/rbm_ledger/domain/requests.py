"""The send request that other services publish or POST: parsed, checked, and given its message id.

One agent, and exactly one of: a contentMessage (to a phoneNumber, or to many recipients), a revoke, an
agentEvent, a capability question, a consent, a fileUpload (DESIGN, section 7). The table: request_members.py.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from rbm_ledger.domain.agent_message import parse_ttl_seconds
from rbm_ledger.domain.checks import find_faults
from rbm_ledger.domain.errors import Fault, FaultyInput, MalformedInput
from rbm_ledger.domain.fallback import Fallback, read_fallback
from rbm_ledger.domain.identifiers import derive_message_id, parse_uuid, shorten_agent_id
from rbm_ledger.domain.json_bytes import JsonObject
from rbm_ledger.domain.policies import AgentPolicies, AgentPolicy
from rbm_ledger.domain.request_members import (
    REQUEST_MEMBERS,
    RequestKind,
    find_kind,
    find_request_faults,
    read_agent_message,
)
from rbm_ledger.domain.times import parse_rfc3339


@dataclass(frozen=True, slots=True)
class Sender:
    """Who asked, and what they want back in the record and in every update."""

    source: str = ""
    client_reference: str = ""
    labels: Mapping[str, str] | None = None

    def describe(self) -> dict[str, Any]:
        """As JSON; what was not given is left out."""
        named = {"source": self.source, "clientReference": self.client_reference, "labels": self.labels}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a refused request says about itself: enough to record why, and to tell whoever asked."""

    agent_id: str
    phone_number: str
    message_id: str
    sender: Sender


@dataclass(frozen=True, slots=True)
class SendRequest:
    """A request that may go to the platform. `message_id` is the same on every repeat.

    `agent_message` is the body of the create call; `details` the member that names any other kind. A revoke's
    `message_id` is that of the message. `fingerprint` differs where anything differs that is asked for.
    """

    kind: RequestKind
    agent_id: str
    phone_number: str
    message_id: str
    agent_message: JsonObject
    expire_time: datetime | None
    sender: Sender
    fingerprint: str
    details: JsonObject = field(default_factory=dict)
    fallback: Fallback | None = None
    tracks_taps: bool = False
    is_validated_only: bool = False

    def claim(self) -> Claim:
        return Claim(self.agent_id, self.phone_number, self.message_id, self.sender)


@dataclass(frozen=True, slots=True)
class Origin:
    """How a request came in. `fallback_key` makes the message id where the request names none.

    After a delivery that `is_last` nobody repeats it: it goes to the dead letters.
    """

    fallback_key: str
    requested_at: datetime
    is_first: bool = True
    is_last: bool = False


class InvalidRequest(FaultyInput, MalformedInput):
    """A request that can never succeed. `claim` is there where it names its agent."""

    def __init__(self, faults: tuple[Fault, ...], claim: Claim | None, *, is_for_many: bool = False) -> None:
        super().__init__(faults)
        self.claim = claim
        self.is_for_many = is_for_many


class AgentNotServed(InvalidRequest):
    """A sound request for an agent that this deployment, or this source, may not send as."""


def read_request(fields: JsonObject, origin: Origin) -> SendRequest:
    """The request that these fields are, for one message at most; raises InvalidRequest with every fault."""
    faults = find_request_faults(fields, origin.requested_at)
    kind = find_kind(fields)
    if faults or kind is None:
        raise InvalidRequest(faults, read_claim(fields, origin))
    revoked = fields.get("revoke", {}).get("messageId")
    return SendRequest(
        kind=kind,
        agent_id=shorten_agent_id(fields["agentId"]),
        phone_number=fields.get("phoneNumber", ""),
        message_id=(
            parse_uuid(revoked)  # type: ignore[arg-type]
            if revoked
            else decide_message_id(fields, origin, is_event=kind is RequestKind.AGENT_EVENT)
        ),
        agent_message=read_agent_message(fields),
        expire_time=_find_expire_time(fields, origin.requested_at),
        sender=_read_sender(fields),
        fingerprint=_fingerprint(fields),
        details={} if kind is RequestKind.AGENT_MESSAGE else fields[kind],
        fallback=read_fallback(fields.get("fallback")),
        tracks_taps=fields.get("trackTaps", False),
        is_validated_only=fields.get("validateOnly", False),
    )


def check_agent(request: SendRequest, policies: AgentPolicies) -> AgentPolicy:
    """The policy of the request's agent; raises AgentNotServed where none lets it pass."""
    policy = policies.find(request.agent_id)
    if policy is None:
        fault = Fault("agentId", "is not an agent that this deployment sends as")
    elif policy.sources and request.sender.source not in policy.sources:
        fault = Fault("source", f"must be one of {', '.join(sorted(policy.sources))} to send as this agent")
    else:
        return policy
    raise AgentNotServed((fault,), request.claim())


def shorten_ttl(request: SendRequest, now: datetime) -> SendRequest:
    """The request as it is called now: its ttl counts from the request, for the platform from the call."""
    if request.expire_time is None or "ttl" not in request.agent_message:
        return request
    left_seconds = max(0.001, (request.expire_time - now).total_seconds())
    if left_seconds > parse_ttl_seconds(request.agent_message["ttl"]) - _PROMPT_SECONDS:
        return request
    agent_message = {**request.agent_message, "ttl": f"{left_seconds:.3f}s"}
    return dataclasses.replace(request, agent_message=agent_message)


def decide_message_id(fields: JsonObject, origin: Origin, *, is_event: bool) -> str:
    """The caller's UUID, or the one that its key makes, or the one that the delivery's id makes."""
    named = fields.get("messageId")
    if named is not None:
        return parse_uuid(named) or derive_message_id(fields["agentId"], origin.fallback_key)
    key = fields.get("idempotencyKey", origin.fallback_key)
    return derive_message_id(fields["agentId"], f"{key}{_EVENT_MARK}" if is_event else key)


def read_claim(fields: JsonObject, origin: Origin) -> Claim | None:
    """Only what passes its own check is believed; without an agent there is no place for a record."""
    sound: dict[str, Any] = {
        name: fields[name]
        for name in _CLAIMED
        if name in fields and not find_faults(REQUEST_MEMBERS[name], fields[name])
    }
    if "agentId" not in sound:
        return None
    return Claim(
        agent_id=shorten_agent_id(sound["agentId"]),
        phone_number=sound.get("phoneNumber", ""),
        message_id=decide_message_id(sound, origin, is_event=RequestKind.AGENT_EVENT in fields),
        sender=_read_sender(sound),
    )


# The platform ignores a message whose id was that of an event (rbm-platform, section 0, fact 12).
_EVENT_MARK = "#agentEvent"
_CLAIMED = (
    *("agentId", "phoneNumber", "messageId", "idempotencyKey"),
    *("source", "clientReference", "labels"),
)
# A call that comes so soon leaves the ttl as it was asked for.
_PROMPT_SECONDS = 1
# Who asks, and under which name, is no part of what is asked for.
_NOT_ASKED_FOR = frozenset(
    {"agentId", "messageId", "idempotencyKey", "source", "clientReference", "labels", "validateOnly"}
)


def _fingerprint(fields: JsonObject) -> str:
    asked_for = {name: value for name, value in fields.items() if name not in _NOT_ASKED_FOR}
    return hashlib.sha256(json.dumps(asked_for, sort_keys=True).encode()).hexdigest()


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
