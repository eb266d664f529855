"""Which fallback decision a message's document calls for, by its state and the calls that led to it."""

from datetime import datetime

from rbm_ledger.domain.attempts import is_expired_unsent, is_suppressed, may_be_taken
from rbm_ledger.domain.fallback import (
    Certainty,
    FallbackDecision,
    FallbackReason,
    first_decision,
    is_delivered,
    wanted_fallback,
)
from rbm_ledger.domain.ledger import Record, State, state_of

# What a state is enough for, the most fitting reason first: whoever wants a fallback for what is not
# delivered in time wants it no less for what never can be.
_REASONS_BY_STATE = {
    State.REJECTED: (FallbackReason.UNDELIVERED,),
    State.UNREACHABLE: (FallbackReason.UNREACHABLE, FallbackReason.UNDELIVERED),
    State.EXPIRED: (FallbackReason.EXPIRED, FallbackReason.UNDELIVERED),
}
_REASONS_WHEN_NEVER_SENT = (FallbackReason.EXPIRED, FallbackReason.UNDELIVERED)
# Of one call; another one of the same message may have been taken.
_REFUSED = frozenset({State.REJECTED, State.UNREACHABLE})


def find_decision(record: Record, now: datetime) -> FallbackDecision | None:
    """The decision that was made, else the one that the state calls for; None once it is delivered."""
    return None if is_delivered(record) else first_decision(record) or call_for_decision(record, now)


def call_for_decision(record: Record, now: datetime) -> FallbackDecision | None:
    """What the state alone is enough for; a deadline is the sweep's matter."""
    fallback = wanted_fallback(record)
    reasons = _find_reasons(record)
    reason = next((reason for reason in reasons if fallback and reason in fallback.on), None)
    is_open = state_of(record) in _REFUSED and may_be_taken(record)
    certainty = Certainty.INCONCLUSIVE if is_open else Certainty.CONFIRMED
    return FallbackDecision(reason, certainty, now) if reason else None


def _find_reasons(record: Record) -> tuple[FallbackReason, ...]:
    if is_suppressed(record):
        is_never_sent = is_expired_unsent(record) and not record.get("attempts")
        return _REASONS_WHEN_NEVER_SENT if is_never_sent else ()
    return _REASONS_BY_STATE.get(state_of(record), ())
