"""Events that the webhook keeps while their topic takes none: `spill/{hash}`, a document for each delivery.

    topic away ─▶ drained 0 ──drain: publish, then mark──▶ drained 1 ──a day──▶ purged

The hash is of the time when the delivery came and of the signed bytes. The same write again is the same
document, and `drained` only ever rises. The same bytes at another time are another document: where they carry
neither id nor time they may be another word (STOP, START, STOP).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from rbm_ledger.domain.ledger import DocumentPath, FieldPath, Merge, Query, Record
from rbm_ledger.domain.times import parse_rfc3339

COLLECTION = "spill"
DRAINED: FieldPath = ("drained",)

# Not drained, it is the only copy, for Google has had its 200: it stays. Drained, Pub/Sub has it too.
DRAINED_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SpilledEvent:
    """The signed bytes of a delivery, and what they are published with."""

    payload: bytes
    attributes: Mapping[str, str]

    @property
    def received_at(self) -> datetime | None:
        return parse_rfc3339(self.attributes.get("receivedTime"))


def spill_path(payload: bytes, attributes: Mapping[str, str]) -> DocumentPath:
    received_time = attributes.get("receivedTime", "")
    return (COLLECTION, hashlib.sha256(received_time.encode() + payload).hexdigest())


def merge_spilled(payload: bytes, attributes: Mapping[str, str]) -> Merge:
    """Keeps the event, and what it would have been published with. A body that webhook takes always fits."""
    return Merge(
        spill_path(payload, attributes),
        values={("raw",): payload, ("attributes",): dict(attributes)},
        maxima={DRAINED: 0},
    )


def merge_drained(event: SpilledEvent, now: datetime) -> Merge:
    """To be written once it is published, never before."""
    path = spill_path(event.payload, event.attributes)
    return Merge(path, values={("drainedTime",): now}, maxima={DRAINED: 1})


def waiting_events(*, limit: int, offset: int = 0) -> Query:
    """Those that are not drained, but for the first `offset`; in the order of their names: at random."""
    return Query(COLLECTION, (), DRAINED, at_least=0, at_most=0, limit=limit, offset=offset)


def read_spilled(record: Record) -> SpilledEvent | None:
    """None for a document that the webhook did not write."""
    payload, attributes = record.get("raw"), read_attributes(record)
    return SpilledEvent(payload, attributes) if isinstance(payload, bytes) and attributes else None


def read_attributes(record: Record) -> Mapping[str, str]:
    """Empty where they are not what webhook writes."""
    attributes = record.get("attributes")
    if not isinstance(attributes, Mapping) or not all(isinstance(each, str) for each in attributes.values()):
        return {}
    return attributes
