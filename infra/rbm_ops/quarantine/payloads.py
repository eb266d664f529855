"""What is in quarantine, and whether this version understands it. Pure.

Fields of `quarantine/{hash}`: `raw`, `reason`, `family`, and of events `agentId` and `eventType`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rbm_ledger.domain.agent_message import parse_ttl_seconds
from rbm_ledger.domain.errors import NotJson
from rbm_ledger.domain.events import ServerEvent, UnknownEvent, UserEvent, is_known_type, parse_event
from rbm_ledger.domain.json_bytes import JsonObject, decode_object, encode_compact
from rbm_ledger.domain.ledger import DocumentPath, Merge, Record
from rbm_ledger.domain.parsing import parse_request
from rbm_ledger.domain.requests import InvalidRequest, Origin
from rbm_ledger.domain.times import format_rfc3339, from_millis, to_millis
from rbm_ops.local.topology import EVENTS, SEND_REQUESTS

_REQUESTS = "SendRequest"
_REPLAYED = "replayedAtMs"
# `domain/records.py` keeps no more of a request; that much of one is not all of it.
_MOST_KEPT_BYTES = 900_000
# So begins the reason of an event that was understood (`domain/correlation.py`).
_TOO_LONG = "too long for its document"

CUT = "what is kept is not all of it"
WRITTEN = "it was written, but for what is too long for its document"
ALREADY = "it was replayed at {at} (--again)"
EXPIRED = (
    "its ttl was over at {at}, and would count anew: it would come too late (--even-expired sends it all the "
    "same)"
)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """`problem`: why this version does not understand it either; empty for what it does."""

    id: str
    record: Record
    problem: str

    @property
    def raw(self) -> bytes:
        raw = self.record.get("raw")
        return raw if isinstance(raw, bytes) else b""

    @property
    def is_request(self) -> bool:
        return bool(self.record.get("family") == _REQUESTS)

    @property
    def topic(self) -> str:
        """By its short name."""
        return SEND_REQUESTS if self.is_request else EVENTS

    @property
    def fields(self) -> JsonObject:
        """Empty for what is no JSON object."""
        try:
            return decode_object(self.raw)
        except NotJson:
            return {}

    @property
    def written_at(self) -> datetime | None:
        """When it was last written: when it came first is not kept."""
        written_at = self.record.get("updatedTime")
        return written_at if isinstance(written_at, datetime) else None

    def find_ttl_end(self) -> datetime | None:
        """Of a request with a ttl, which counted from before it was written here."""
        ttl = self.fields.get("ttl") if self.is_request else None
        if self.written_at is None or not isinstance(ttl, str):
            return None
        try:
            return self.written_at + timedelta(seconds=parse_ttl_seconds(ttl))
        except (ValueError, OverflowError):  # no ttl: `send` will say so
            return None

    @property
    def is_cut(self) -> bool:
        return self.is_request and len(self.raw) >= _MOST_KEPT_BYTES

    @property
    def replayed_at(self) -> datetime | None:
        at_ms = self.record.get(_REPLAYED)
        return from_millis(at_ms) if isinstance(at_ms, int) else None


def read_quarantined(document_id: str, record: Record, now: datetime) -> Quarantined:
    return Quarantined(document_id, record, _find_problem(record, now))


def find_refusal(
    payload: Quarantined, now: datetime, *, even_if_unknown: bool, again: bool, even_expired: bool
) -> str:
    """Why it is not replayed; empty for what is."""
    if payload.is_cut:
        return CUT
    if str(payload.record.get("reason", "")).startswith(_TOO_LONG) and not again:
        return WRITTEN
    if payload.replayed_at is not None and not again:
        return ALREADY.format(at=format_rfc3339(payload.replayed_at))
    ttl_end = payload.find_ttl_end()
    if ttl_end is not None and ttl_end <= now and not even_expired:
        return EXPIRED.format(at=format_rfc3339(ttl_end))
    return "" if even_if_unknown or not payload.problem else f"this version says too: {payload.problem}"


def make_data(payload: Quarantined) -> bytes:
    """What is published: an event as it was signed; a request with a key, so that a repeat is the same."""
    if not payload.is_request:
        return payload.raw
    try:
        fields = decode_object(payload.raw)
    except NotJson:
        return payload.raw
    is_keyed = "messageId" in fields or "idempotencyKey" in fields
    return (
        payload.raw if is_keyed else encode_compact({**fields, "idempotencyKey": f"quarantine/{payload.id}"})
    )


def make_attributes(payload: Quarantined) -> dict[str, str]:
    """An event counts from when it was last written, and not from now."""
    if payload.is_request or payload.written_at is None:
        return {}
    return {"receivedTime": format_rfc3339(payload.written_at)}


def merge_replayed(payload: Quarantined, now: datetime) -> Merge:
    """The mark of a replay: the latest counts."""
    path: DocumentPath = ("quarantine", payload.id)
    return Merge(path, maxima={(_REPLAYED,): to_millis(now)})


def describe_quarantined(payload: Quarantined) -> dict[str, Any]:
    """As JSON; the payload as JSON where it is any, else as text."""
    named = ("family", "eventType", "agentId", "reason", "updatedTime")
    return {
        "id": payload.id,
        **{name: payload.record[name] for name in named if payload.record.get(name)},
        "topic": payload.topic,
        "replayedTime": payload.replayed_at,
        "isUnderstood": not payload.problem,
        "payload": _describe_raw(payload.raw),
    }


def _find_problem(record: Record, now: datetime) -> str:
    raw = record.get("raw")
    if not isinstance(raw, bytes) or not raw:
        return "there is no payload in the document"
    if record.get("family") == _REQUESTS:
        try:
            parse_request(raw, Origin("quarantine", now))
        except InvalidRequest as refusal:
            return str(refusal)
        return ""
    event = parse_event(raw)
    if isinstance(event, UnknownEvent):
        return event.reason
    is_strange = isinstance(event, UserEvent | ServerEvent) and not is_known_type(event)
    return "unknown eventType" if is_strange else ""


def _describe_raw(raw: bytes) -> Mapping[str, Any] | str:
    try:
        return decode_object(raw)
    except NotJson:
        return raw.decode(errors="replace")
