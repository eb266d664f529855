"""When somebody must look at a message again: fields that are only ever raised, so that nobody clears them.

    dueAtMs         first deadline ──sweep──▶ next deadline ──▶ … ──▶ NEVER_MS (settled for good)
    orphanDueAtMs   an event came  ──15 min──▶ the sweep looks     NEVER_MS (the request was recorded)

A receipt that overtakes the record leaves NEVER_MS, and the record's own, earlier deadline changes nothing.
NEVER_MS is written blindly only by what leaves nothing to tell: a receipt, a refusal without a fallback, and
the sweep once it has told.
The latter writes it only over a deadline that was known: a copy of its request may be accepted meanwhile.
Everything else stays due until the sweep has looked: a crash between a write and its update loses nothing.
"""

import dataclasses
import hashlib
from datetime import datetime, timedelta

from rbm_ledger.domain.fallback import Fallback, FallbackReason
from rbm_ledger.domain.ledger import FieldPath, Merge, Record
from rbm_ledger.domain.times import to_millis

# Enough for 8,000 messages a second: an index on a rising value takes 500 writes a second
# (cloud.google.com/firestore/docs/best-practices, read 2026-11), and each of these has its own.
SHARDS = 16

# The largest number that JSON carries everywhere.
NEVER_MS = 2**53 - 1

SHARD: FieldPath = ("sweep", "shard")
DUE: FieldPath = ("sweep", "dueAtMs")
ORPHAN_DUE: FieldPath = ("sweep", "orphanDueAtMs")

# An expiry is told by an event, which may be late; without one the platform gives up after 30 days
# (guides/build/messages/send, read 2026-04).
EXPIRY_GRACE = timedelta(minutes=10)
LONGEST_WAIT = timedelta(days=30)
ORPHAN_GRACE = timedelta(minutes=15)
_ORPHAN_GRACE_MS = ORPHAN_GRACE // timedelta(milliseconds=1)
# Whoever refuses a message tells of its fallback at once; after this time it is looked whether that was done.
TELLING_GRACE = timedelta(minutes=2)


def shard_of(message_id: str) -> int:
    return hashlib.sha256(message_id.encode()).digest()[0] % SHARDS


def first_deadline_ms(requested_at: datetime, expire_time: datetime | None, fallback: Fallback | None) -> int:
    """The earlier of the fallback's deadline and the time by which everything should be known."""
    deadlines = [last_deadline(requested_at, expire_time)]
    if fallback and fallback.after_seconds is not None and FallbackReason.UNDELIVERED in fallback.on:
        deadlines.append(requested_at + timedelta(seconds=fallback.after_seconds))
    return to_millis(min(deadlines))


def last_deadline(requested_at: datetime, expire_time: datetime | None) -> datetime:
    """After it a message that nothing was heard of is unresolved."""
    return expire_time + EXPIRY_GRACE if expire_time else requested_at + LONGEST_WAIT


def telling_deadline_ms(requested_at: datetime) -> int:
    return to_millis(requested_at + TELLING_GRACE)


def spare_deadline(merge: Merge, known: Record) -> Merge:
    """The merge, without a NEVER_MS that no deadline came before: a copy that is taken meanwhile has one."""
    if merge.maxima.get(DUE) != NEVER_MS or DUE[1] in known.get(DUE[0], {}):
        return merge
    return dataclasses.replace(merge, maxima={path: at for path, at in merge.maxima.items() if path != DUE})


def orphan_deadline_ms(received_at: datetime) -> int:
    return to_millis(received_at) + _ORPHAN_GRACE_MS
