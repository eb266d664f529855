"""What one subscription still owes: every unacknowledged message, and who holds it until when.

    offer ─▶ ready ──take──▶ leased ──acknowledge──▶ gone
               ▲               │ nack, or the ack deadline passes
               └── back-off ◀──┴──▶ dead-letter topic (attempts used up)

Messages with an ordering key wait in a lane; the lane, not the message, stands in `ready`, and only while
none of its messages is leased or backing off.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from rbm_ops.emulators.pubsub.delivery import Delivery, Lane, Notify, back_off_seconds
from rbm_ops.emulators.pubsub.messages import types
from rbm_ops.emulators.pubsub.refusals import CallRefused


class Backlog:
    """`forward` takes a message whose attempts are used up, or returns False; `forget` drops its record."""

    def __init__(
        self,
        config: types.Subscription,
        *,
        forward: Callable[[Delivery], bool],
        forget: Callable[[Iterable[Delivery]], None],
    ) -> None:
        self.config = config
        self.available = asyncio.Event()
        self.closed_by: CallRefused | None = None
        self._forward = forward
        self._forget = forget
        self._ready: deque[Delivery | Lane] = deque()
        self._leased: dict[str, Delivery] = {}
        self._lanes: dict[str, Lane] = {}
        self._backing_off: dict[int, tuple[Delivery, asyncio.TimerHandle]] = {}

    def offer(self, message: types.PubsubMessage) -> None:
        delivery = Delivery(message, int(message.message_id))
        if self.config.enable_message_ordering and message.ordering_key:
            self._join_lane(delivery)
        else:
            self._make_ready(delivery)

    def take(
        self,
        limit: int,
        lease_seconds: float | None,
        *,
        holder: Notify | None = None,
        whole_lanes: bool = False,
    ) -> list[Delivery]:
        """Lease up to `limit` messages, without end if `lease_seconds` is None; `holder` hears of each end.

        Of an ordering key, one message at a time, or with `whole_lanes` as many as fit.
        """
        taken: list[Delivery] = []
        while self._ready and len(taken) < limit:
            following = self._ready.popleft()
            if isinstance(following, Delivery):
                taken.append(following)
            else:
                taken += following.take(limit - len(taken) if whole_lanes else 1)
        for delivery in taken:
            self._lease(delivery, lease_seconds, holder)
        if not self._ready and not self.closed_by:
            self.available.clear()
        return taken

    def acknowledge(self, ack_ids: Iterable[str]) -> list[str]:
        """Let go of these messages for good; returns the ack ids that hold no lease."""
        stale, done = [], []
        for ack_id in ack_ids:
            delivery = self._end_lease(ack_id)
            if delivery is None:
                stale.append(ack_id)
            else:
                done.append(delivery)
        for delivery in done:
            self._leave_lane(delivery)
        self._forget(done)
        return stale

    def modify_deadline(self, ack_ids: Iterable[str], seconds: float) -> list[str]:
        """Extend leases, or with 0 seconds give them up; returns the ack ids that hold no lease."""
        return [ack_id for ack_id in ack_ids if not self._modify(ack_id, seconds)]

    def release(self, ack_id: str) -> None:
        """Give a message back (a nack, or its time is up): to the next taker, or to the dead-letter topic."""
        delivery = self._end_lease(ack_id)
        if delivery is None:
            return
        if self._is_exhausted(delivery) and self._forward(delivery):
            self._leave_lane(delivery)
            self._forget([delivery])
            return
        delay_seconds = back_off_seconds(self.config, delivery.attempts)
        if delay_seconds:
            timer = asyncio.get_running_loop().call_later(delay_seconds, self._return, delivery)
            self._backing_off[delivery.sequence] = (delivery, timer)
        else:
            self._return(delivery)

    def unacknowledged(self) -> Iterator[Delivery]:
        yield from (waiting for waiting in self._ready if isinstance(waiting, Delivery))
        for lane in self._lanes.values():
            yield from lane.waiting
        yield from self._leased.values()
        yield from (delivery for delivery, _ in self._backing_off.values())

    def close(self, refusal: CallRefused) -> None:
        """End every lease, stop every clock and wake everybody who waits: they are to raise `closed_by`."""
        for ack_id in list(self._leased):
            self._end_lease(ack_id)
        for _, timer in self._backing_off.values():
            timer.cancel()
        self.closed_by = refusal
        self.available.set()

    def _lease(self, delivery: Delivery, seconds: float | None, holder: Notify | None) -> None:
        delivery.attempts += 1
        delivery.ack_id = f"{self.config.name}:{delivery.sequence}-{delivery.attempts}"
        delivery.holder = holder
        self._leased[delivery.ack_id] = delivery
        if seconds is not None:
            self._set_deadline(delivery, seconds)

    def _set_deadline(self, delivery: Delivery, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        delivery.deadline = loop.call_later(seconds, self.release, delivery.ack_id)

    def _modify(self, ack_id: str, seconds: float) -> bool:
        delivery = self._leased.get(ack_id)
        if delivery is None:
            return False
        if not seconds:
            self.release(ack_id)
            return True
        if delivery.deadline:
            delivery.deadline.cancel()
        self._set_deadline(delivery, seconds)
        return True

    def _end_lease(self, ack_id: str) -> Delivery | None:
        delivery = self._leased.pop(ack_id, None)
        if delivery is None:
            return None
        if delivery.deadline:
            delivery.deadline.cancel()
            delivery.deadline = None
        if delivery.holder:
            delivery.holder()
        return delivery

    def _is_exhausted(self, delivery: Delivery) -> bool:
        if not self.config.HasField("dead_letter_policy"):
            return False
        most: int = self.config.dead_letter_policy.max_delivery_attempts
        return delivery.attempts >= most

    def _return(self, delivery: Delivery) -> None:
        self._backing_off.pop(delivery.sequence, None)
        if delivery.lane is None:
            self._make_ready(delivery)
        else:
            delivery.lane.put_back(delivery)
            self._advance(delivery.lane)

    def _join_lane(self, delivery: Delivery) -> None:
        key = delivery.message.ordering_key
        delivery.lane = lane = self._lanes.get(key)
        if lane:
            lane.waiting.append(delivery)
            return
        delivery.lane = self._lanes[key] = Lane(key, deque([delivery]))
        self._make_ready(delivery.lane)

    def _leave_lane(self, delivery: Delivery) -> None:
        if delivery.lane:
            delivery.lane.outstanding -= 1
            self._advance(delivery.lane)

    def _advance(self, lane: Lane) -> None:
        if lane.outstanding:
            return
        if lane.waiting:
            self._make_ready(lane)
        else:
            del self._lanes[lane.key]

    def _make_ready(self, following: Delivery | Lane) -> None:
        self._ready.append(following)
        self.available.set()
