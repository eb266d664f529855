"""`send` killed at every step, and raced, against the simulator and both kinds of emulator."""

import random
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from tests.functions.adapters.conftest import MakeApi, open_firestore
from tests.functions.usecases.sending import AGENT, ORIGIN, Sending
from tests.functions.usecases.stepping import (
    Killed,
    SteppedLedger,
    SteppedPublisher,
    SteppedRbmApi,
    Steps,
)
from tests.functions.usecases.test_send_races import ShuffledSteps, race_instances
from tests.support.payloads import request_bytes

from rbm_ledger.domain.ledger import State, message_path, state_of
from rbm_ledger.usecases.ports import Ledger, Publisher, RbmApi
from rbm_ledger.usecases.send import ConflictingRequest
from rbm_ops.simulator.server import running_simulator
from rbm_ops.simulator.settings import SimulatorSettings


@dataclass
class World:
    """What survives a kill."""

    ledger: Ledger
    updates: Publisher
    api: RbmApi
    simulator_url: str

    def start(self, steps: Steps) -> Sending:
        """A process of `send`."""
        return Sending(
            ledger=SteppedLedger(self.ledger, steps),  # type: ignore[arg-type]
            updates=SteppedPublisher(self.updates, steps),  # type: ignore[arg-type]
            api=SteppedRbmApi(self.api, steps),
        )

    async def count_messages(self, message_id: str) -> int:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.simulator_url}/control/messages") as response,
        ):
            taken = (await response.json())["messages"]
        return sum(message["messageId"] == message_id for message in taken)

    async def read_state(self, message_id: str) -> State:
        record: Any = await self.ledger.read(message_path(AGENT, message_id))
        assert record.keys() >= {"requestedTime", "acceptedTime", "fingerprints"}
        return state_of(record)


@pytest.fixture
async def world(emulators: Any, project: str, topic: Any, make_api: MakeApi) -> AsyncIterator[World]:
    async with running_simulator(SimulatorSettings()) as simulator:
        ledger = open_firestore(emulators.firestore_host, project)
        yield World(ledger, topic.publisher, make_api(simulator.url), simulator.url)


def text_request(message_id: str, **changes: Any) -> bytes:
    return request_bytes(messageId=message_id, messageTrafficType="TRANSACTION", **changes)


async def test_kill_at_every_step_ends_in_one_message_and_one_record(world: World) -> None:
    probe = Steps()
    await world.start(probe).take_request(text_request(str(uuid.uuid4())), ORIGIN)
    for kill_at in range(1, probe.taken + 1):
        message_id = str(uuid.uuid4())
        with pytest.raises(Killed):
            await world.start(Steps(kill_at)).take_request(text_request(message_id), ORIGIN)
        await world.start(Steps()).take_request(text_request(message_id), ORIGIN)
        assert await world.count_messages(message_id) == 1, kill_at
        assert await world.read_state(message_id) is State.ACCEPTED, kill_at


@pytest.mark.parametrize("seed", range(10))
async def test_two_instances_racing_on_one_request_send_once(world: World, seed: int) -> None:
    message_id = str(uuid.uuid4())
    steps = ShuffledSteps(random.Random(seed))
    same = text_request(message_id)
    outcomes = await race_instances([world.start(steps), world.start(steps)], [same, same])
    assert not [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert await world.count_messages(message_id) == 1
    assert await world.read_state(message_id) is State.ACCEPTED


@pytest.mark.parametrize("seed", range(10))
async def test_two_contents_racing_under_one_id_are_one_message_and_one_of_them_hears_of_it(
    world: World, seed: int
) -> None:
    message_id = str(uuid.uuid4())
    steps = ShuffledSteps(random.Random(seed))
    contents = [text_request(message_id, contentMessage={"text": text}) for text in ("one", "other")]
    outcomes = await race_instances([world.start(steps), world.start(steps)], contents)
    refused = [outcome for outcome in outcomes if isinstance(outcome, ConflictingRequest)]
    assert refused
    assert await world.count_messages(message_id) == 1
    record: Any = await world.ledger.read(message_path(AGENT, message_id))
    assert len(record["conflicts"]) == len(refused)
