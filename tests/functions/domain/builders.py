"""Merges as `correlate` and `send` write them, and the documents that they end in."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.support.payloads import event_bytes, load_json, request_bytes

from rbm_ledger.domain.consent import Evidence, Keywords, merge_consent, merge_evidence
from rbm_ledger.domain.correlation import Arrival, find_evidence, merges_for
from rbm_ledger.domain.events import parse_event
from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ledger.domain.ledger import DocumentPath, Merge, fold
from rbm_ledger.domain.outcomes import Answer, Attempt
from rbm_ledger.domain.parsing import parse_request
from rbm_ledger.domain.records import Suppression, merge_attempt, merge_revoke, merge_suppression
from rbm_ledger.domain.requests import InvalidRequest, Origin, SendRequest

AGENT, PHONE = "growing-tree-bank", "+12223334444"
MESSAGE = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
RECEIVED = datetime(2026, 11, 22, 12, tzinfo=UTC)
REQUESTED = RECEIVED - timedelta(hours=1)
ORIGIN = Origin("pubsub/1234567890", REQUESTED)
FALLBACK_ID = derive_message_id(AGENT, ORIGIN.fallback_key)

MESSAGE_DOCUMENT = ("agents", AGENT, "messages", MESSAGE)
CONVERSATION_DOCUMENT = ("agents", AGENT, "conversations", PHONE)
CONSENT_DOCUMENT = ("agents", AGENT, "consents", PHONE)
NO_KEYWORDS = Keywords()
USER_MESSAGE_DOCUMENT = (*CONVERSATION_DOCUMENT, "userMessages", "MxIgT-4pWCQu2tH9hMkSTljQ")

EVENT_FILES = {
    "DELIVERED": "user-event-delivered",
    "READ": "user-event-read",
    "TTL_EXPIRATION_REVOKED": "server-event-ttl-expiration-revoked",
    "TTL_EXPIRATION_REVOKE_FAILED": "server-event-ttl-expiration-revoke-failed",
    "IS_TYPING": "user-event-is-typing",
    "UNSUBSCRIBE": "user-event-unsubscribe",
    "SUBSCRIBE": "user-event-subscribe",
}
REVOKE = {
    "contentMessage": None,
    "messageTrafficType": None,
    "messageId": None,
    "revoke": {"messageId": MESSAGE},
}
# The platform says when the message expires, by its own clock, also where it was given a ttl.
ECHO = {"expireTime": "2025-05-22T20:13:35Z"}
SENDS: dict[str, Callable[[], Merge]] = {
    "pending": lambda: record_answer(503),
    "suppressed": lambda: merge_suppression(
        send_request(), Suppression.EXPIRED, REQUESTED, store_content=True
    ),
    "rejected": lambda: record_answer(400),
    "unreachable": lambda: record_answer(404),
    "accepted": lambda: record_answer(200, minute=1),
    "revoked": lambda: record_answer(200, minute=2, revoke=True),
    "not-revoked": lambda: record_answer(404, minute=2, revoke=True),
}

Documents = dict[DocumentPath, dict[str, Any]]


def correlate(
    payload: bytes, *, received_at: datetime = RECEIVED, store_content: bool = True
) -> tuple[Merge, ...]:
    """All merges of the event that these bytes are."""
    merges = merges_for(parse_event(payload), Arrival(payload, received_at), store_content=store_content)
    evidence = find_said(payload, received_at=received_at)
    return (*merges, *(merges_of(evidence) if evidence else ()))


def find_said(
    payload: bytes, *, received_at: datetime = RECEIVED, keywords: Keywords = NO_KEYWORDS
) -> Evidence | None:
    """What these bytes say of consent."""
    return find_evidence(parse_event(payload), Arrival(payload, received_at), keywords)


def merges_of(evidence: Evidence, brand: str = "") -> tuple[Merge, Merge]:
    return merge_evidence(evidence, brand), merge_consent(evidence, brand)


def correlate_type(event_type: str, **changes: Any) -> tuple[Merge, ...]:
    return correlate(event_bytes(EVENT_FILES[event_type], **changes))


def send_request(**changes: Any) -> SendRequest:
    """A request for the message that the events of `correlate_type` are about."""
    naming = {"agentId": AGENT, "phoneNumber": PHONE}
    return parse_one(request_bytes(**{"messageId": MESSAGE, **naming, **changes}))


def parse_one(data: bytes, origin: Origin = ORIGIN) -> SendRequest:
    """A request for one message, or for anything else that is one."""
    request = parse_request(data, origin)
    assert isinstance(request, SendRequest)
    return request


def refuse(data: bytes) -> InvalidRequest:
    """Why these bytes are no request."""
    with pytest.raises(InvalidRequest) as raised:
        parse_request(data, ORIGIN)
    return raised.value


def record_answer(http_status: int, *, minute: int = 0, revoke: bool = False, **changes: Any) -> Merge:
    """What `send` writes after a call."""
    body = {**load_json("responses/agent-message-created.json"), **ECHO} if http_status == 200 else {}
    attempt = Attempt(Answer(http_status, body=body), REQUESTED + timedelta(minutes=minute))
    if revoke:
        return merge_revoke(AGENT, MESSAGE, attempt)
    return merge_attempt(send_request(**changes), attempt, REQUESTED, store_content=True)


def merge_step(step: str) -> tuple[Merge, ...]:
    """The merges of one step of a message's life: an eventType, or what `send` writes."""
    return correlate_type(step) if step in EVENT_FILES else (SENDS[step](),)


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
