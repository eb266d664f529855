"""Whatever fails, and in whatever order: a delivery that was acknowledged is published, once or more."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.builders import normalise
from tests.functions.fakes import InMemoryLedger, RecordingPublisher
from tests.functions.usecases.correlating import Correlation
from tests.functions.usecases.receiving import TOKENS, make_call
from tests.functions.usecases.virtual_time import clock, elapsed_seconds, run_virtually
from tests.support.payloads import event_bytes

from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.ledger import Merge, Query, Reached, Record
from rbm_ledger.domain.times import format_rfc3339, parse_rfc3339
from rbm_ledger.usecases.drain import Drain
from rbm_ledger.usecases.receive import receive_call
from rbm_ledger.usecases.spill import Spill

PAYLOADS = [event_bytes("user-event-delivered", messageId=f"message-{number}") for number in range(3)]
WORK, FAIL = (0.0, True, True), (0.0, False, True)


@dataclass
class Fate:
    """What becomes of each call in turn: how long it takes, whether it is done, and whether that is heard."""

    calls: list[tuple[float, bool, bool]] = field(default_factory=list)

    def next_one(self) -> tuple[float, bool, bool]:
        return self.calls.pop(0) if self.calls else WORK


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


@dataclass
class Deployment:
    """`acknowledged`: the payload of each delivery that Google got its 200 for, and when it came."""

    publishes: Fate = field(default_factory=Fate)
    writes: Fate = field(default_factory=Fate)
    topic: RecordingPublisher = field(default_factory=RecordingPublisher)
    acknowledged: set[tuple[bytes, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        ledger = FatedLedger(fate=self.writes)
        events = FatedPublisher(self.topic, self.publishes)
        self._spill = Spill(events, lambda: ledger, clock)
        self._drain = Drain(ledger, events, clock, elapsed_seconds, budget_seconds=5, page_size=2)

    async def deliver(self, payload: bytes, at_seconds: float) -> None:
        await _wait_until(at_seconds)
        call = replace(make_call(payload), received_at=clock())
        try:
            await receive_call(call, tokens=TOKENS, events=self._spill)
        except NotConfirmed:
            return
        self.acknowledged.add((payload, format_rfc3339(call.received_at)))

    async def drain(self, at_seconds: float = 0) -> bool:
        """Whether nothing waits any more."""
        await _wait_until(at_seconds)
        return (await self._drain()).is_complete

    async def mend(self) -> None:
        """From now on everything works, and what waits is published."""
        self.publishes.calls, self.writes.calls = [], []
        assert await self.drain()

    @property
    def published(self) -> set[tuple[bytes, str]]:
        return {(message.data, message.attributes["receivedTime"]) for message in self.topic.messages}


async def _wait_until(at_seconds: float) -> None:
    await asyncio.sleep(max(0.0, at_seconds - elapsed_seconds()))


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
def test_acknowledged_delivery_is_published_at_least_once(
    publishes: Fate, writes: Fate, deliveries: list[tuple[bytes, float]], drains: list[float]
) -> None:
    async def play() -> None:
        deployment = Deployment(publishes, writes)
        await asyncio.gather(
            *(deployment.deliver(*each) for each in deliveries), *map(deployment.drain, drains)
        )
        await deployment.mend()
        assert deployment.acknowledged <= deployment.published

    run_virtually(play())


def test_delivery_that_comes_between_a_drains_read_and_its_mark_is_published_by_the_next() -> None:
    async def play() -> None:
        published_in_two_seconds = (2.0, True, True)
        deployment = Deployment(publishes=Fate([FAIL, published_in_two_seconds, FAIL]))
        await deployment.deliver(PAYLOADS[0], 0)
        await asyncio.gather(deployment.drain(1), deployment.deliver(PAYLOADS[0], 2))
        assert len(deployment.acknowledged) == 2
        await deployment.mend()
        assert deployment.published == deployment.acknowledged

    run_virtually(play())


STOP = event_bytes("user-event-unsubscribe", without=("eventId",))
START = event_bytes("user-event-subscribe", eventId="start")
LAUNCHED, SUSPENDED = (
    event_bytes("agent-launch-event", without=("eventId", "sendTime"), newLaunchState=state)
    for state in ("LAUNCHED", "SUSPENDED")
)


SUBSETS = [numbers for size in range(4) for numbers in combinations(range(3), size)]


@pytest.mark.parametrize(
    "words", [(STOP, START, STOP), (LAUNCHED, SUSPENDED, LAUNCHED)], ids=["consent", "launch"]
)
@pytest.mark.parametrize("spilled", SUBSETS, ids=str)
def test_same_bytes_as_separate_words_end_as_if_the_topic_had_never_been_away(
    words: Sequence[bytes], spilled: Collection[int]
) -> None:
    expected = run_virtually(_say(words, spilled=(), drained=()))
    for drained in SUBSETS:
        assert run_virtually(_say(words, spilled, drained)) == expected


async def _say(words: Sequence[bytes], spilled: Collection[int], drained: Collection[int]) -> dict[Any, Any]:
    """A word each minute: the documents, once what was spilled is drained."""
    deployment, correlation = Deployment(), Correlation()
    for number, word in enumerate(words):
        deployment.publishes.calls = [FAIL] if number in spilled else []
        await deployment.deliver(word, number * 60)
        if number in drained:
            await deployment.drain()
    await deployment.mend()
    for message in deployment.topic.messages:
        received_at = parse_rfc3339(message.attributes["receivedTime"])
        assert received_at is not None
        await correlation.take(message.data, received_at=received_at)
    return {path: normalise(document) for path, document in correlation.ledger.documents.items()}
