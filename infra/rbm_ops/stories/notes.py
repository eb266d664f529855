"""What a step of a message's life means, in words: tables, and the few sentences made of them. Pure."""

from collections.abc import Mapping
from typing import Any

from rbm_ledger.domain.correlation import STATES_BY_EVENT_TYPE
from rbm_ledger.domain.explanations import explain, is_given_up
from rbm_ledger.domain.ledger import Record, State, state_of
from rbm_ledger.domain.outcomes import Answer, state_after
from rbm_ledger.domain.request_members import RequestKind

_AGAIN = "Pub/Sub repeats the request, with the same message id"

_CREATED: dict[State | None, str] = {
    State.ACCEPTED: "the platform has taken it; what becomes of it comes by callbacks",
    State.UNREACHABLE: "no RCS at this number or network: the signal to use SMS",
    State.REJECTED: "refused for good",
    State.PENDING: f"this settles nothing: {_AGAIN}",
}
_DELETED: dict[State | None, str] = {
    State.REVOKED: "taken back before it was delivered",
    State.PENDING: f"this settles nothing: {_AGAIN}",
    None: "it could not be taken back",
}
_NOTES_BY_KIND = {RequestKind.AGENT_MESSAGE: _CREATED, RequestKind.REVOKE: _DELETED}
_EVENTS = {
    "DELIVERED": "the user's device has it",
    "READ": "the user has seen it, so it was delivered too",
    "TTL_EXPIRATION_REVOKED": "it expired and was taken back: not delivered",
    "TTL_EXPIRATION_REVOKE_FAILED": "it expired and could not be taken back: it may still arrive",
}
_FAILURES = {
    0: "no answer from the webhook",
    401: "refused: 401, the signature was not made with a token that the webhook knows",
    503: "503: Pub/Sub did not confirm the event to the webhook",
}

CAME_FIRST = "it came before `send` had recorded the platform's answer"
ABOUT_CONVERSATION = "it changes the conversation, not this message"
UNWRITTEN_EVENT = "acknowledged and published; `correlate` has not written it yet"
UNRECORDED_CALL = "`send` has not recorded this answer: it gave up on the call, died, or is about to write"
_ORPHAN = "the record of `send`: who asked for this message, and what the platform answered"
_GIVEN_UP = "nothing by itself: the request lies with the dead letters, and nobody repeats it"

# What may still come, by state. Nothing follows a state that is not here.
_AWAITED = {
    State.PENDING: (f"an answer of the platform that settles it: {_AGAIN}",),
    State.ACCEPTED: ("DELIVERED, as soon as the phone is online", "READ, after that"),
    State.UNRESOLVED: ("nothing; a late receipt would still win",),
    State.EXPIRY_INCONCLUSIVE: ("DELIVERED, if the phone had it already",),
    State.EXPIRED: ("nothing; a late DELIVERED would still win",),
    State.REVOKED: ("nothing; a late DELIVERED would still win",),
    State.DELIVERED: ("READ, if the user opens the conversation and sends read receipts",),
}


def explain_request(record: Record) -> str:
    if "suppressedReason" in record:
        return explain(record)
    if "faults" in record:
        faults = "; ".join(f"{fault['path']} {fault['problem']}".strip() for fault in record["faults"])
        return f"not sent, it can never succeed: {faults}"
    return "nothing is written before the platform has answered"


def explain_attempt(kind: RequestKind, answer: Answer, *, now: State) -> str:
    """`now` is the state that the document has after it."""
    own = state_after(kind, answer)
    note = _NOTES_BY_KIND[kind][own]
    if own is State.ACCEPTED and answer.http_status != 200:
        note = "the platform has this id already: an earlier attempt was taken"
    if own is None or own is now:
        return note
    return f"{note}; {_outranked(own, now)}"


def explain_event(event_type: str, *, before: State, now: State) -> str:
    """For an event that was new to the document."""
    own = STATES_BY_EVENT_TYPE.get(event_type)
    if own is None:
        return "a type that this system does not know: kept in the document and in quarantine"
    if own is before:
        return f"another {event_type}: the state is {now.label} already"
    if own is not now:
        return _outranked(own, now)
    return _EVENTS[event_type]


def explain_quarantine(reason: str) -> str:
    return f"nobody understands it, so it is kept in quarantine: {reason}"


def explain_repeat(event_type: str) -> str:
    return f"a repeat: {event_type} is recorded already, nothing changes"


def explain_failure(callback: Mapping[str, Any]) -> str:
    """Why a callback was not acknowledged, and what follows."""
    if callback["outcome"] == "dropped" and not callback["attempt"]:
        return f"never sent: {callback.get('error', 'dropped')}"
    status = callback["httpStatus"]
    why = _FAILURES.get(status, f"{status}: only 200 acknowledges a callback")
    if callback["outcome"] == "dropped":
        return f"{why}; given up after 7 days"
    return f"{why}; Google repeats it"


def list_awaited(record: Record) -> list[str]:
    """By the document alone."""
    orphan = [] if "requestedTime" in record else [_ORPHAN]
    if state_of(record) is State.PENDING and is_given_up(record):
        return [_GIVEN_UP]
    return [*orphan, *_AWAITED.get(state_of(record), ())]


def _outranked(own: State, now: State) -> str:
    return f"{now.name} outranks {own.name}: the state stays {now.label}"
