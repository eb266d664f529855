"""A message's document, held against its own events, attempts and times. Pure.

    signed contents         ─▶ events
    events, attempts, times ─▶ the state they come to ─▶ stateRank
    attempts                ─▶ acceptedTime, revokedTime, and back
    name of the document    ─▶ agentId, messageId, sweep.shard
    requestedTime, events   ─▶ when the sweep looks

What merges can raise or add comes with the merge that does it.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from rbm_ledger.domain.attempts import answer_in
from rbm_ledger.domain.correlation import STATES_BY_EVENT_TYPE, event_element
from rbm_ledger.domain.deadlines import (
    DUE,
    NEVER_MS,
    ORPHAN_DUE,
    SHARD,
    first_deadline_ms,
    orphan_deadline_ms,
    shard_of,
)
from rbm_ledger.domain.events import RECEIPT_TYPES, ServerEvent, UserEvent, parse_event
from rbm_ledger.domain.fallback import Fallback, read_fallback
from rbm_ledger.domain.identifiers import make_document_id
from rbm_ledger.domain.ledger import DocumentPath, FieldPath, Merge, Record, State
from rbm_ledger.domain.outcomes import state_after
from rbm_ledger.domain.request_members import RequestKind
from rbm_ledger.domain.sweeping import is_readable
from rbm_ops.rebuild.differences import Difference

# The state that a message has at least whose document holds this field (domain/records.py, sweeping.py).
_STATES_BY_FIELD = {
    "requestedTime": State.PENDING,
    "suppressedReason": State.SUPPRESSED,
    "faults": State.REJECTED,
    "acceptedTime": State.ACCEPTED,
    "unresolvedTime": State.UNRESOLVED,
    "revokedTime": State.REVOKED,
}
_KINDS_BY_METHOD = {"create": RequestKind.AGENT_MESSAGE, "delete": RequestKind.REVOKE}
# Written together with the attempt that leads to the state.
_TIMES_BY_METHOD = {"create": ("acceptedTime", State.ACCEPTED), "delete": ("revokedTime", State.REVOKED)}
_RANK: FieldPath = ("stateRank",)
_EVENTS: FieldPath = ("events",)


def compare_message(path: DocumentPath, record: Record) -> Iterator[Difference]:
    """All in which the document contradicts itself."""
    yield from _compare_names(path, record)
    missing = tuple(_find_unfolded(record))
    if missing:
        mend = Merge(path, unions={_EVENTS: missing})
        yield Difference(path, "events", None, list(missing), "each was signed", mend)
        record = {**record, "events": [*_elements(record, "events"), *missing]}
    yield from _compare_rank(path, record)
    yield from _compare_times(path, record)
    yield from _compare_sweep(path, record)


def find_states(record: Record) -> Iterator[tuple[State, str]]:
    """Each state that the document's parts lead to, and which part that is."""
    yield State.UNKNOWN_MESSAGE, "nothing else is known"
    for field, state in _STATES_BY_FIELD.items():
        if field in record:
            yield state, f"{field} is there"
    for event in _elements(record, "events"):
        event_type = str(event.get("eventType"))
        if event_type in STATES_BY_EVENT_TYPE:
            yield STATES_BY_EVENT_TYPE[event_type], f"events hold {event_type}"
    for attempt in _elements(record, "attempts"):
        reached = _state_after(attempt)
        if reached is not None:
            yield reached, f"attempts hold {attempt['method']} {attempt.get('httpStatus')}"


def _compare_rank(path: DocumentPath, record: Record) -> Iterator[Difference]:
    state, why = max(find_states(record), key=lambda found: found[0])
    rank, stored = state.value, record.get("stateRank", State.UNKNOWN_MESSAGE.value)
    if stored == rank and isinstance(stored, int):
        return
    if isinstance(stored, int) and stored > rank:
        why = f"{why}; nothing leads any further: an event or attempt is missing, or somebody wrote it"
        yield Difference(path, "stateRank", stored, rank, why)
    else:
        yield Difference(path, "stateRank", stored, rank, why, Merge(path, maxima={_RANK: rank}))


def _compare_times(path: DocumentPath, record: Record) -> Iterator[Difference]:
    """Neither can be made from the other: that would be no merge that commutes."""
    for method, (field, state) in _TIMES_BY_METHOD.items():
        attempts = [each for each in _elements(record, "attempts") if each.get("method") == method]
        deciding = next((each for each in attempts if _state_after(each) is state), None)
        if deciding is not None and field not in record:
            why = f"attempts hold a {method} that succeeded"
            yield Difference(path, field, None, deciding.get("at"), why)
        if deciding is None and field in record:
            why = f"{field} is there, and no {method} that succeeded"
            yield Difference(path, "attempts", None, f"{method}, succeeded", why)


def _compare_names(path: DocumentPath, record: Record) -> Iterator[Difference]:
    for field, part in (("agentId", path[1]), ("messageId", path[3])):
        name = _read_name(part)
        if name is None:
            if field not in record:
                yield Difference(path, field, None, None, "is missing, and the document's name is a hash")
        elif record.get(field) != name:
            mend = Merge(path, values={(field,): name})
            yield Difference(path, field, record.get(field), name, "the document is named after it", mend)
    if "phoneNumber" not in record and record.get("events"):
        yield Difference(path, "phoneNumber", None, None, "is missing though each event names it")


def _compare_sweep(path: DocumentPath, record: Record) -> Iterator[Difference]:
    """Without these the sweep never looks. Later deadlines are its own matter."""
    message_id = record.get("messageId", _read_name(path[3]))
    shard = shard_of(message_id) if isinstance(message_id, str) else None
    if shard is not None and _get(record, SHARD) != shard:
        mend = Merge(path, values={SHARD: shard})
        yield Difference(path, ".".join(SHARD), _get(record, SHARD), shard, "follows from messageId", mend)
    for deadline, at_ms, why in _find_deadlines(record):
        if not isinstance(_get(record, deadline), int):
            mend = Merge(path, maxima={deadline: at_ms})
            yield Difference(path, ".".join(deadline), _get(record, deadline), at_ms, why, mend)


def _find_deadlines(record: Record) -> Iterator[tuple[FieldPath, int, str]]:
    events = _elements(record, "events")
    if any(event.get("eventType") in RECEIPT_TYPES for event in events):
        yield DUE, NEVER_MS, "a receipt settles it"
    elif record.get("fingerprints") and is_readable(record) and not _leaves_nothing_due(record):
        fallback = _read_fallback(record)
        at_ms = first_deadline_ms(record["requestedTime"], record.get("expireTime"), fallback)
        yield DUE, at_ms, "follows from requestedTime, expireTime and fallback"
    if "requestedTime" in record:
        yield ORPHAN_DUE, NEVER_MS, "the request is recorded"
    elif events and "updatedTime" in record:
        yield ORPHAN_DUE, orphan_deadline_ms(record["updatedTime"]), "events, and no request"


def _leaves_nothing_due(record: Record) -> bool:
    """Of what was not sent and has no fallback, `send` writes no deadline where there was none."""
    state = max(state for state, _ in find_states(record))
    return State.PENDING < state < State.ACCEPTED and "fallback" not in record


def _find_unfolded(record: Record) -> Iterator[dict[str, Any]]:
    """Events of which the document holds what was signed, and nothing in `events`."""
    signed = record.get("signed")
    for content in signed.values() if isinstance(signed, Mapping) else ():
        text = content.get("json") if isinstance(content, Mapping) else None
        event = parse_event(text.encode(errors="surrogatepass")) if isinstance(text, str) else None
        if isinstance(event, UserEvent | ServerEvent) and event.message_id == record.get("messageId"):
            element = event_element(event)
            if element not in _elements(record, "events"):
                yield element


def _state_after(attempt: Mapping[str, Any]) -> State | None:
    """Of a revoke, success alone says something of the message."""
    kind = _KINDS_BY_METHOD.get(attempt.get("method", ""))
    state = state_after(kind, answer_in(attempt)) if kind else None
    return None if kind is RequestKind.REVOKE and state is not State.REVOKED else state


def _read_name(document_id: str) -> str | None:
    """None where the id is a hash."""
    name = unquote(document_id)
    return name if make_document_id(name) == document_id else None


def _read_fallback(record: Record) -> Fallback | None:
    try:
        return read_fallback(record.get("fallback"))
    except (KeyError, TypeError, ValueError):  # nothing that we write
        return None


def _elements(record: Record, field: str) -> list[Mapping[str, Any]]:
    """What somebody wrote by hand may be anything."""
    stored = record.get(field)
    return [each for each in stored if isinstance(each, Mapping)] if isinstance(stored, list) else []


def _get(record: Record, path: FieldPath) -> Any:
    outer = record.get(path[0])
    return outer.get(path[1]) if isinstance(outer, Mapping) else None
