"""What is awaited until when, and what one can do about a message. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rbm_ledger.domain.deadlines import NEVER_MS, last_deadline
from rbm_ledger.domain.explanations import is_given_up
from rbm_ledger.domain.ledger import Record, State, is_orphan, state_of
from rbm_ledger.domain.sweeping import find_want, is_readable
from rbm_ledger.domain.times import from_millis

# States in which time itself decides something.
_OPEN = frozenset({State.PENDING, State.ACCEPTED, State.EXPIRY_INCONCLUSIVE})
_UNDER_WAY = frozenset({*_OPEN, State.UNRESOLVED})


@dataclass(frozen=True, slots=True)
class Deadline:
    until: datetime
    then: str

    def describe(self) -> dict[str, Any]:
        return {"until": self.until, "then": self.then}


def list_deadlines(record: Record) -> list[Deadline]:
    """What happens by itself if nothing comes before, the next first."""
    return sorted(_find_deadlines(record), key=lambda deadline: deadline.until)


def list_actions(record: Record) -> list[str]:
    """Commands and requests, in the order in which one would think of them."""
    return list(_find_actions(record))


def _find_deadlines(record: Record) -> Iterator[Deadline]:
    orphan_due_ms = record.get("sweep", {}).get("orphanDueAtMs", NEVER_MS)
    if is_orphan(record) and orphan_due_ms < NEVER_MS:
        yield Deadline(from_millis(orphan_due_ms), "its request is taken for lost, and the sweep warns")
    if not is_readable(record):
        return
    want = find_want(record)
    if want is not None and not record.get("fallbackDecisions"):
        yield Deadline(want.since, f"it is revoked, and its fallback is requested ({want.reason})")
    if state_of(record) in _OPEN:
        expire_time = record.get("expireTime")
        if expire_time is not None:
            yield Deadline(expire_time, "the platform takes it back if it was not delivered, and says so")
        yield Deadline(last_deadline(record["requestedTime"], expire_time), "it is called unresolved")


def _find_actions(record: Record) -> Iterator[str]:
    message_id = record.get("messageId", "")
    state = state_of(record)
    if state is State.PENDING and is_given_up(record):
        yield "once its cause is mended: rbm deadletters list, then rbm deadletters replay --id ID --yes"
    elif state is State.PENDING:
        yield "is its agent paused, are there refusals? rbm agents, rbm doctor"
    if state in _UNDER_WAY and "requestedTime" in record:
        yield f'to take it back, publish {{"agentId": …, "revoke": {{"messageId": "{message_id}"}}}}'
    if is_orphan(record):
        yield f"to look for its request among what waits to be mended: rbm explain {message_id} --elsewhere"
    if record.get("conflicts"):
        yield "to send the other content, give it an idempotencyKey of its own"
