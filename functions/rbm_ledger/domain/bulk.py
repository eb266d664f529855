"""One request for many recipients: split into one request each, with the same ids on every repeat."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from rbm_ledger.domain.checks import MAX_FAULTS, find_faults, items, members, name_fault
from rbm_ledger.domain.errors import Fault
from rbm_ledger.domain.identifiers import derive_message_id, shorten_agent_id
from rbm_ledger.domain.json_bytes import JsonObject, encode_compact
from rbm_ledger.domain.request_members import (
    CHECK_BULK,
    PHONE_NUMBER,
    REQUEST_MEMBERS,
    TEMPLATES,
    RequestKind,
    find_kind,
    find_request_faults,
)
from rbm_ledger.domain.requests import (
    Claim,
    InvalidRequest,
    Origin,
    SendRequest,
    read_claim,
    read_request,
)

MAX_RECIPIENTS = 1000
# Of all requests together: they are in memory at once, beside those of others.
_MAX_PARTS_BYTES = 50_000_000
# Of what all recipients share: several times the largest message and its fallback.
_MAX_COMMON_BYTES = 1_000_000
# Of all recipients together: a second of work.
_MAX_PLACES = 1_000_000

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z][\w.-]*)\s*\}\}", re.ASCII)


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """`requests` in the order of the recipients; `parts` are the same as JSON, each with its message id."""

    agent_id: str
    claim: Claim | None
    requests: tuple[SendRequest, ...]
    parts: tuple[bytes, ...]
    is_validated_only: bool


RECIPIENTS = items(
    members(
        {
            "phoneNumber": PHONE_NUMBER,
            "values": members({}),
            "clientReference": REQUEST_MEMBERS["clientReference"],
            "labels": REQUEST_MEMBERS["labels"],
        },
        required=("phoneNumber",),
        closed=True,
    ),
    at_least=1,
    at_most=MAX_RECIPIENTS,
)


def read_bulk(fields: JsonObject, origin: Origin) -> BulkRequest:
    """The requests that these fields are; raises InvalidRequest with every fault."""
    recipients = fields["recipients"]
    claim = read_claim(fields, origin)
    faults = [*find_faults(CHECK_BULK, fields), *find_faults(RECIPIENTS, recipients, "recipients")]
    faults += _find_misfits(fields)
    if not faults:
        faults += (*_find_repeats(recipients), *_find_excess(fields, recipients))
    if faults:
        raise InvalidRequest(tuple(faults[:MAX_FAULTS]), claim, is_for_many=True)
    singles = [_make_single(fields, recipient, origin) for recipient in recipients]
    missing, wrong = _find_missing_values(fields, recipients), _find_single_faults(singles, origin)
    found = tuple(islice(chain(missing, wrong), MAX_FAULTS))
    if found:
        raise InvalidRequest(found, claim, is_for_many=True)
    return BulkRequest(
        agent_id=shorten_agent_id(fields["agentId"]),
        claim=claim,
        requests=tuple(read_request(single, origin) for single in singles),
        parts=tuple(encode_compact(single) for single in singles),
        is_validated_only=fields.get("validateOnly", False),
    )


def _make_single(fields: JsonObject, recipient: JsonObject, origin: Origin) -> dict[str, Any]:
    """The request to one recipient. Its id follows from the key of all and from its number."""
    values = recipient.get("values", {})
    single = {name: fields[name] for name in fields if name not in ("recipients", "idempotencyKey")}
    single |= {name: _fill(single[name], values) for name in TEMPLATES if name in single}
    single |= {
        name: recipient[name] for name in ("phoneNumber", "clientReference", "labels") if name in recipient
    }
    key = fields.get("idempotencyKey", origin.fallback_key)
    agent_id = fields["agentId"]
    if isinstance(agent_id, str):
        single["messageId"] = derive_message_id(agent_id, f"{key}/{recipient['phoneNumber']}")
    return single


def _fill(template: Any, values: Mapping[str, Any]) -> Any:
    match template:
        case str():
            return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), template)
        case dict():
            return {name: _fill(member, values) for name, member in template.items()}
        case list():
            return [_fill(item, values) for item in template]
    return template


def _find_misfits(fields: JsonObject) -> Iterator[Fault]:
    if "messageId" in fields:
        yield Fault("messageId", "names one message; recipients need an idempotencyKey")
    if "phoneNumber" in fields:
        yield Fault("", "has phoneNumber and recipients, at most one is allowed")
    if find_kind(fields) not in (None, RequestKind.AGENT_MESSAGE):
        yield Fault("recipients", f"has no meaning beside {find_kind(fields)}")


def _find_repeats(recipients: list[JsonObject]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for index, recipient in enumerate(recipients):
        place = first.setdefault(recipient["phoneNumber"], index)
        if place != index:
            yield Fault(f"recipients[{index}].phoneNumber", f"is that of recipients[{place}]")


def _find_excess(fields: JsonObject, recipients: list[JsonObject]) -> Iterator[Fault]:
    """Before anything is put in: a few values in many places could be more than any memory holds."""
    common = {name: value for name, value in fields.items() if name != "recipients"}
    common_bytes = len(encode_compact(common))
    if common_bytes > _MAX_COMMON_BYTES:  # which bounds the work that follows
        problem = f"has {common_bytes} bytes as JSON without its recipients, at most {_MAX_COMMON_BYTES} are"
        yield Fault("", f"{problem} allowed")
        return
    places = Counter(_list_placeholders([fields.get(name) for name in TEMPLATES]))
    place_count = len(recipients) * places.total()
    if place_count > _MAX_PLACES:
        yield Fault("recipients", f"make {place_count} places for values, at most {_MAX_PLACES} are allowed")
    size_bytes = len(recipients) * common_bytes + sum(
        places[name] * len(encode_compact(str(value)))
        for recipient in recipients
        for name, value in recipient.get("values", {}).items()
        if name in places
    )
    if size_bytes > _MAX_PARTS_BYTES:
        problem = f"make {size_bytes} bytes of requests, at most {_MAX_PARTS_BYTES} are allowed at once"
        yield Fault("recipients", problem)


def _find_missing_values(fields: JsonObject, recipients: list[JsonObject]) -> Iterator[Fault]:
    wanted = sorted(set(_list_placeholders([fields.get(name) for name in TEMPLATES])))
    for index, recipient in enumerate(recipients):
        values = recipient.get("values", {})
        for name in wanted:
            path = f"recipients[{index}].values"
            if name not in values:
                yield name_fault(path, name, "is missing: a text has a place for it")
            elif not isinstance(values[name], str | int | float) or isinstance(values[name], bool):
                yield name_fault(path, name, "must be a text or a number")


def _list_placeholders(template: Any) -> Iterator[str]:
    """The name in each place."""
    match template:
        case str():
            yield from _PLACEHOLDER.findall(template)
        case dict() | list():
            for member in template.values() if isinstance(template, dict) else template:
                yield from _list_placeholders(member)


def _find_single_faults(singles: list[dict[str, Any]], origin: Origin) -> Iterator[Fault]:
    """A fault that all have is that of the common part, and named once."""
    places: dict[Fault, list[int]] = {}
    for index, single in enumerate(singles):
        for fault in dict.fromkeys(find_request_faults(single, origin.requested_at)):
            places.setdefault(fault, []).append(index)
    for fault, indices in places.items():
        if len(indices) == len(singles):
            yield fault
        else:
            yield from (_fault_of_one(f"recipients[{index}]", fault) for index in indices)


def _fault_of_one(path: str, fault: Fault) -> Fault:
    return Fault(path, str(fault), logged=f"{path}: {fault.describe_for_log()}")
