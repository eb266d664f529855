"""How often an agent may call: what is published, and a rate of our own choice for what is not."""

from dataclasses import dataclass
from datetime import date

from rbm_ops.simulator.clock import Clock
from rbm_ops.simulator.errors import ApiError, Status

# Source: guides/build/capabilities, April 2026. Assumed: counted over all agents of the partner.
_BATCHES_PER_MINUTE = 600
# Source: guides/build/test, April 2026, per agent. Assumed: a day is one of UTC.
_INVITES_PER_DAY = 20
_INVITES_IN_ALL = 200


class TokenBucket:
    """Holds `size` calls and fills up again within `period_seconds`."""

    __slots__ = ("_clock", "_filled_at", "_per_second", "_size", "_tokens")

    def __init__(self, clock: Clock, *, size: int, period_seconds: float) -> None:
        self._clock = clock
        self._size = self._tokens = float(size)
        self._per_second = size / period_seconds
        self._filled_at = clock.now()

    def take(self) -> None:
        """Raises RESOURCE_EXHAUSTED when it is empty."""
        now = self._clock.now()
        gained = (now - self._filled_at).total_seconds() * self._per_second
        self._tokens = min(self._size, self._tokens + gained)
        self._filled_at = now
        if self._tokens < 1:
            raise ApiError(Status.RESOURCE_EXHAUSTED)
        self._tokens -= 1


@dataclass(slots=True)
class _Invites:
    day: date
    on_day: int = 0
    in_all: int = 0


class Quotas:
    """`creates_per_second`: for each agent; None sets no limit. Every method raises RESOURCE_EXHAUSTED."""

    def __init__(self, clock: Clock, *, creates_per_second: int | None) -> None:
        self._clock = clock
        self._creates_per_second = creates_per_second
        self._creates: dict[str, TokenBucket] = {}
        self._batches = TokenBucket(clock, size=_BATCHES_PER_MINUTE, period_seconds=60)
        self._invites: dict[str, _Invites] = {}

    def take_create(self, agent_id: str) -> None:
        if self._creates_per_second is None:
            return
        bucket = self._creates.get(agent_id)
        if bucket is None:
            bucket = TokenBucket(self._clock, size=self._creates_per_second, period_seconds=1)
            self._creates[agent_id] = bucket
        bucket.take()

    def take_batch(self) -> None:
        self._batches.take()

    def take_invite(self, agent_id: str) -> None:
        today = self._clock.now().date()
        invites = self._invites.setdefault(agent_id, _Invites(today))
        if invites.day != today:
            invites.day, invites.on_day = today, 0
        if invites.on_day >= _INVITES_PER_DAY or invites.in_all >= _INVITES_IN_ALL:
            raise ApiError(Status.RESOURCE_EXHAUSTED)
        invites.on_day += 1
        invites.in_all += 1
