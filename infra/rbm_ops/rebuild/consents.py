"""Consent, held against its evidence. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from rbm_ledger.domain.consent import (
    FIELDS_BY_DECISION,
    Decision,
    Evidence,
    EvidenceKind,
    describe_consent,
    find_heard,
    heard_path,
    list_heard,
    merge_consent,
)
from rbm_ledger.domain.ledger import DocumentPath, Merge, Record
from rbm_ops.rebuild.differences import Difference

# A maximum may be later than its evidence: a repeat from a phone whose clock runs ahead counts up to when it
# is heard, and so did once that of a word without a time of its own. Google repeats for 7 days.
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
            own_at_ms=int(fields["ownAtMs"]) if "ownAtMs" in fields else None,
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


def compare_word(path: DocumentPath, record: Record, word: Evidence) -> Difference | None:
    """Where the consent counts a word without a time of its own from later on than its evidence does."""
    if word.own_at_ms is not None:
        return None
    field, stored = heard_path(word), find_heard(record, word)
    if stored is None or stored <= word.at_ms:
        return None
    return Difference(path, ".".join(field), stored, word.at_ms, _explain(word), _mend(path, word))


def compare_consent(path: DocumentPath, record: Record, latest: Latest) -> Iterator[Difference]:
    """`record` must have been read before its evidence, which is written first."""
    said = describe_consent(record)
    for decision, field in FIELDS_BY_DECISION.items():
        stored, word = said.get(field), latest.get(decision)
        if word is not None and (stored is None or stored < word.at_ms):
            yield Difference(path, field, stored, word.at_ms, _explain(word), _mend(path, word))
        elif stored is not None and not _is_backed(record, decision, word):
            why = "no evidence says so: it is missing, or somebody wrote this"
            yield Difference(path, field, stored, word.at_ms if word else None, why)


def _is_backed(record: Record, decision: Decision, word: Evidence | None) -> bool:
    if word is None:
        return False
    raised = record.get(FIELDS_BY_DECISION[decision], word.at_ms)
    heard = max(list_heard(record, decision), default=word.at_ms)
    return bool(heard <= word.at_ms and raised <= word.at_ms + _LATEST_REPEAT_MS)


def _mend(path: DocumentPath, word: Evidence) -> Merge:
    return merge_consent(word, unquote(path[1]) if path[0] == "brands" else "")


def _explain(word: Evidence) -> str:
    return f"evidence: {word.by}, {word.note or word.source or word.id}"


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
