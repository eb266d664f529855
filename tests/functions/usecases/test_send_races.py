"""Two instances that handle one request at once, in every way their steps can fall."""

import asyncio
import random
from collections.abc import Sequence

import pytest
from tests.functions.usecases.sending import CREATED, DOCUMENT, MESSAGE, ORIGIN, Sending, refusal
from tests.functions.usecases.stepping import SteppedLedger, SteppedPublisher, SteppedRbmApi, Steps
from tests.functions.usecases.test_send_killed import World
from tests.support.payloads import request_bytes

from rbm_ledger.domain.deadlines import first_deadline_ms
from rbm_ledger.domain.ledger import State, state_of
from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.domain.platform_calls import PlatformCall
from rbm_ledger.usecases.send import ConflictingRequest

SAME = request_bytes(messageId=MESSAGE, ttl="600s")
OTHER = request_bytes(messageId=MESSAGE, ttl="600s", contentMessage={"text": "Other"})


class ShuffledSteps(Steps):
    """Lets the others go ahead by chance."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance

    async def pass_one(self) -> None:
        for _ in range(self._chance.randrange(4)):
            await asyncio.sleep(0)


async def race_instances(instances: Sequence[Sending], requests: Sequence[bytes]) -> list[object]:
    """Each takes its own request, all at once."""
    taking = [instance.take_request(data, ORIGIN) for instance, data in zip(instances, requests, strict=True)]
    return await asyncio.gather(*taking, return_exceptions=True)


async def race(seed: int, *requests: bytes) -> tuple[World, list[object]]:
    world, steps = World(), ShuffledSteps(random.Random(seed))
    instances = [
        Sending(
            ledger=SteppedLedger(world.ledger, steps),  # type: ignore[arg-type]
            updates=SteppedPublisher(world.updates, steps),  # type: ignore[arg-type]
            api=SteppedRbmApi(world.platform, steps),
        )
        for _ in requests
    ]
    return world, await race_instances(instances, requests)


@pytest.mark.parametrize("seed", range(200))
async def test_one_request_on_three_instances_is_one_message_and_one_record(seed: int) -> None:
    world, outcomes = await race(seed, SAME, SAME, SAME)
    assert not [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    [(_, record)] = world.ledger.documents.items()
    assert list(world.platform.messages) == [MESSAGE]
    assert state_of(record) is State.ACCEPTED
    assert world.states_told == {"accepted"}


@pytest.mark.parametrize("seed", range(200))
async def test_two_contents_on_two_instances_are_one_message_and_somebody_hears_of_it(seed: int) -> None:
    world, outcomes = await race(seed, SAME, OTHER)
    assert list(world.platform.messages) == [MESSAGE]
    refused = [isinstance(outcome, ConflictingRequest) for outcome in outcomes]
    assert any(refused)
    [(_, record)] = world.ledger.documents.items()
    assert len(record["conflicts"]) == sum(refused)


async def test_copy_that_was_not_taken_leaves_the_deadline_of_the_one_that_was() -> None:
    class Platform:
        """While it takes one copy, it does not reach the phone with another."""

        count = 0

        async def call(self, _call: PlatformCall) -> Answer:
            self.count += 1
            if self.count > 1:
                return refusal("404-not-found")
            await sending.take()
            return CREATED

    sending = Sending(api=Platform())
    await sending.take()
    record = sending.ledger.documents[DOCUMENT]
    assert state_of(record) is State.ACCEPTED
    assert record["sweep"]["dueAtMs"] == first_deadline_ms(ORIGIN.requested_at, None, None)
