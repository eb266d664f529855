"""Dead letters that are looked at: held meanwhile, given back however it ends, gone once acknowledged."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from tests.conftest import Emulators
from tests.functions.entrypoints.cloud import open_cloud

from rbm_ledger.adapters.pubsub import PubSubPublisher
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ops.deadletters.subscription import KeptLetters, holding_letters, open_kept_letters
from rbm_ops.environment import Cloud
from rbm_ops.local.topology import DEAD_LETTER_SUBSCRIPTION, DEAD_LETTERS


@pytest.fixture
def cloud(emulators: Emulators, project: str) -> Iterator[Cloud]:
    with open_cloud(emulators.pubsub_host, emulators.firestore_host, project) as made:
        kept = {
            "name": f"projects/{project}/subscriptions/{DEAD_LETTER_SUBSCRIPTION}",
            "topic": f"projects/{project}/topics/{DEAD_LETTERS}",
        }
        made.subscriber.create_subscription(request={**kept, "ack_deadline_seconds": 60})
        yield Cloud(project, emulators.pubsub_host, emulators.firestore_host)


@pytest.fixture
async def kept(cloud: Cloud) -> AsyncIterator[KeptLetters]:
    """Three of them are there."""
    topic = f"projects/{cloud.project}/topics/{DEAD_LETTERS}"
    publisher = PubSubPublisher(topic, emulator_host=cloud.pubsub_host, timeout_seconds=10)
    for number in range(3):
        await publisher.publish(str(number).encode(), {})
    async with open_kept_letters(cloud, wait_seconds=1) as letters:
        yield letters


async def read_all(kept: KeptLetters) -> list[bytes]:
    async with holding_letters(kept, 100) as held:
        return sorted(letter.data for letter in held.letters)


async def test_what_was_looked_at_is_there_at_once_for_the_next_one(kept: KeptLetters) -> None:
    assert await read_all(kept) == [b"0", b"1", b"2"]
    assert await read_all(kept) == [b"0", b"1", b"2"]


async def test_what_is_held_comes_to_nobody_else(kept: KeptLetters) -> None:
    async with holding_letters(kept, 100):
        assert await read_all(kept) == []


async def test_what_was_acknowledged_is_gone_and_the_rest_is_given_back_after_an_error(
    kept: KeptLetters,
) -> None:
    async def fail() -> None:
        async with holding_letters(kept, 100) as held:
            await held.acknowledge([letter for letter in held.letters if letter.data == b"1"])
            raise NotConfirmed("something breaks")

    with pytest.raises(NotConfirmed):
        await fail()
    assert await read_all(kept) == [b"0", b"2"]


async def test_no_more_are_taken_than_asked_for(kept: KeptLetters) -> None:
    async with holding_letters(kept, 2) as held:
        assert len(held.letters) == 2
        assert len(await read_all(kept)) == 1


async def test_subscription_that_is_not_there_is_told(cloud: Cloud) -> None:
    async def look(**options: Any) -> None:
        async with open_kept_letters(cloud, wait_seconds=1, **options) as letters:
            await read_all(letters)

    with pytest.raises(NotConfirmed, match=r"."):
        await look(prefix="other")
