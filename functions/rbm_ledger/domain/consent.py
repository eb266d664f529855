"""Whether a user may be sent to: what is in force, and why.

    …/consents/{phone}                  optedOutAtMs, optedInAtMs: the latest word with a time of its own
                                        heardAtMs.{decision}.{word}: when each other word was first heard
    …/consents/{phone}/evidence/{id}    who said what, and when: a document for each word

What is in force is the latest of all of these (`describe_consent`). A word without a time of its own counts
from when it was first heard: counted anew with each delivery, a replay would undo what was said since.

Evidence is kept for ever and comes as often as somebody says STOP, or a service copies its list. In an array
it would fill the one document some day, and no opt-out could be written any more.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from rbm_ledger.domain.json_bytes import encode_compact
from rbm_ledger.domain.ledger import DocumentPath, FieldPath, Merge, Query, Record, consent_path
from rbm_ledger.domain.requests import SendRequest
from rbm_ledger.domain.times import to_millis

# The event and the keyword of one opt-out come as two deliveries (guides/build/events/receive-events,
# read 2026-04). What says the same within this time is one decision.
ONE_DECISION_MS = 60_000
_MAX_NEARBY = 100

# Nobody who opts out so often needs yet another confirmation; the document stays far below its 1 MiB.
_MAX_ACKNOWLEDGEMENTS = 1000

SAID_AT: FieldPath = ("atMs",)

_HEARD = "heardAtMs"
_OWN_TIME = "ownAtMs"

# Before any time that a phone with a wrong clock may say.
_NEVER = -math.inf


class Decision(StrEnum):
    OPTED_OUT = "optedOut"
    OPTED_IN = "optedIn"


class EvidenceKind(StrEnum):
    EVENT = "event"
    KEYWORD = "keyword"
    SERVICE = "service"


FIELDS_BY_DECISION: dict[Decision, str] = {
    Decision.OPTED_OUT: "optedOutAtMs",
    Decision.OPTED_IN: "optedInAtMs",
}


@dataclass(frozen=True, slots=True)
class Keywords:
    """A deployment's own words, beside those that are built in (keywords.py)."""

    opt_out: frozenset[str] = frozenset()
    opt_in: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Who decided, by what and when. `id`: of the event, of the user's message, or of the service's request.

    `note` is the service's own, or the keyword. `own_at_ms`: the word's own time, by which it is told from
    the same at another time; None: it has none, every repeat is the same word, and it was heard at `at_ms`.
    """

    decision: Decision
    by: EvidenceKind
    agent_id: str
    phone_number: str
    id: str
    at_ms: int
    source: str = ""
    note: str = ""
    own_at_ms: int | None = None


def evidence_of_request(request: SendRequest, requested_at: datetime) -> Evidence:
    """A service's own word, by a consent request: a repeat counts from the first time."""
    return Evidence(
        decision=Decision(request.details["state"]),
        by=EvidenceKind.SERVICE,
        agent_id=request.agent_id,
        phone_number=request.phone_number,
        id=request.message_id,
        at_ms=to_millis(requested_at),
        source=request.sender.source,
        note=request.details.get("note", ""),
    )


def decide(record: Record) -> Decision:
    """What is in force: the later word. Who said nothing has not opted out."""
    said = describe_consent(record)
    is_out = said.get("optedOutAtMs", _NEVER) > said.get("optedInAtMs", _NEVER)
    return Decision.OPTED_OUT if is_out else Decision.OPTED_IN


def join_consents(records: Iterable[Record]) -> dict[str, Any]:
    """What several documents about one user say together: of each word the latest, and every claim."""
    joined: dict[str, Any] = {"acknowledgements": []}
    for record in records:
        joined["acknowledgements"] += record.get("acknowledgements", ())
        for name, at_ms in describe_consent(record).items():
            joined[name] = max(at_ms, joined.get(name, at_ms))
    return joined


def merge_consent(evidence: Evidence, brand: str) -> Merge:
    """The same with whatever was written before: no word needs to know of another, nor of its own repeats."""
    name, owner = ("brand", brand) if brand else ("agentId", evidence.agent_id)
    document = consent_path(evidence.agent_id, brand, evidence.phone_number)
    values: dict[FieldPath, Any] = {(name,): owner, ("phoneNumber",): evidence.phone_number}
    if evidence.own_at_ms is None:
        return Merge(document, values, minima={heard_path(evidence): evidence.at_ms})
    return Merge(document, values, maxima={(FIELDS_BY_DECISION[evidence.decision],): evidence.at_ms})


def heard_path(evidence: Evidence) -> FieldPath:
    """Where the consent says since when a word without a time of its own counts."""
    return (_HEARD, evidence.decision.value, _digest(evidence)[:16])


def merge_evidence(evidence: Evidence, brand: str) -> Merge:
    """`atMs` is a minimum: since when the word counts, however often it comes."""
    values: dict[FieldPath, Any] = {(name,): value for name, value in _describe_word(evidence).items()}
    return Merge(
        evidence_path(evidence, brand),
        values={**values, ("phoneNumber",): evidence.phone_number},
        minima={SAID_AT: evidence.at_ms},
    )


def evidence_path(evidence: Evidence, brand: str) -> DocumentPath:
    """The same for repeats of one word, another for any other word."""
    consent = consent_path(evidence.agent_id, brand, evidence.phone_number)
    return (*consent, "evidence", _digest(evidence)[:32])


def describe_evidence(evidence: Evidence) -> dict[str, Any]:
    return {**_describe_word(evidence), "atMs": evidence.at_ms}


def describe_consent(record: Record) -> dict[str, int]:
    """When each was said last, in milliseconds since 1970; what nobody said is left out."""
    said = {name: _list_times(record, decision) for decision, name in FIELDS_BY_DECISION.items()}
    return {name: max(times) for name, times in said.items() if times}


def list_heard(record: Record, decision: Decision) -> list[int]:
    """Since when each word without a time of its own counts."""
    return list(_read_heard(record, decision).values())


def find_heard(record: Record, evidence: Evidence) -> int | None:
    """Since when this word counts, if it has no time of its own."""
    return _read_heard(record, evidence.decision).get(heard_path(evidence)[-1])


def query_nearby(evidence: Evidence, brand: str) -> Query:
    """What was said within the time of one decision before it, by or to any agent that shares the consent."""
    return Query(
        "evidence",
        consent_path(evidence.agent_id, brand, evidence.phone_number),
        bound=SAID_AT,
        at_least=evidence.at_ms - ONE_DECISION_MS,
        at_most=evidence.at_ms,
        limit=_MAX_NEARBY,
    )


def is_told_already(evidence: Evidence, nearby: Sequence[Record]) -> bool:
    """Whether the word right before it says the same, so that the first of them tells of the decision.

    That first one has none before it: it always tells, whichever was written or read first. Of a crowd not
    all is known; then rather once more.
    """
    own = _order(describe_evidence(evidence))
    before = [record for record in nearby if _order(record) < own]
    if not before or len(nearby) >= _MAX_NEARBY:
        return False
    return bool(max(before, key=_order)["decision"] == evidence.decision)


def merge_acknowledgement(document: DocumentPath, message_id: str, opted_out_at_ms: int) -> Merge:
    """This message asks to be the one that confirms the opt-out."""
    claim = {"messageId": message_id, "optedOutAtMs": opted_out_at_ms}
    return Merge(document, unions={("acknowledgements",): (claim,)})


def find_acknowledgement(record: Record) -> str | None:
    """The id of the message that confirms the opt-out in force: the first that asked since the last opt-in.

    The event and the keyword of one opt-out have each their time; both are later than that opt-in.
    """
    opted_in_at_ms = describe_consent(record).get("optedInAtMs", _NEVER)
    claims = record.get("acknowledgements", ())
    return next((claim["messageId"] for claim in claims if claim["optedOutAtMs"] > opted_in_at_ms), None)


def is_acknowledged_enough(record: Record) -> bool:
    return len(record.get("acknowledgements", ())) >= _MAX_ACKNOWLEDGEMENTS


def _describe_word(evidence: Evidence) -> dict[str, Any]:
    named = {"source": evidence.source, "note": evidence.note}
    return {
        "decision": evidence.decision.value,
        "by": evidence.by.value,
        "agentId": evidence.agent_id,
        "id": evidence.id,
        **{name: text for name, text in named.items() if text},
        **({} if evidence.own_at_ms is None else {_OWN_TIME: evidence.own_at_ms}),
    }


def _digest(evidence: Evidence) -> str:
    return hashlib.sha256(encode_compact(_describe_word(evidence))).hexdigest()


def _read_heard(record: Record, decision: Decision) -> Mapping[str, int]:
    heard: Mapping[str, int] = record.get(_HEARD, {}).get(decision.value, {})
    return heard


def _list_times(record: Record, decision: Decision) -> list[int]:
    name = FIELDS_BY_DECISION[decision]
    return [*((record[name],) if name in record else ()), *list_heard(record, decision)]


def _order(described: Record) -> tuple[int, str, str, str]:
    return (described["atMs"], described["id"], described["agentId"], described["by"])
