"""Events that the webhook keeps while their topic takes none: `spill/{SHA-256 of the signed bytes}`.

    topic away ─▶ drained 0 ──drain: publish, then mark──▶ drained 1 ──a day──▶ purged

The same event that is spilled again is the same document: its bytes are fixed, each delivery of it is an
element of its own, and `drained` only ever rises. What was drained is published; spilled again, it stays so.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rbm_ledger.domain.ledger import DocumentPath, FieldPath, Merge, Query, Record
from rbm_ledger.domain.times import parse_rfc3339

COLLECTION = "spill"
DRAINED: FieldPath = ("drained",)

# Not drained, it is the only copy, for Google has had its 200: it stays. Drained, Pub/Sub has it too.
DRAINED_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SpilledEvent:
    """The signed bytes, and of the first of its deliveries the attributes and when it came."""

    payload: bytes
    attributes: Mapping[str, str]
    received_at: datetime | None


def spill_path(payload: bytes) -> DocumentPath:
    return (COLLECTION, hashlib.sha256(payload).hexdigest())


def merge_spilled(payload: bytes, attributes: Mapping[str, str]) -> Merge:
    """Keeps the event, and what it would have been published with. A body that webhook takes always fits."""
    return Merge(
        spill_path(payload),
        values={("raw",): payload},
        maxima={DRAINED: 0},
        unions={("deliveries",): (dict(attributes),)},
    )


def merge_drained(payload: bytes, now: datetime) -> Merge:
    """To be written once it is published, never before."""
    return Merge(spill_path(payload), values={("drainedTime",): now}, maxima={DRAINED: 1})


def waiting_events(*, limit: int, offset: int = 0) -> Query:
    """Those that are not drained, but for the first `offset`; in the order of their names: at random."""
    return Query(COLLECTION, (), DRAINED, at_least=0, at_most=0, limit=limit, offset=offset)


def read_spilled(record: Record) -> SpilledEvent | None:
    """None for a document that the webhook did not write."""
    payload, delivery = record.get("raw"), first_delivery(record)
    if not isinstance(payload, bytes) or not payload or delivery is None:
        return None
    return SpilledEvent(payload, delivery, parse_rfc3339(delivery.get("receivedTime")))


def first_delivery(record: Record) -> Mapping[str, str] | None:
    """The attributes of the one that came first, of those that are attributes; None where none is."""
    deliveries = record.get("deliveries")
    described = filter(_is_attributes, deliveries if isinstance(deliveries, list) else ())
    return min(described, key=lambda delivery: str(delivery.get("receivedTime", "")), default=None)


def _is_attributes(delivery: Any) -> bool:
    return isinstance(delivery, Mapping) and all(isinstance(value, str) for value in delivery.values())
