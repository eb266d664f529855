"""What becomes of an event that its topic does not take: kept, and acknowledged; or neither, and not."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from tests.functions.fakes import InMemoryLedger, RecordingPublisher
from tests.functions.usecases.receiving import DELIVERED, RECEIVED, TOKENS, make_call
from tests.functions.usecases.virtual_time import elapsed_seconds, run_virtually

from rbm_ledger.domain.errors import NotConfirmed, Refused
from rbm_ledger.domain.spilling import spill_path
from rbm_ledger.domain.times import format_rfc3339
from rbm_ledger.usecases.ports import Publisher
from rbm_ledger.usecases.receive import DeliveryPublished, receive_call
from rbm_ledger.usecases.spill import Spill

AWAY = NotConfirmed("Pub/Sub is down")
PATH = spill_path(DELIVERED, {"receivedTime": format_rfc3339(RECEIVED)})


class SlowPublisher(RecordingPublisher):
    """Takes `seconds` for each message; before they are over nothing is heard."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.asked = 0

    async def publish(self, data: bytes, attributes: Mapping[str, str]) -> str:
        self.asked += 1
        await asyncio.sleep(self.seconds)
        return await super().publish(data, attributes)


def make_spill(events: Publisher, ledger: InMemoryLedger, **options: Any) -> Spill:
    return Spill(events, lambda: ledger, lambda: RECEIVED, **options)


async def receive(spill: Spill) -> DeliveryPublished:
    outcome = await receive_call(make_call(DELIVERED), tokens=TOKENS, events=spill)
    assert isinstance(outcome, DeliveryPublished)
    return outcome


async def test_event_that_is_published_is_not_spilled() -> None:
    events, ledger = RecordingPublisher(), InMemoryLedger()
    outcome = await receive(make_spill(events, ledger))
    assert outcome.spilled_because == ""
    assert ([message.data for message in events.messages], ledger.documents) == ([DELIVERED], {})


@pytest.mark.parametrize("failure", [AWAY, Refused("INVALID_ARGUMENT: a message")])
async def test_event_that_is_not_published_is_kept_as_it_would_have_been_published(
    failure: NotConfirmed,
) -> None:
    events, ledger, published = RecordingPublisher(), InMemoryLedger(), RecordingPublisher()
    events.failures = [failure]
    outcome = await receive(make_spill(events, ledger))
    assert outcome.spilled_because == failure.reason
    record = ledger.documents[PATH]
    await receive_call(make_call(DELIVERED), tokens=TOKENS, events=published)
    assert record["attributes"] == published.messages[0].attributes
    assert (record["raw"], record["drained"]) == (DELIVERED, 0)


async def test_only_copy_of_an_event_is_never_purged() -> None:
    events, ledger = RecordingPublisher(), InMemoryLedger()
    events.failures = [AWAY]
    await receive(make_spill(events, ledger))
    assert "purgeTime" not in ledger.documents[PATH]


async def test_event_that_is_neither_published_nor_kept_is_not_acknowledged() -> None:
    events, ledger = RecordingPublisher(), InMemoryLedger()
    events.failures, ledger.failures = [AWAY], [NotConfirmed("Firestore is down")]
    with pytest.raises(NotConfirmed) as raised:
        await receive(make_spill(events, ledger))
    assert raised.value.reason == "not published: Pub/Sub is down; not spilled: Firestore is down"
    assert (events.messages, ledger.documents) == ([], {})


async def test_ledger_is_connected_for_the_first_event_that_needs_it() -> None:
    connected: list[InMemoryLedger] = []

    def connect() -> InMemoryLedger:
        connected.append(InMemoryLedger())
        return connected[-1]

    events = RecordingPublisher()
    spill = Spill(events, connect, lambda: RECEIVED)
    await receive(spill)
    assert connected == []
    events.failures = [AWAY]
    await receive(spill)
    assert len(connected) == 1


def test_while_the_topic_is_away_an_event_waits_but_a_moment_for_it() -> None:
    async def play() -> None:
        events, ledger = SlowPublisher(seconds=3), InMemoryLedger()
        events.failures = [AWAY] * 2
        spill = make_spill(events, ledger, patience_seconds=0.25)
        await receive(spill)
        first_seconds = elapsed_seconds()
        await receive(spill)
        assert (first_seconds, elapsed_seconds() - first_seconds) == (3, 0.25)
        assert events.asked == 2

    run_virtually(play())


def test_first_publish_that_succeeds_ends_that_time_though_nobody_waits_for_it_any_more() -> None:
    async def play() -> None:
        events, ledger = SlowPublisher(seconds=1), InMemoryLedger()
        events.failures = [AWAY]
        spill = make_spill(events, ledger, patience_seconds=0.25)
        assert (await receive(spill)).spilled_because == AWAY.reason
        assert (await receive(spill)).spilled_because != ""
        await asyncio.sleep(1)
        assert (await receive(spill)).spilled_because == ""

    run_virtually(play())


def test_publish_that_fails_after_nobody_waits_for_it_is_no_surprise() -> None:
    async def play() -> None:
        events, ledger = SlowPublisher(seconds=1), InMemoryLedger()
        events.failures = [AWAY, AWAY]
        complaints: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: complaints.append(context))
        spill = make_spill(events, ledger, patience_seconds=0.25)
        await receive(spill)
        await receive(spill)
        await asyncio.sleep(2)
        assert complaints == []

    run_virtually(play())


def test_refusal_of_one_event_says_nothing_of_the_topic() -> None:
    async def play() -> None:
        events, ledger = SlowPublisher(seconds=1), InMemoryLedger()
        events.failures = [Refused("INVALID_ARGUMENT: a message")]
        spill = make_spill(events, ledger, patience_seconds=0.25)
        await receive(spill)
        assert (await receive(spill)).spilled_because == ""

    run_virtually(play())
