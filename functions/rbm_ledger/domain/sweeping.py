"""What the sweep does about a message whose deadline has passed: step by step, by its document alone.

    settled ─────────────────────────────────────────────▶ never again
    decision made, not told ──▶ tell it
    fallback due ──▶ DELETE ──200──▶ decision, confirmed
                       └──404──▶ 60 s ──▶ DELETE ──404──▶ decision, inconclusive
    nothing came in time ──▶ unresolved; never called until it expired ──▶ suppressed

Each step leaves its mark in the document, so that whoever comes next, after a crash too, takes the next one.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from rbm_ledger.domain.attempts import is_expired_unsent, is_left_open, was_called
from rbm_ledger.domain.deadlines import (
    DUE,
    EXPIRY_GRACE,
    LONGEST_WAIT,
    NEVER_MS,
    ORPHAN_DUE,
    last_deadline,
)
from rbm_ledger.domain.deciding import find_decision
from rbm_ledger.domain.fallback import (
    SWEEP,
    Certainty,
    FallbackDecision,
    FallbackReason,
    first_decision,
    is_delivered,
    is_told,
    wanted_fallback,
)
from rbm_ledger.domain.ledger import DocumentPath, FieldPath, Merge, Record, State, message_path, state_of
from rbm_ledger.domain.outcomes import Attempt
from rbm_ledger.domain.records import Suppression, merge_revoke
from rbm_ledger.domain.times import to_millis

# After a failed revoke: look for DELIVERED; if absent, revoke again (guides/build/messages/revoke,
# read 2026-04).
LOOK_AGAIN_AFTER = timedelta(seconds=60)
# A platform that answers no revoke must not hold a fallback for ever, least of all when it is down.
REVOKE_PATIENCE = timedelta(minutes=10)

# States in which something may still come.
_AWAITED = frozenset({State.PENDING, State.ACCEPTED, State.UNRESOLVED, State.EXPIRY_INCONCLUSIVE})


class Action(StrEnum):
    LOOK_AGAIN = "look_again"
    TELL = "tell"
    REVOKE = "revoke"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True)
class Want:
    """A fallback that is due from `since` on."""

    since: datetime
    reason: FallbackReason


@dataclass(frozen=True, slots=True)
class Step:
    """`at_ms` of LOOK_AGAIN: not before then. `want` of REVOKE: why."""

    action: Action
    at_ms: int = NEVER_MS
    want: Want | None = None


def next_step(record: Record, now: datetime) -> Step:
    """What is to be done now. A repeat of a step that was taken is harmless."""
    if is_delivered(record):
        return Step(Action.LOOK_AGAIN)
    decision = first_decision(record)
    if not is_told(record) and (decision or not is_left_open(record)) and find_decision(record, now):
        return Step(Action.TELL)
    want = None if decision else find_want(record)
    if want and now >= want.since:
        return _revoke_or_wait(record, want, now)
    deadlines = [want.since] if want else []
    if _is_awaited(record):
        deadlines.append(_last_deadline(record))
    is_over = bool(deadlines) and now >= min(deadlines)
    if is_over or (is_never_called(record) and now >= _last_deadline(record)):  # perhaps not told
        return Step(Action.RESOLVE)
    return _look_again_at(min(deadlines)) if deadlines else Step(Action.LOOK_AGAIN)


def find_want(record: Record) -> Want | None:
    """The first deadline of the fallback of a message that may still be on its way."""
    fallback = wanted_fallback(record)
    if fallback is None or not _may_be_under_way(record):
        return None
    wants = []
    if FallbackReason.UNDELIVERED in fallback.on and fallback.after_seconds is not None:
        after = timedelta(seconds=fallback.after_seconds)
        wants.append(Want(record["requestedTime"] + after, FallbackReason.UNDELIVERED))
    if "expireTime" in record:
        reasons = (FallbackReason.EXPIRED, FallbackReason.UNDELIVERED)
        since = record["expireTime"] + EXPIRY_GRACE
        wants += [Want(since, reason) for reason in reasons if reason in fallback.on][:1]
    return min(wants, key=lambda want: want.since, default=None)


def judge_revoke(record: Record, want: Want, attempt: Attempt) -> FallbackDecision | None:
    """What the answer to a revoke decides, after those before it; None: look again."""
    if attempt.answer.http_status == 200:
        return FallbackDecision(want.reason, Certainty.CONFIRMED, attempt.at)
    revokes = _revokes_since(record, want)
    is_second = attempt.answer.http_status == 404 and any(each["httpStatus"] == 404 for each in revokes)
    is_hopeless = bool(revokes) and attempt.at >= revokes[0]["at"] + REVOKE_PATIENCE
    if is_second or is_hopeless:
        return FallbackDecision(want.reason, Certainty.INCONCLUSIVE, attempt.at)
    return None


def merge_swept_revoke(record: Record, attempt: Attempt, decision: FallbackDecision | None) -> Merge:
    """The outcome and the decision that it leads to, in one write; it stays due until that is told."""
    merge = merge_revoke(record["agentId"], record["messageId"], attempt)
    unions: dict[Any, tuple[Any, ...]] = {("attempts",): ({**attempt.element("delete"), "by": SWEEP},)}
    if decision is not None:
        unions[("fallbackDecisions",)] = (decision.element(),)
    return dataclasses.replace(merge, unions=unions)


def merge_unresolved(record: Record, now: datetime) -> Merge:
    """Not yet settled: its update has to be told first."""
    return Merge(
        path_of(record),
        values={("unresolvedTime",): record.get("unresolvedTime", now)},
        maxima={("stateRank",): State.UNRESOLVED.value},
    )


def is_never_called(record: Record) -> bool:
    """Whether it was given up while it waited: nobody has called for it, nor will once it has expired.

    Without `gaveUpTime` somebody may have died between a call and its record.
    """
    is_given_up = "gaveUpTime" in record and (state_of(record) is State.PENDING or is_left_open(record))
    is_waiting = is_given_up or is_expired_unsent(record)
    return is_waiting and "expireTime" in record and not was_called(record)


def merge_never_called(record: Record) -> Merge:
    """As `send` says it of a request that comes too late."""
    return Merge(
        path_of(record),
        values={("suppressedReason",): Suppression.EXPIRED.value},
        maxima={("stateRank",): State.SUPPRESSED.value},
    )


def last_look_ms(record: Record, now: datetime) -> int:
    """For what was not called, and may be asked for again in time."""
    at = record["requestedTime"] + LONGEST_WAIT
    return to_millis(at) if now < at else NEVER_MS


def merge_next_look(record: Record, at_ms: int) -> Merge:
    return Merge(path_of(record), maxima={DUE: at_ms})


def merge_orphan_looked_at(record: Record, now: datetime) -> Merge:
    """Whether its request came at last or not: nobody needs to look again."""
    values: dict[FieldPath, Any] = {} if "requestedTime" in record else {("orphanedTime",): now}
    return Merge(path_of(record), values, {ORPHAN_DUE: NEVER_MS})


def is_named(record: Record) -> bool:
    """False for what no function of ours writes: it is left as it is, and counted."""
    return isinstance(record.get("agentId"), str) and isinstance(record.get("messageId"), str)


def is_readable(record: Record) -> bool:
    """Whether it has all that a deadline is reckoned from."""
    requested_at, phone_number = record.get("requestedTime"), record.get("phoneNumber")
    times = (requested_at, record.get("expireTime", requested_at))
    return (
        is_named(record) and isinstance(phone_number, str) and all(isinstance(at, datetime) for at in times)
    )


def soon_ms(now: datetime) -> int:
    """When to look again after what may turn out otherwise then."""
    return to_millis(now + LOOK_AGAIN_AFTER)


def path_of(record: Record) -> DocumentPath:
    return message_path(record["agentId"], record["messageId"])


def _look_again_at(at: datetime) -> Step:
    """In the millisecond after it: one that has not quite come would be looked at over and over."""
    return Step(Action.LOOK_AGAIN, to_millis(at) + 1)


def _revoke_or_wait(record: Record, want: Want, now: datetime) -> Step:
    revokes = _revokes_since(record, want)
    if revokes and now < revokes[-1]["at"] + LOOK_AGAIN_AFTER:
        return _look_again_at(revokes[-1]["at"] + LOOK_AGAIN_AFTER)
    return Step(Action.REVOKE, want=want)


def _revokes_since(record: Record, want: Want) -> list[Mapping[str, Any]]:
    """The sweep's own, by time; those of before the deadline say nothing of what is so after it."""
    revokes = (
        attempt
        for attempt in record.get("attempts", ())
        if attempt.get("by") == SWEEP and attempt["at"] >= want.since
    )
    return sorted(revokes, key=lambda revoke: revoke["at"])


def _is_awaited(record: Record) -> bool:
    return state_of(record) in _AWAITED or is_left_open(record)


def _may_be_under_way(record: Record) -> bool:
    """A request that was suppressed after an earlier call may have reached the platform with that one."""
    state = state_of(record)
    return _is_awaited(record) or (
        state is State.SUPPRESSED
        and record.get("suppressedReason") in ("expired", "revoked_before", "fallback_requested")
    )


def _last_deadline(record: Record) -> datetime:
    return last_deadline(record["requestedTime"], record.get("expireTime"))
