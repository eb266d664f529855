"""Consent, held against its evidence. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from rbm_ledger.domain.consent import FIELDS_BY_DECISION, Decision, Evidence, EvidenceKind, merge_consent
from rbm_ledger.domain.ledger import DocumentPath, Record
from rbm_ops.rebuild.differences import Difference

# A word without a time of its own counts from when it was first heard. Where a repeat was worked off before
# the first delivery, the consent has the time of that. Google repeats for 7 days.
_LATEST_REPEAT_MS = 7 * 86_400_000

Latest = Mapping[Decision, Evidence]


def read_evidence(fields: Record) -> Evidence | None:
    """As a document of evidence says it, or an update; None for what no function of ours writes."""
    try:
        return Evidence(
            decision=Decision(fields["decision"]),
            by=EvidenceKind(fields["by"]),
            agent_id=_text(fields["agentId"]),
            phone_number=_text(fields["phoneNumber"]),
            id=_text(fields["id"]),
            at_ms=int(fields["atMs"]),
            source=_text(fields.get("source", "")),
            note=_text(fields.get("note", "")),
        )
    except (KeyError, TypeError, ValueError):
        return None


def find_latest(words: Iterable[Evidence]) -> dict[Decision, Evidence]:
    """The latest word of each kind."""
    latest: dict[Decision, Evidence] = {}
    for word in words:
        if word.decision not in latest or word.at_ms > latest[word.decision].at_ms:
            latest[word.decision] = word
    return latest


def compare_consent(path: DocumentPath, record: Record, latest: Latest) -> Iterator[Difference]:
    """`record` must have been read before its evidence, which is written first."""
    brand = unquote(path[1]) if path[0] == "brands" else ""
    for decision, field in FIELDS_BY_DECISION.items():
        stored, word = record.get(field), latest.get(decision)
        if word is not None and not (isinstance(stored, int) and stored >= word.at_ms):
            why = f"evidence: {word.by}, {word.note or word.source or word.id}"
            yield Difference(path, field, stored, word.at_ms, why, merge_consent(word, brand))
        elif isinstance(stored, int) and (word is None or stored > word.at_ms + _LATEST_REPEAT_MS):
            why = "no evidence says so: it is missing, or somebody wrote this"
            yield Difference(path, field, stored, word.at_ms if word else None, why)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
