"""The calls that a message's document remembers: which decided its state, and what a caller is told of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rbm_ledger.domain.ledger import Merge, Record, State, state_of
from rbm_ledger.domain.outcomes import Answer, Reply, read_reply, state_after
from rbm_ledger.domain.request_members import RequestKind

_BEFORE_ALL = datetime(1, 1, 1, tzinfo=UTC)
# Of each method: however long a call is repeated, the document stays below its limit.
_MAX_ATTEMPTS = 100
_OK, _INVALID, _NOT_FOUND, _NOT_SENT, _UNAVAILABLE = 200, 400, 404, 422, 503

# The status of a message whose record is known, where no call has one of its own to give.
_STATUSES = {
    State.UNKNOWN_MESSAGE: _UNAVAILABLE,
    State.PENDING: _UNAVAILABLE,
    State.SUPPRESSED: _NOT_SENT,
    State.REJECTED: _INVALID,
    State.UNREACHABLE: _NOT_FOUND,
}
# The outcome is open, and yet it was surely not taken.
_TURNED_AWAY = frozenset({Reply.THROTTLED, Reply.UNAUTHENTICATED, Reply.NO_CREDENTIALS})
# States that a call's own status tells better: 403 and not 400, 429 and not 404.
_TOLD_BY_THE_CALL = frozenset({State.REJECTED, State.UNREACHABLE})


def answer_in(attempt: Mapping[str, Any]) -> Answer:
    """What came back, as far as `attempts` keeps it."""
    return Answer(attempt.get("httpStatus", 0), attempt.get("status", ""), attempt.get("message", ""))


def find_deciding_attempt(record: Record) -> Mapping[str, Any] | None:
    """The last create that leads to the state the document is in; where none does, the last one of all."""
    creates = list_attempts(record, "create")
    deciding = [attempt for attempt in creates if _state_after(attempt) is state_of(record)]
    return next(reversed(deciding or creates), None)


def list_attempts(record: Record, method: str) -> list[Mapping[str, Any]]:
    """By time, whatever order they were written in."""
    attempts = [attempt for attempt in record.get("attempts", ()) if attempt.get("method") == method]
    return sorted(attempts, key=lambda attempt: attempt.get("at", _BEFORE_ALL))


def http_status_of(record: Record) -> int:
    """The status with which a POST is answered whose message is known already."""
    state = state_of(record)
    if is_abandoned(record):
        return _NOT_SENT
    attempt = find_deciding_attempt(record) if state in _TOLD_BY_THE_CALL else None
    if attempt is None or "faults" in record or _state_after(attempt) is not state:
        return _STATUSES.get(state, _OK)
    return answer_in(attempt).http_status


def keep_attempt(merge: Merge, record: Record) -> Merge:
    """The merge, without its attempt where the record has enough of such that settled nothing."""
    [attempt] = merge.unions["attempts",]
    alike = list_attempts(record, attempt["method"])
    if len(alike) < _MAX_ATTEMPTS:
        return merge
    unions = {path: elements for path, elements in merge.unions.items() if path != ("attempts",)}
    return Merge(merge.document, merge.values, merge.maxima, unions)


def was_called(record: Record) -> bool:
    """Whether the platform was asked to take the message, whatever it answered."""
    return any(attempt["method"] == "create" for attempt in record.get("attempts", ()))


def may_be_taken(record: Record) -> bool:
    """Whether a call that settled nothing may have reached the platform all the same."""
    answers = map(answer_in, list_attempts(record, "create"))
    return any(
        state_after(RequestKind.AGENT_MESSAGE, answer) is State.PENDING
        and read_reply(answer) not in _TURNED_AWAY
        for answer in answers
    )


def is_abandoned(record: Record) -> bool:
    """Whether it was called without an answer, and must not be called again."""
    is_unheard_of = state_of(record) is State.UNRESOLVED and "acceptedTime" not in record
    return is_unheard_of and "suppressedReason" in record


def is_suppressed(record: Record) -> bool:
    """Also where a request under the same id was not valid before: its state is the higher one."""
    return state_of(record) is State.SUPPRESSED or (_is_invalid(record) and "suppressedReason" in record)


def is_expired_unsent(record: Record) -> bool:
    """Whether nobody called for it before it expired, as far as its state says."""
    return is_suppressed(record) and record.get("suppressedReason") == "expired"


def is_left_open(record: Record) -> bool:
    """Whether the state is that of a request that was invalid or late, and one after it has no outcome."""
    if is_expired_unsent(record):
        return was_called(record)
    return _is_invalid(record) and "suppressedReason" not in record


def _is_invalid(record: Record) -> bool:
    """Whether a request that was not valid gave it its state, and no call for a sound one after it did."""
    attempt = find_deciding_attempt(record)
    is_refused = attempt is not None and _state_after(attempt) is State.REJECTED
    return state_of(record) is State.REJECTED and "faults" in record and not is_refused


def _state_after(attempt: Mapping[str, Any]) -> State | None:
    return state_after(RequestKind.AGENT_MESSAGE, answer_in(attempt))
