"""What a message's life costs: billed operations and calls, counted at the wire by the embedded emulators.

A test fails when something costs more than its budget, and when its budget is slack: then it is to be
lowered. The tolerance is 0: what happens in a fixed order costs the same in every run. Where batches depend
on when answers come, and so on the machine, there are upper bounds alone (CALLS_PER_EVENT and
CALLS_PER_REQUEST): nearly twice what a busy machine was seen to take.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.benchmarks.served_life import ServedLife, in_turn, make_event, make_receipt

from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ops.emulators.meter import Counts

IN_FLIGHT = 64
EVENTS = 4 * IN_FLIGHT


@dataclass(frozen=True, slots=True)
class Cost:
    """`writes` and `reads` as Firestore bills them; nothing is ever deleted."""

    writes: int
    reads: int
    firestore_calls: int
    publish_calls: int


# In an instance that has sent before. The first request of all reads the agent's document, for 10 s.
BUDGET = {
    "a message": Cost(writes=3, reads=3, firestore_calls=6, publish_calls=5),
    "a promotion": Cost(writes=3, reads=4, firestore_calls=7, publish_calls=5),
    "a request repeated": Cost(writes=0, reads=1, firestore_calls=1, publish_calls=1),
    "a receipt repeated": Cost(writes=1, reads=1, firestore_calls=2, publish_calls=2),
    "a user who types": Cost(writes=1, reads=0, firestore_calls=1, publish_calls=1),
    "a user's text": Cost(writes=2, reads=0, firestore_calls=1, publish_calls=2),
    "an opt-out": Cost(writes=3, reads=2, firestore_calls=4, publish_calls=2),
}
FIRST_MESSAGE_OF_AN_INSTANCE = Cost(writes=3, reads=4, firestore_calls=7, publish_calls=5)
# Of all events together. They come in 4 rounds, 64 at once, and each round shares its calls.
FLOOD_BUDGET = {
    "receipts of as many messages": Cost(writes=EVENTS, reads=EVENTS, firestore_calls=8, publish_calls=4),
    "events of one message": Cost(writes=4, reads=4, firestore_calls=8, publish_calls=4),
    "texts of one user": Cost(writes=EVENTS + 4, reads=0, firestore_calls=4, publish_calls=4),
}
# 64 in flight that keep no step with each other. Alone, each event would take 2 calls, a text 1, a request 3.
CALLS_PER_EVENT = {
    "receipts of as many messages": 0.8,
    "events of one message": 0.8,
    "texts of one user": 0.4,
}
CALLS_PER_REQUEST = 0.8

Count = Callable[..., Counts]
Story = Callable[[ServedLife, str], Any]

# What happens, by name; each is given the key of a message that was sent, delivered and read.
STORIES: dict[str, Story] = {
    "a message": lambda life, _: life.live(make_key()),
    "a promotion": lambda life, _: life.live(make_key(), messageTrafficType="PROMOTION"),
    "a request repeated": lambda life, key: life.request(key),
    "a receipt repeated": lambda life, key: life.receive(make_receipt(message_id_of(key), "read")),
    "a user who types": lambda life, _: life.receive(make_event("user-event-is-typing")),
    "a user's text": lambda life, _: life.receive(make_text()),
    "an opt-out": lambda life, _: life.receive(
        make_event("user-event-unsubscribe", senderPhoneNumber=make_phone_number())
    ),
}


def flood_messages() -> Iterator[bytes]:
    return (make_receipt(str(uuid.uuid4()), "delivered") for _ in range(EVENTS))


def flood_message(message_id: str) -> Iterator[bytes]:
    return (make_event("user-event-delivered", messageId=message_id) for _ in range(EVENTS))


def flood_conversation() -> Iterator[bytes]:
    return (make_text() for _ in range(EVENTS))


FLOODS: dict[str, Callable[[], Iterator[bytes]]] = {
    "receipts of as many messages": flood_messages,
    "events of one message": lambda: flood_message(str(uuid.uuid4())),
    "texts of one user": flood_conversation,
}


@pytest.mark.parametrize("name", BUDGET)
async def test_story_costs_its_budget(life: ServedLife, count: Count, name: str) -> None:
    key = make_key()
    await life.live(key)
    count()
    await STORIES[name](life, key)
    assert cost_of(count()) == BUDGET[name]


async def test_first_message_of_an_instance_costs_its_budget(life: ServedLife, count: Count) -> None:
    count()
    await life.live(make_key())
    assert cost_of(count()) == FIRST_MESSAGE_OF_AN_INSTANCE


@pytest.mark.parametrize("name", FLOOD_BUDGET)
async def test_many_events_in_flight_cost_their_budget(life: ServedLife, count: Count, name: str) -> None:
    count()
    await in_turn(life.push, FLOODS[name](), IN_FLIGHT)
    assert cost_of(count()) == FLOOD_BUDGET[name]


@pytest.mark.parametrize("name", CALLS_PER_EVENT)
async def test_events_out_of_step_share_their_calls(life: ServedLife, count: Count, name: str) -> None:
    count()
    await in_turn(life.push, FLOODS[name](), IN_FLIGHT, is_staggered=True)
    assert count().firestore_calls / EVENTS <= CALLS_PER_EVENT[name]


async def test_requests_out_of_step_share_their_calls(life: ServedLife, count: Count) -> None:
    count()
    await in_turn(life.request, (make_key() for _ in range(EVENTS)), IN_FLIGHT)
    assert count().firestore_calls / EVENTS <= CALLS_PER_REQUEST


async def test_document_is_written_at_most_once_in_each_batch(life: ServedLife, count: Count) -> None:
    message_id = str(uuid.uuid4())
    count()
    await in_turn(life.push, flood_message(message_id), IN_FLIGHT, is_staggered=True)
    counts = count(f"agents/growing-tree-bank/messages/{message_id}")
    (writes,) = counts.writes.values()
    assert 1 < writes <= counts.batch_writes < EVENTS


def cost_of(counts: Counts) -> Cost:
    assert counts.documents_deleted == 0
    return Cost(
        writes=counts.documents_written,
        reads=counts.documents_read,
        firestore_calls=counts.firestore_calls,
        publish_calls=counts.publish_calls,
    )


def make_key() -> str:
    return uuid.uuid4().hex


def message_id_of(key: str) -> str:
    return derive_message_id("growing-tree-bank", key)


def make_text() -> bytes:
    return make_event("user-message-text", messageId=uuid.uuid4().hex)


def make_phone_number() -> str:
    """Of a user who has said nothing yet."""
    return f"+1415{uuid.uuid4().int % 10**7:07}"
