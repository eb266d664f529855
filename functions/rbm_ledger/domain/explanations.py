"""Why a message is in its state, what is awaited, and what one can do: in words, from its document alone.

state, and the reply that decided it ──tables──▶ texts ──filled in from the document──▶ sentences
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from rbm_ledger.domain.attempts import (
    answer_in,
    find_deciding_attempt,
    is_abandoned,
    is_left_open,
    is_suppressed,
    list_attempts,
)
from rbm_ledger.domain.ledger import Record, State, is_orphan, state_of
from rbm_ledger.domain.outcomes import Reply, read_reply
from rbm_ledger.domain.records import Suppression

_MOST_NAMED = 5

_BY_STATE = {
    State.UNKNOWN_MESSAGE: "Nothing is known of this message yet but its id.",
    State.ACCEPTED: "The platform has taken the message; its delivery is awaited.",
    State.UNRESOLVED: "Nothing was heard of the message until {unresolvedTime}, and nobody can be asked. "
    "Take it for not delivered where a loss would be worse than a message that comes twice. A late "
    "receipt still counts.",
    State.EXPIRY_INCONCLUSIVE: "It expired, and the platform could not take it back, so it may have been "
    "delivered. A receipt is awaited; revoke it to be safer. What can't wait goes out by another "
    "channel, even if it comes twice.",
    State.EXPIRED: "It was not delivered in time, and the platform took it back ({expireTime}). Use "
    "another channel, or send it as another message.",
    State.REVOKED: "It was revoked, and the platform took it back ({revokedTime}). Rarely a message is "
    "delivered all the same; its receipt would change this state.",
    State.DELIVERED: "It is on the user's device. Whether it was read may never be told: a user can turn "
    "that off.",
    State.READ: "The user opened the conversation after it was delivered. Nothing more is awaited.",
}
_ORPHAN = "An event came for this message before its request was recorded. The record is awaited."
_LOST = (
    "Events came for this message, and its request was never recorded here: somebody else sends as this "
    "agent, or the record was lost."
)
_UNTIL_EXPIRY = "If it is not delivered until {expireTime}, the platform takes it back and says so."
_UNTIL_DROPPED = "While the phone is offline it is held for 30 days, and then dropped without a word."

_WAITING = "It was not sent yet: its agent is paused, or sends as much as it may."
_BY_ITSELF = "It goes out by itself once that is over."
_PENDING = {
    Reply.UNAUTHENTICATED: "The platform refused our credentials ({answer}), not the message. Whoever "
    "runs this deployment must look at its service account and key.",
    Reply.NO_CREDENTIALS: "There was no token for the call ({answer}). Whoever runs this deployment must "
    "look at its service account and key.",
    Reply.THROTTLED: "The platform takes no more from this agent for now ({answer}). If that lasts, send "
    "more slowly.",
    Reply.UNREADABLE: "Something answered that does not speak like the platform ({answer}): a proxy, or "
    "the endpoint is wrong. What became of the message is not known.",
}
_PENDING_ELSE = (
    "The platform did not say what became of the message ({answer}), and may have taken it all the same."
)
_REPEATED = "The call is repeated with the same message id, which the platform takes only once."
_GAVE_UP = (
    "Nobody repeats the call any more: the last delivery of the request failed, {gaveUpTime}, and it lies "
    "with the dead letters. Replay it once the cause is mended."
)

_NOT_VALID = "Not sent, for the request is not valid: {faults}. Mend it and send it again."
_MENDED = "A request with this id was not valid: {faults}. The one that came after it is under way."
_REJECTED = {
    Reply.INVALID: "The platform refused the message ({answer}). Usual causes: the device lacks a feature "
    "that the message needs, or messageTrafficType is missing. Change it and send it as another "
    "message.",
    Reply.FORBIDDEN: "The platform does not let this agent write to this number ({answer}): the agent is "
    "not launched and the number is no accepted tester, or the agent is not of this partner account. "
    "Once that is mended, send it as another message.",
}
_REJECTED_ELSE = (
    "The platform refused the message for good ({answer}). Send it again only as another message."
)

_UNREACHABLE = {
    Reply.USER_LIMIT: "This user may get no more messages of this agent for now ({answer}). Repeating "
    "would not help. Use another channel, or send another message much later.",
}
_NO_RCS = (
    "There is no RCS at this number ({answer}): the device has none or it is off, or the agent is not "
    "launched on the number's network. Use another channel."
)
_NOT_LAUNCHED = (
    "The platform did not reach this number ({answer}), and the agent is not launched on networks of the "
    "number's country, since when is unknown: {networks}. The phone may well have RCS. Get the agent "
    "launched there; until then use another channel."
)

_SUPPRESSED: dict[str, str] = {
    Suppression.EXPIRED: "Not sent: it expired ({expireTime}) before its turn came. If it still matters, "
    "send it as another message.",
    Suppression.OPTED_OUT: "Not sent: the user has opted out, and messages of this traffic type wait for "
    "an opt-in.",
    Suppression.ACKNOWLEDGED_BEFORE: "Not sent: this opt-out was acknowledged before, and one "
    "acknowledgement is all that may be sent.",
    Suppression.PREFIX_NOT_ALLOWED: "Not sent: the number has none of the prefixes that the agent's "
    "policy allows.",
    Suppression.REVOKED_BEFORE: "Not sent: it was revoked before its turn came.",
    Suppression.FALLBACK_REQUESTED: "Not sent: its fallback was requested before its turn came, and the "
    "user would get it twice.",
}
_SUPPRESSED_ELSE = "Not sent: a guard of this deployment refused it."


def explain(record: Record) -> str:
    """A few plain sentences; never empty."""
    attempt = find_deciding_attempt(record) or {}
    texts = (*_choose_texts(record, attempt), *_list_notes(record))
    return " ".join(texts).format_map(_Details(record, attempt))


def _choose_texts(record: Record, attempt: Mapping[str, Any]) -> tuple[str, ...]:
    reply = read_reply(answer_in(attempt))
    match state_of(record):
        case State.UNKNOWN_MESSAGE if is_orphan(record):
            return (_LOST if "orphanedTime" in record else _ORPHAN,)
        case State.PENDING:
            return _choose_pending(record, attempt, reply)
        case State.SUPPRESSED if is_left_open(record):  # it was late, and is asked for again
            return _choose_pending(record, attempt, reply)
        case State.SUPPRESSED:
            return (_SUPPRESSED.get(record.get("suppressedReason", ""), _SUPPRESSED_ELSE),)
        case State.REJECTED if "faults" in record:
            return _choose_not_valid(record, attempt, reply)
        case State.REJECTED:
            return (_REJECTED.get(reply, _REJECTED_ELSE),)
        case State.UNREACHABLE:
            return (_UNREACHABLE.get(reply, _NOT_LAUNCHED if attempt.get("launchStates") else _NO_RCS),)
        case State.ACCEPTED as state:
            return (_BY_STATE[state], _UNTIL_EXPIRY if "expireTime" in record else _UNTIL_DROPPED)
        case state:
            return (_BY_STATE[state],)


def _choose_pending(record: Record, attempt: Mapping[str, Any], reply: Reply) -> tuple[str, ...]:
    why = _PENDING.get(reply, _PENDING_ELSE) if attempt else _WAITING
    then = _REPEATED if attempt else _BY_ITSELF
    return (why, _GAVE_UP if is_given_up(record) else then)


def _choose_not_valid(record: Record, attempt: Mapping[str, Any], reply: Reply) -> tuple[str, ...]:
    """Another request under the same id may have been sound."""
    if "fingerprints" not in record:
        return (_NOT_VALID,)
    if is_left_open(record):
        return (_MENDED, *_choose_pending(record, attempt, reply))
    if is_suppressed(record):
        return (_SUPPRESSED.get(record["suppressedReason"], _SUPPRESSED_ELSE),)
    return (_REJECTED.get(reply, _REJECTED_ELSE),)


def is_given_up(record: Record) -> bool:
    """Whether nobody repeats its call. Not where it was called after that: replayed, or asked for again."""
    attempt = find_deciding_attempt(record) or {}
    return "gaveUpTime" in record and attempt.get("at", record["gaveUpTime"]) <= record["gaveUpTime"]


def _list_notes(record: Record) -> Iterator[str]:
    """What else happened, whatever the state."""
    if record.get("fallbackDecisions"):
        yield "Its fallback was requested, {decidedTime} ({fallbackReason})."
        if state_of(record) >= State.DELIVERED:
            yield "It was delivered all the same, so the user may have both."
    if state_of(record) < State.REVOKED and list_attempts(record, "delete"):
        yield "A revoke did not take it back ({revokeAnswer})."
    if is_abandoned(record):
        yield "It was called before without an answer, and is not called again ({suppressedReason})."
    if record.get("conflicts"):
        yield "Other content under the same id was refused ({conflictCount}); it needs another id."
    if record.get("contentConflicts"):
        yield "Events of different content came under one id ({contentConflicts}); `signed` holds them all."


class _Details(dict[str, object]):
    """What the texts name, from the document when it is named."""

    def __init__(self, record: Record, attempt: Mapping[str, Any]) -> None:
        self._record = record
        self._attempt = attempt

    def __missing__(self, name: str) -> object:
        return _DETAILS[name](self._record, self._attempt)


def _time_detail(field: str) -> Callable[[Record, Mapping[str, Any]], object]:
    return lambda record, _attempt: _say_time(record.get(field))


def _say_networks(_record: Record, attempt: Mapping[str, Any]) -> str:
    launches = attempt.get("launchStates", ())
    return ", ".join(f"{network['region']} ({network['state']})" for network in launches)


def _say_faults(record: Record, _attempt: Mapping[str, Any]) -> str:
    faults = record.get("faults", ())[:_MOST_NAMED]
    return "; ".join(f"{fault['path'] or 'request'} {fault['problem']}" for fault in faults)


def _say_decided_time(record: Record, _attempt: Mapping[str, Any]) -> str:
    return _say_time(_first_decision(record).get("decidedTime"))


def _say_fallback_reason(record: Record, _attempt: Mapping[str, Any]) -> str:
    decision = _first_decision(record)
    return ", ".join(decision[name] for name in ("reason", "certainty") if name in decision)


def _first_decision(record: Record) -> Mapping[str, Any]:
    decision: Mapping[str, Any] = next(iter(record.get("fallbackDecisions", ())), {})
    return decision


def _say_answer(attempt: Mapping[str, Any]) -> str:
    answer = answer_in(attempt)
    status = f"{answer.http_status or ''} {answer.status}".strip() or "no answer"
    return f"{status}: {answer.message.rstrip('.')}" if answer.message else status


def _say_time(at: object) -> str:
    if not isinstance(at, datetime):
        return "an unknown time"
    return at.astimezone(UTC).isoformat(" ", "seconds").replace("+00:00", " UTC")


_DETAILS: Mapping[str, Callable[[Record, Mapping[str, Any]], object]] = {
    **{name: _time_detail(name) for name in ("expireTime", "unresolvedTime", "revokedTime", "gaveUpTime")},
    "answer": lambda _record, attempt: _say_answer(attempt),
    "networks": _say_networks,
    "faults": _say_faults,
    "decidedTime": _say_decided_time,
    "fallbackReason": _say_fallback_reason,
    "revokeAnswer": lambda record, _attempt: _say_answer(list_attempts(record, "delete")[-1]),
    "suppressedReason": lambda record, _attempt: record.get("suppressedReason", ""),
    "contentConflicts": lambda record, _attempt: ", ".join(record["contentConflicts"][:_MOST_NAMED]),
    "conflictCount": lambda record, _attempt: len(record.get("conflicts", ())),
}
