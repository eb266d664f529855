"""How many spilled events wait, without their contents."""

from dataclasses import dataclass, field
from datetime import datetime

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from rbm_ledger.domain.spilling import COLLECTION, DRAINED, read_attributes
from rbm_ledger.domain.times import parse_rfc3339

_MOST = 100_000
_TIMEOUT_SECONDS = 60.0


@dataclass(slots=True)
class Waiting:
    """`unreadable`: documents that webhook did not write, by name. `is_complete`: there are no more."""

    events: int = 0
    unreadable: list[str] = field(default_factory=list)
    oldest_received_at: datetime | None = None
    is_complete: bool = True

    def describe(self) -> dict[str, object]:
        return {
            "waiting": self.events,
            "unreadable": self.unreadable,
            "oldestReceivedTime": self.oldest_received_at,
            "isComplete": self.is_complete,
        }


async def count_waiting(client: firestore.AsyncClient) -> Waiting:
    query = (
        client.collection(COLLECTION)
        .where(filter=FieldFilter(DRAINED[0], "==", 0))
        .select(["attributes"])
        .limit(_MOST)
    )
    waiting = Waiting()
    async for document in query.stream(timeout=_TIMEOUT_SECONDS, retry=None):
        attributes = read_attributes(document.to_dict() or {})
        if not attributes:
            waiting.unreadable.append(document.id)
            continue
        waiting.events += 1
        at = parse_rfc3339(attributes.get("receivedTime"))
        if at is not None and (waiting.oldest_received_at is None or at < waiting.oldest_received_at):
            waiting.oldest_received_at = at
    waiting.is_complete = waiting.events + len(waiting.unreadable) < _MOST
    return waiting
