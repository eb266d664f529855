"""Whatever fails, and in whatever order: an event that was acknowledged is published, once or more."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st
from tests.functions.fakes import InMemoryLedger, RecordingPublisher
from tests.functions.usecases.receiving import RECEIVED, TOKENS, make_call
from tests.functions.usecases.virtual_time import run_virtually
from tests.support.payloads import event_bytes

from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.ledger import Merge, Query, Reached, Record
from rbm_ledger.usecases.drain import Drain
from rbm_ledger.usecases.receive import receive_call
from rbm_ledger.usecases.spill import Spill

PAYLOADS = [event_bytes("user-event-delivered", messageId=f"message-{number}") for number in range(3)]


@dataclass
class Fate:
    """What becomes of each call in turn: how long it takes, whether it is done, and whether that is heard."""

    calls: list[tuple[float, bool, bool]] = field(default_factory=list)

    def next_one(self) -> tuple[float, bool, bool]:
        return self.calls.pop(0) if self.calls else (0.0, True, True)


@dataclass
class FatedPublisher:
    topic: RecordingPublisher
    fate: Fate

    async def publish(self, data: bytes, attributes: Mapping[str, str]) -> str:
        seconds, is_done, is_heard = self.fate.next_one()
        await asyncio.sleep(seconds)
        message_id = await self.topic.publish(data, attributes) if is_done else ""
        if not (is_done and is_heard):
            raise NotConfirmed("nothing was heard of the publish")
        return message_id


@dataclass
class FatedLedger(InMemoryLedger):
    fate: Fate = field(default_factory=Fate)

    def __post_init__(self) -> None:
        super().__init__()

    async def merge(self, merge: Merge) -> Reached:
        seconds, is_done, is_heard = self.fate.next_one()
        await asyncio.sleep(seconds)
        reached = await super().merge(merge) if is_done else {}
        if not (is_done and is_heard):
            raise NotConfirmed("nothing was heard of the write")
        return reached

    async def find(self, query: Query) -> Sequence[Record]:
        await asyncio.sleep(0.01)
        return [dict(record) for record in await super().find(query)]


FATES = st.lists(
    st.tuples(st.sampled_from((0.0, 0.1, 0.3, 2.0)), st.booleans(), st.booleans()), max_size=12
).map(Fate)
# When each delivery and each drain begins, in seconds.
STARTS = st.floats(0, 3).map(lambda seconds: round(seconds, 2))


@given(
    FATES,
    FATES,
    st.lists(st.tuples(st.sampled_from(PAYLOADS), STARTS), min_size=1, max_size=8),
    st.lists(STARTS, max_size=4),
)
def test_acknowledged_event_is_published_at_least_once(
    publishes: Fate, writes: Fate, deliveries: list[tuple[bytes, float]], drains: list[float]
) -> None:
    run_virtually(_play(publishes, writes, deliveries, drains))


async def _play(
    publishes: Fate, writes: Fate, deliveries: list[tuple[bytes, float]], drains: list[float]
) -> None:
    topic, ledger = RecordingPublisher(), FatedLedger(fate=writes)
    events = FatedPublisher(topic, publishes)
    spill = Spill(events, lambda: ledger, lambda: RECEIVED)
    now = asyncio.get_running_loop().time
    drain = Drain(ledger, events, lambda: RECEIVED, now, budget_seconds=5, page_size=2)
    acknowledged: set[bytes] = set()

    async def deliver(payload: bytes, at: float) -> None:
        await asyncio.sleep(at)
        try:
            await receive_call(make_call(payload), tokens=TOKENS, events=spill)
        except NotConfirmed:
            return
        acknowledged.add(payload)

    async def drain_at(at: float) -> None:
        await asyncio.sleep(at)
        await drain()

    await asyncio.gather(*(deliver(*each) for each in deliveries), *map(drain_at, drains))
    publishes.calls, writes.calls = [], []  # from now on everything works
    assert (await drain()).is_complete
    assert acknowledged <= {message.data for message in topic.messages}
