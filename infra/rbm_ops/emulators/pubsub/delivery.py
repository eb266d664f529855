"""A message on its way to one subscription: its lease, its place among its ordering key, its next attempt."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from rbm_ops.emulators.pubsub.messages import types

Notify = Callable[[], None]

# A push that failed waits even without a retry policy. Production: 0.1 s to 60 s ("push back-off"); here no
# longer than a developer likes to wait for a function that is up again.
_PUSH_BACK_OFF_SECONDS = (0.1, 10.0)


@dataclass(slots=True)
class Delivery:
    """One message on its way to one subscription; `sequence` is its message id, which rises."""

    message: types.PubsubMessage
    sequence: int
    lane: "Lane | None" = None
    attempts: int = 0
    ack_id: str = ""
    deadline: asyncio.TimerHandle | None = None
    holder: Notify | None = None


@dataclass(slots=True)
class Lane:
    """The messages of one ordering key, in order of publication."""

    key: str
    waiting: deque[Delivery]
    outstanding: int = 0

    def take(self, limit: int) -> list[Delivery]:
        taken = [self.waiting.popleft() for _ in range(min(limit, len(self.waiting)))]
        self.outstanding += len(taken)
        return taken

    def put_back(self, delivery: Delivery) -> None:
        self.outstanding -= 1
        later = (place for place, other in enumerate(self.waiting) if other.sequence > delivery.sequence)
        self.waiting.insert(next(later, len(self.waiting)), delivery)


def back_off_seconds(config: types.Subscription, attempts: int) -> float:
    """Doubles from the policy's minimum to its maximum; 0 for pull without a policy."""
    shortest, longest = 0.0, 0.0
    if config.HasField("retry_policy"):
        policy = config.retry_policy
        shortest, longest = (
            d.ToNanoseconds() / 1e9 for d in (policy.minimum_backoff, policy.maximum_backoff)
        )
    elif config.push_config.push_endpoint:
        shortest, longest = _PUSH_BACK_OFF_SECONDS
    return min(longest, shortest * 2.0 ** min(attempts - 1, 30))
