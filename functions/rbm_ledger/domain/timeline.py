"""The life of a message in the order it happened, read from its document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rbm_ledger.domain.explanations import explain
from rbm_ledger.domain.fallback import first_decision
from rbm_ledger.domain.ledger import Record, state_of
from rbm_ledger.domain.times import format_rfc3339

# Steps that carry the same time stand in the order in which they can only have happened.
_ORDER = ("requested", "attempted", "accepted", "DELIVERED", "READ", "revoked", "fallback")
_BEFORE_ALL = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """`at` is None where nobody said when.

    `what` is an eventType, or one of requested, attempted, accepted, revoked, tapped, given up, fallback,
    unresolved.
    """

    what: str
    at: datetime | None
    detail: str = ""


def timeline(record: Record) -> tuple[Step, ...]:
    """Every step that the document knows of, by time; steps without a time stand first, by name."""
    return tuple(sorted(_steps(record), key=_sort_key))


def describe_timeline(record: Record) -> list[dict[str, str]]:
    """The timeline as JSON: `[{"what", "at"?, "detail"?}]`."""
    return [
        {
            "what": step.what,
            **({"at": format_rfc3339(step.at)} if step.at else {}),
            **({"detail": step.detail} if step.detail else {}),
        }
        for step in timeline(record)
    ]


def describe_record(record: Record) -> dict[str, Any]:
    """A message's document as JSON, with its state in words, why it is in it, and its timeline."""
    described: dict[str, Any] = _to_json(record)
    described["state"] = state_of(record).label
    described["explanation"] = explain(record)
    described["timeline"] = describe_timeline(record)
    return described


def _to_json(value: Any) -> Any:
    match value:
        case datetime():
            return format_rfc3339(value)
        case Mapping():
            return {name: _to_json(member) for name, member in value.items()}
        case list() | tuple():
            return [_to_json(item) for item in value]
    return value


def _steps(record: Record) -> Iterator[Step]:
    for field, what in (
        ("requestedTime", "requested"),
        ("acceptedTime", "accepted"),
        ("revokedTime", "revoked"),
        ("gaveUpTime", "given up"),
        ("unresolvedTime", "unresolved"),
    ):
        if field in record:
            yield Step(what, record[field])
    for attempt in record.get("attempts", ()):
        yield Step("attempted", attempt["at"], f"{attempt['httpStatus'] or ''} {attempt['status']}".strip())
    for event in record.get("events", ()):
        yield Step(event["eventType"], event.get("sendTime"))
    for tap in record.get("taps", ()):
        yield Step("tapped", tap.get("sendTime"), said if isinstance(said := tap.get("text"), str) else "")
    decision = first_decision(record)
    if decision is not None:
        yield Step("fallback", decision.decided_at, f"{decision.reason}, {decision.certainty}")


def _sort_key(step: Step) -> tuple[datetime, int, str, str]:
    place = _ORDER.index(step.what) if step.what in _ORDER else len(_ORDER)
    return (step.at or _BEFORE_ALL, place, step.what, step.detail)
