"""Writes that commute: what may be merged into a document, and what a document says after it.

Every write is a `Merge`: fixed values, maxima, minima and unions. It never depends on what is stored, so any
order, repetition and interleaving of the same merges ends in the same document (DESIGN, section 3).
`fold` is what the database does with a merge; the two must agree, and a contract test holds them to it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from rbm_ledger.domain.identifiers import make_document_id

SCHEMA_VERSION = 1

# Who has opted out stays so, however long nobody writes.
_KEPT_COLLECTIONS = frozenset({"agents", "consents", "evidence"})

FieldPath = tuple[str, ...]
DocumentPath = tuple[str, ...]
Record = Mapping[str, Any]
# What the maxima and minima of a merge have come to: not what it said, where others have written too.
Reached = Mapping[FieldPath, int]


class State(IntEnum):
    """States of a message by rank: the highest that was ever reached wins."""

    UNKNOWN_MESSAGE = 0  # an event came for a message that this system has not recorded (yet)
    PENDING = 10  # the call's outcome is not known yet; it will be repeated with the same id
    SUPPRESSED = 20  # not sent: opted out, expired, or refused by a guard
    REJECTED = 21  # refused for good by the platform, or invalid
    UNREACHABLE = 22  # 404: no RCS at this number or network
    ACCEPTED = 30
    UNRESOLVED = 35  # nothing came until its expiry and some grace, or for 30 days, and nobody asks again
    EXPIRY_INCONCLUSIVE = 40
    EXPIRED = 50
    REVOKED = 51
    DELIVERED = 60  # beats every expiry and revocation (send guide, read 2026-04)
    READ = 70  # implies delivered

    @property
    def label(self) -> str:
        return self.name.lower()


_STATES: Mapping[int, State] = {state.value: state for state in State}


@dataclass(frozen=True, slots=True)
class Merge:
    """One write into one document. Paths are tuples of names: `("consent", "optedOutAtMs")`."""

    document: DocumentPath
    values: Mapping[FieldPath, Any] = field(default_factory=dict)
    maxima: Mapping[FieldPath, int] = field(default_factory=dict)
    unions: Mapping[FieldPath, tuple[Any, ...]] = field(default_factory=dict)
    minima: Mapping[FieldPath, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Query:
    """Documents of one collection below `parent`, or, where that is None, of all collections of this name.

    Those whose fields equal `equals`, and whose one field `bound` is `at_least` or `at_most` so much;
    in the order of that field, and then of their names; but for the first `offset` of them.
    """

    collection: str
    parent: DocumentPath | None
    bound: FieldPath
    at_least: int | None = None
    at_most: int | None = None
    equals: Mapping[FieldPath, Any] = field(default_factory=dict)
    limit: int = 100
    offset: int = 0


def message_path(agent_id: str, message_id: str) -> DocumentPath:
    return (*agent_path(agent_id), "messages", make_document_id(message_id))


def conversation_path(agent_id: str, phone_number: str) -> DocumentPath:
    return (*agent_path(agent_id), "conversations", make_document_id(phone_number))


def agent_path(agent_id: str) -> DocumentPath:
    return ("agents", make_document_id(agent_id))


def consent_path(agent_id: str, brand: str, phone_number: str) -> DocumentPath:
    """Consent is a matter of the brand where the agent has one, else of the agent alone."""
    owner = ("brands", make_document_id(brand)) if brand else agent_path(agent_id)
    return (*owner, "consents", make_document_id(phone_number))


def quarantine_path(payload: bytes) -> DocumentPath:
    return ("quarantine", hashlib.sha256(payload).hexdigest())


def state_of(record: Record) -> State:
    """The state a message's document is in; a rank of a newer version counts as the nearest below."""
    rank = record.get("stateRank", 0)
    return _STATES.get(rank) or max(
        (state for state in State if state <= rank), default=State.UNKNOWN_MESSAGE
    )


def is_orphan(record: Record) -> bool:
    """Whether events came for a message whose request `send` has not recorded (yet)."""
    return bool(record.get("events")) and "requestedTime" not in record


def stamp(merge: Merge, *, now: datetime, retention: timedelta | None) -> Merge:
    """The merge with the fields that every document carries and nobody decides on.

    What must not be forgotten carries no `purgeTime`; nor does this write where `retention` is None.
    """
    stamps: dict[FieldPath, Any] = {("updatedTime",): now, ("schemaVersion",): SCHEMA_VERSION}
    if retention is not None and merge.document[-2] not in _KEPT_COLLECTIONS:
        stamps[("purgeTime",)] = now + retention
    return replace(merge, values={**merge.values, **stamps})


def combine(*merges: Merge) -> Merge:
    """One merge that does what all of these do, in their order, for the same document."""
    values: dict[FieldPath, Any] = {}
    maxima: dict[FieldPath, int] = {}
    unions: dict[FieldPath, list[Any]] = {}
    minima: dict[FieldPath, int] = {}
    for merge in merges:
        values.update(merge.values)
        for path, maximum in merge.maxima.items():
            maxima[path] = max(maximum, maxima.get(path, maximum))
        for path, minimum in merge.minima.items():
            minima[path] = min(minimum, minima.get(path, minimum))
        for path, elements in merge.unions.items():
            _add_missing(unions.setdefault(path, []), elements)
    together = {path: tuple(elements) for path, elements in unions.items()}
    return Merge(merges[0].document, values, maxima, together, minima)


def fold(record: Record | None, merge: Merge) -> dict[str, Any]:
    """The document after this merge; `record` is left as it was."""
    folded = _copy_maps(record or {})
    for path, value in merge.values.items():
        _set(folded, path, value)
    for path, maximum in merge.maxima.items():
        stored = _get(folded, path)
        _set(folded, path, max(stored, maximum) if isinstance(stored, int) else maximum)
    for path, minimum in merge.minima.items():
        stored = _get(folded, path)
        _set(folded, path, min(stored, minimum) if isinstance(stored, int) else minimum)
    for path, elements in merge.unions.items():
        stored = _get(folded, path)
        union = list(stored) if isinstance(stored, list) else []
        _add_missing(union, elements)
        _set(folded, path, union)
    return folded


def is_undisturbed(folded: Record, merge: Merge, reached: Reached) -> bool:
    """Whether the database came to the same maxima as the fold, and told of all of them."""
    return bool(merge.maxima) and all(
        reached.get(path) == _get(folded, path) for path in {**merge.maxima, **reached}
    )


def _add_missing(union: list[Any], elements: Iterable[Any]) -> None:
    for element in elements:
        if not any(_equal(element, present) for present in union):
            union.append(element)


def _equal(one: Any, other: Any) -> bool:
    """As the database sees it: 1 and 1.0 are the same, 1 and true are not."""
    if isinstance(one, str) or isinstance(other, str):
        return bool(one == other)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_equal(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)


def _copy_maps(record: Record) -> dict[str, Any]:
    return {
        name: _copy_maps(value) if isinstance(value, Mapping) else value for name, value in record.items()
    }


def _get(record: Record, path: FieldPath) -> Any:
    value: Any = record
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _set(record: dict[str, Any], path: FieldPath, value: Any) -> None:
    for name in path[:-1]:
        if not isinstance(record.get(name), dict):
            record[name] = {}
        record = record[name]
    record[path[-1]] = value
