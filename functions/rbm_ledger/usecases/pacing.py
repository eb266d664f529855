"""Calls wait for their turn, so that all instances together keep an agent's rate (domain/rates.py).

take ─▶ its turn is too far off? ─no─▶ waits behind those before it ─▶ waits for the allowance ─▶ call
                │                                                              │
               yes                                        the share became smaller, or the agent is held
                └────────────▶ RateReached, no turn is taken ◀─────────────────┘
"""

import asyncio
from collections.abc import Awaitable, Callable

from rbm_ledger.domain.errors import OutcomeUnknown
from rbm_ledger.domain.rates import LOOK_SECONDS, Allowance, share_of
from rbm_ledger.usecases.ports import Clock, Ledger, Monotonic
from rbm_ledger.usecases.senders import Senders

Sleep = Callable[[float], Awaitable[None]]

# With the call and the writes behind it, below the ack deadline of the subscription (60 s).
MAX_WAIT_SECONDS = 25.0
_MAX_HOLD_SECONDS = 60.0
_MAX_IDLE_LINES = 1000
# By then the allowance of the lowest rate is whole again.
_IDLE_SECONDS = 3600.0


class RateReached(OutcomeUnknown):
    """No turn came in the time that a call may wait; as things are, one comes after `retry_after_seconds`."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__("The agent's rate is reached; call again later.")
        self.retry_after_seconds = retry_after_seconds


class Pacer:
    """One per instance, in the event loop of its first `take`. `instance_id` is no other instance's, ever."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        clock: Clock,
        monotonic: Monotonic,
        instance_id: str,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._monotonic = monotonic
        self._instance_id = instance_id
        self._sleep = sleep
        self._lines: dict[str, _Line] = {}

    async def take(self, agent_id: str, rate_per_second: float | None) -> None:
        """Returns when a call may be made, in order of arrival; raises RateReached, and no turn is taken.

        Without a rate it waits only while the agent is held.
        """
        if rate_per_second is not None or agent_id in self._lines:
            await self._line_of(agent_id).take(rate_per_second)

    def hold(self, agent_id: str, seconds: float) -> None:
        """The platform asked for a pause: no call of this instance as the agent until then, 60 s at most."""
        self._line_of(agent_id).hold(min(seconds, _MAX_HOLD_SECONDS))

    def _line_of(self, agent_id: str) -> "_Line":
        if agent_id not in self._lines:
            self._forget_idle_lines()
            senders = Senders(
                agent_id,
                self._ledger,
                clock=self._clock,
                monotonic=self._monotonic,
                instance_id=self._instance_id,
            )
            self._lines[agent_id] = _Line(senders, self._monotonic, self._sleep)
        return self._lines[agent_id]

    def _forget_idle_lines(self) -> None:
        """One that was idle for long enough is as good as a fresh one."""
        if len(self._lines) >= _MAX_IDLE_LINES:
            self._lines = {agent_id: line for agent_id, line in self._lines.items() if not line.is_idle()}


class _Line:
    """The calls of this instance as one agent, one behind the other."""

    def __init__(self, senders: Senders, monotonic: Monotonic, sleep: Sleep) -> None:
        self._senders = senders
        self._monotonic = monotonic
        self._sleep = sleep
        self._allowance = Allowance(monotonic())
        self._held_until = self._used_at = monotonic()
        self._waiting = 0
        self._turn = asyncio.Lock()  # is handed on in order of arrival

    async def take(self, per_second: float | None) -> None:
        self._used_at = self._monotonic()
        deadline = self._used_at + MAX_WAIT_SECONDS
        if per_second is not None:
            await self._senders.refresh()
        self._wait_seconds(per_second, deadline, ahead=self._waiting)
        self._waiting += 1
        try:
            async with self._turn:
                await self._await_turn(per_second, deadline)
        finally:
            self._waiting -= 1

    def hold(self, seconds: float) -> None:
        self._held_until = max(self._held_until, self._monotonic() + seconds)

    def is_idle(self) -> bool:
        return self._monotonic() - self._used_at >= _IDLE_SECONDS

    async def _await_turn(self, per_second: float | None, deadline: float) -> None:
        """Whoever waits here is the first; a wait is cut so that a share that changes is noticed."""
        while wait_seconds := self._wait_seconds(per_second, deadline):
            await self._sleep(min(wait_seconds, LOOK_SECONDS))
        if per_second is not None:
            self._allowance = self._allowance.grow(self._monotonic(), self._share(per_second)).spend()

    def _wait_seconds(self, per_second: float | None, deadline: float, *, ahead: int = 0) -> float:
        """Until the turn of who has others `ahead`, 0 at once; raises RateReached if that is too late."""
        now = self._monotonic()
        start = max(now, self._held_until)
        wait_seconds = start - now
        if per_second is not None:
            share = self._share(per_second)
            wait_seconds += self._allowance.grow(start, share).wait_seconds(share, ahead=ahead)
        if now + wait_seconds > deadline:
            raise RateReached(wait_seconds)
        return wait_seconds

    def _share(self, per_second: float) -> float:
        """Looks again if it is time: behind a long line nobody else would."""
        self._senders.look_if_due()
        return share_of(per_second, self._senders.count)
