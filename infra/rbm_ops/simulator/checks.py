"""What the API demands of a request. Each check raises INVALID_ARGUMENT and names all that is wrong."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from rbm_ledger.domain.agent_message import (
    AGENT_MESSAGE_MEMBERS,
    MAX_TTL_SECONDS,
    parse_ttl_seconds,
)
from rbm_ledger.domain.checks import Check, find_faults, members, text
from rbm_ledger.domain.errors import Fault
from rbm_ledger.domain.identifiers import parse_uuid
from rbm_ledger.domain.times import parse_rfc3339
from rbm_ops.simulator.agents import Agent, UseCase
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.resources import JsonObject

_PHONE_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
# Assumed, for ids that need not be UUIDs: whatever can stand in a resource's name.
_LOOSE_ID = re.compile(r"[^/\s]{1,200}")
_LONGEST_LIFE = timedelta(seconds=MAX_TTL_SECONDS)
_UNSPECIFIED = ("", "MESSAGE_TRAFFIC_TYPE_UNSPECIFIED")

_AGENT_MESSAGE = members(AGENT_MESSAGE_MEMBERS, required=("contentMessage",))
# Source: reference/rest/v1/phones.agentEvents, April 2026.
_AGENT_EVENTS: dict[str, Check] = {
    "READ": members({"messageId": text()}, required=("messageId",)),
    "IS_TYPING": members({}),
}


def invalid(message: str) -> ApiError:
    return ApiError(Status.INVALID_ARGUMENT, message)


def refuse(faults: Iterable[Fault]) -> None:
    """Raises if there are any; the message names every one."""
    if problems := "; ".join(map(str, faults)):
        raise invalid(problems)


def require_parameter(parameters: Mapping[str, object], name: str) -> str:
    value = parameters.get(name)
    if isinstance(value, str) and value:
        return value
    raise invalid(f"The parameter {name} is required.")


def require_id(parameters: Mapping[str, object], name: str, *, strict: bool) -> str:
    value = require_parameter(parameters, name)
    if parse_uuid(value) or (not strict and _LOOSE_ID.fullmatch(value)):
        return value
    raise invalid(f"The parameter {name} must be {'a UUID' if strict else 'a word'}.")


def require_phone_number(value: object) -> str:
    if isinstance(value, str) and _PHONE_NUMBER.fullmatch(value):
        return value
    raise invalid("A phone number must be in E.164 format.")


def check_agent_message(body: JsonObject, agent: Agent, now: datetime) -> None:
    """All that the request alone can tell: its form, its limits, its life, its traffic type."""
    refuse((*find_faults(_AGENT_MESSAGE, body), *_find_conflicts(body, agent, now)))


def check_agent_event(body: JsonObject) -> None:
    check = _AGENT_EVENTS.get(str(body.get("eventType")))
    if check is None:
        raise invalid(f"eventType: must be {' or '.join(_AGENT_EVENTS)}")
    refuse(find_faults(check, body))


def read_expire_time(body: JsonObject, sent_at: datetime) -> datetime | None:
    """When a message that was found valid expires, by its `expireTime` or its `ttl`."""
    if "ttl" in body:
        return sent_at + timedelta(seconds=parse_ttl_seconds(body["ttl"]))
    return parse_rfc3339(body.get("expireTime"))


def _find_conflicts(body: JsonObject, agent: Agent, now: datetime) -> Iterator[Fault]:
    """What no table of members can see. Source: reference/rest/v1/phones.agentMessages, April 2026."""
    if "ttl" in body and "expireTime" in body:
        yield Fault("", "has ttl and expireTime, at most one is allowed")
    expire_time = parse_rfc3339(body.get("expireTime"))
    if expire_time and expire_time - now > _LONGEST_LIFE:
        yield Fault("expireTime", "is more than 15 days ahead")
    if expire_time and expire_time <= now:  # assumed
        yield Fault("expireTime", "is in the past")
    if agent.use_case is UseCase.MULTI_USE and body.get("messageTrafficType", "") in _UNSPECIFIED:
        yield Fault("messageTrafficType", "is required for an agent with several uses")
