"""How often all `send` instances together may call as one agent, without a document that all of them write.

Each instance writes when it was seen into a document of its own, counts the instances that were seen lately,
and makes its share of the calls, rate / count, spaced by a token bucket.

    looks every 10 s while it sends      writes its own document, then counts
    counts who was seen in the last 30 s

Bound, while these documents can be written and read: with k instances that sent before and n that send now,
the calls of any t seconds are at most

    rate · t                                          everybody has counted everybody
    + rate · min(t, 10 s) · (1/(k+1) + … + 1/n)       until they have: whoever joins counts who came before
    + half a second's calls of each, at least one     the burst

An instance that ended is counted for 30 s after it was last seen, and its share is nobody's until the others
have looked again: for at most 40 s they make rate · (n - ended) / n. Likewise nobody makes use of what an
instance leaves of its share.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rbm_ledger.domain.identifiers import make_document_id
from rbm_ledger.domain.ledger import DocumentPath, Merge, Query, agent_path
from rbm_ledger.domain.times import to_millis

LOOK_SECONDS = 10.0
SEEN = timedelta(seconds=30)

# As many instances as anybody runs; who is beyond is not counted.
_MAX_SENDERS = 1000
_BURST_SECONDS = 0.5
# Of a call: what rounding may take from it.
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Allowance:
    """A token bucket: so many `calls` may be made at once at `at_seconds`, on any monotonic clock."""

    at_seconds: float
    calls: float = 1.0

    def grow(self, now_seconds: float, per_second: float) -> "Allowance":
        """What it is by now, at most half a second's calls, and at least one if that is less."""
        burst = max(1.0, per_second * _BURST_SECONDS)
        grown = self.calls + max(0.0, now_seconds - self.at_seconds) * per_second
        return Allowance(now_seconds, min(burst, grown))

    def wait_seconds(self, per_second: float, *, ahead: int = 0) -> float:
        """From `at_seconds` on, until a call may be made that has others `ahead` of it; 0: at once."""
        missing = ahead + 1 - self.calls
        return missing / per_second if missing > _TOLERANCE else 0.0

    def spend(self) -> "Allowance":
        return Allowance(self.at_seconds, self.calls - 1)


def share_of(per_second: float, senders: int) -> float:
    """The part of one of so many `senders`; who knows of nobody, not even itself, is alone."""
    return per_second / max(1, senders)


def senders_path(agent_id: str) -> DocumentPath:
    """The collection."""
    return (*agent_path(agent_id), "senders")


def merge_seen(agent_id: str, instance_id: str, now: datetime) -> Merge:
    """This instance sends as the agent."""
    document = (*senders_path(agent_id), make_document_id(instance_id))
    return Merge(document, maxima={("seenAtMs",): to_millis(now)})


def senders_query(agent_id: str, now: datetime) -> Query:
    """The instances that were seen lately."""
    return Query(
        "senders",
        agent_path(agent_id),
        bound=("seenAtMs",),
        at_least=to_millis(now - SEEN),
        limit=_MAX_SENDERS,
    )
