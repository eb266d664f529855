"""Events kept elsewhere: a file of JSON lines → what each says, as merges. Any of these is a line:

    {"senderPhoneNumber": …, "eventType": …}         an event as it was signed
    {"data": …, "attributes": …, "publish_time": …}   a message of rbm-events, as a subscription keeps it
    the same, of rbm-updates                          a row of the table that `analytics` fills

`data` is the text itself, or base64 of it. An update says enough of consent and of a message's events to fold
them; everything else needs the signed event. Consent and conversations also need to know when the event was
received: a user's own clock counts only up to then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from rbm_ledger.config import CorrelateSettings
from rbm_ledger.domain.consent import Evidence, evidence_path, merge_consent, merge_evidence
from rbm_ledger.domain.correlation import Arrival, find_evidence, merges_for
from rbm_ledger.domain.errors import NotJson
from rbm_ledger.domain.events import Event, ServerEvent, UserEvent, parse_event
from rbm_ledger.domain.json_bytes import JsonObject, decode_base64, decode_object, encode_compact
from rbm_ledger.domain.ledger import DocumentPath, Merge
from rbm_ledger.domain.times import parse_rfc3339
from rbm_ops.rebuild.consents import read_evidence

_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_SIGNED = frozenset({"signed", "idClaims"})
_NO_ARRIVAL = Arrival(b"", _NO_TIME)
_UNTIMED = "does not say when it was received: nothing was taken of consent and conversations"


@dataclass(frozen=True, slots=True)
class Archived:
    """One line: what it is, and why not all is taken from it (`skipped`).

    `word`: what it says of consent, to `brand`. `event` with its `arrival`, or `told`: of which documents.
    """

    what: str = ""
    skipped: str = ""
    told: tuple[Merge, ...] = ()
    event: Event | None = None
    arrival: Arrival = _NO_ARRIVAL
    word: Evidence | None = None
    brand: str = ""

    @property
    def evidence(self) -> DocumentPath | None:
        """The document of its word."""
        return evidence_path(self.word, self.brand) if self.word else None

    def merges(self, heard_at_ms: int | None, *, store_content: bool) -> tuple[Merge, ...]:
        """As `correlate` writes it; a word that was heard before, as evidence says, counts from then."""
        event, arrival, said = self.event, self.arrival, self.word
        told = merges_for(event, arrival, store_content=store_content) if event else self.told
        if said is None:
            return told
        word = said if heard_at_ms is None else replace(said, at_ms=min(said.at_ms, heard_at_ms))
        return (*told, merge_evidence(word, self.brand), merge_consent(word, self.brand))


def read_line(line: str, settings: CorrelateSettings) -> Archived:
    """`settings`: those of correlate, which decide on keywords, brands and contents. Never fails."""
    payload = line.strip().encode(errors="surrogatepass")
    try:
        fields = decode_object(payload)
        if "message" in fields and isinstance(fields["message"], Mapping):
            fields = fields["message"]
        if "data" not in fields:
            return _read_event(payload, None, settings)
        return _read_message(fields, settings)
    except NotJson as error:
        return Archived(skipped=str(error))


def _read_message(fields: JsonObject, settings: CorrelateSettings) -> Archived:
    data, attributes = fields["data"], fields.get("attributes") or {}
    if isinstance(attributes, str):
        attributes = decode_object(attributes.encode())
    payload = decode_base64(data) or str(data).encode(errors="surrogatepass")
    if not isinstance(attributes, Mapping):
        return Archived(skipped="Its attributes are no object.")
    if "kind" in attributes:
        return _read_update(decode_object(payload), settings)
    times = (attributes.get("receivedTime"), fields.get("publish_time"), fields.get("publishTime"))
    return _read_event(payload, next(filter(None, map(_read_time, times)), None), settings)


def _read_event(payload: bytes, received_at: datetime | None, settings: CorrelateSettings) -> Archived:
    event = parse_event(payload)
    what = f"{event.family} {event.event_type}".strip()
    arrival = Arrival(payload, received_at or _NO_TIME)
    if received_at is None:
        is_about_message = isinstance(event, UserEvent | ServerEvent) and event.message_id is not None
        return Archived(what, event=event, arrival=arrival) if is_about_message else Archived(what, _UNTIMED)
    word = find_evidence(event, arrival, settings.keywords)
    brand = settings.agents.brand_of(event.agent_id)
    return Archived(what, event=event, arrival=arrival, word=word, brand=brand)


def _read_update(update: JsonObject, settings: CorrelateSettings) -> Archived:
    kind = str(update.get("kind"))
    if kind == "consent":
        evidence = read_evidence({**update.get("evidence", {}), "phoneNumber": update.get("phoneNumber")})
        return Archived("consent", word=evidence, brand=str(update.get("brand", "")))
    event = update.get("event")
    if kind != "message" or not isinstance(event, Mapping):
        return Archived(kind, "" if kind == "message" else f"An update of {kind} has no signed event.")
    if "sendTime" not in event:
        return Archived(kind, "An update of an event without a sendTime does not say what was signed.")
    signed = {
        "agentId": update.get("agentId"),
        "senderPhoneNumber": update.get("phoneNumber"),
        "messageId": update.get("messageId"),
        **event,
    }
    archived = _read_event(encode_compact(signed), None, settings)
    told = archived.merges(None, store_content=False)[:1]
    return Archived(archived.what, archived.skipped, tuple(map(_drop_signed, told)))


def _drop_signed(merge: Merge) -> Merge:
    """Of an update nobody knows which bytes were signed."""
    return Merge(
        merge.document,
        {path: value for path, value in merge.values.items() if path[0] not in _SIGNED},
        {path: value for path, value in merge.maxima.items() if path[0] not in _SIGNED},
        merge.unions,
    )


def _read_time(text: Any) -> datetime | None:
    """As BigQuery exports it, too: `2026-11-22 10:00:00.123 UTC`."""
    if isinstance(text, str) and text.endswith(" UTC"):
        text = text.removesuffix(" UTC").replace(" ", "T") + "Z"
    return parse_rfc3339(text)
