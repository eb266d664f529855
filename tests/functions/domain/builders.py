"""Merges as `correlate` and `send` write them, and the documents that they end in."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from rbm_ledger.domain.correlation import Arrival, merges_for
from rbm_ledger.domain.events import parse_event
from rbm_ledger.domain.ledger import DocumentPath, Merge, State, fold, message_path

from .payloads import event_bytes

AGENT, PHONE = "growing-tree-bank", "+12223334444"
MESSAGE = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
RECEIVED = datetime(2026, 11, 22, 12, tzinfo=UTC)

EVENT_FILES = {
    "DELIVERED": "user-event-delivered",
    "READ": "user-event-read",
    "TTL_EXPIRATION_REVOKED": "server-event-ttl-expiration-revoked",
    "TTL_EXPIRATION_REVOKE_FAILED": "server-event-ttl-expiration-revoke-failed",
    "IS_TYPING": "user-event-is-typing",
    "UNSUBSCRIBE": "user-event-unsubscribe",
    "SUBSCRIBE": "user-event-subscribe",
}
SENT_STATES = {state.label: state for state in State if state < State.EXPIRY_INCONCLUSIVE} | {
    "revoked": State.REVOKED
}

Documents = dict[DocumentPath, dict[str, Any]]


def correlate(payload: bytes, *, received_at: datetime = RECEIVED, store_content: bool = True) -> tuple[Merge, ...]:
    """All merges of the event that these bytes are."""
    return merges_for(parse_event(payload), Arrival(payload, received_at), store_content=store_content)


def correlate_type(event_type: str, **changes: Any) -> tuple[Merge, ...]:
    return correlate(event_bytes(EVENT_FILES[event_type], **changes))


def record_outcome(state: State, *, at: datetime = RECEIVED - timedelta(hours=1), http_status: int = 200) -> Merge:
    """What `send` writes after a call."""
    accepted = {("acceptedTime",): at} if state is State.ACCEPTED else {}
    return Merge(
        message_path(AGENT, MESSAGE),
        values={
            ("agentId",): AGENT,
            ("phoneNumber",): PHONE,
            ("messageId",): MESSAGE,
            ("content",): {"text": "Hello, world!"},
            ("requestedTime",): RECEIVED - timedelta(hours=2),
            **accepted,
        },
        maxima={("stateRank",): state.value},
        unions={("attempts",): ({"at": at, "httpStatus": http_status, "status": "", "message": ""},)},
    )


def merge_step(step: str) -> tuple[Merge, ...]:
    """The merges of one step of a message's life: an eventType, or a state that `send` writes."""
    return correlate_type(step) if step in EVENT_FILES else (record_outcome(SENT_STATES[step]),)


def fold_all(merges: Iterable[Merge]) -> Documents:
    documents: Documents = {}
    for merge in merges:
        documents[merge.document] = fold(documents.get(merge.document), merge)
    return documents


def fold_one(merges: Iterable[Merge]) -> dict[str, Any]:
    """The one document that these merges write."""
    [document] = fold_all(merges).values()
    return document


def normalise(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without what nobody decides on: the stamps, and the order of arrays."""
    return {
        name: sorted(value, key=repr) if isinstance(value, list) else value
        for name, value in document.items()
        if name not in ("updatedTime", "purgeTime")
    }
