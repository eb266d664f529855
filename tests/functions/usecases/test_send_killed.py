"""`send` killed at every step, and the request delivered again: one message, one record, all are told."""

import json
from typing import Any

import pytest
from tests.functions.fakes import InMemoryLedger, RecordingPublisher
from tests.functions.usecases.sending import AGENT, MESSAGE, ORIGIN, PHONE, Sending
from tests.functions.usecases.stepping import (
    Killed,
    Platform,
    SteppedLedger,
    SteppedPublisher,
    SteppedRbmApi,
    Steps,
)
from tests.support.payloads import request_bytes

from rbm_ledger.domain.ledger import State, message_path, state_of
from rbm_ledger.domain.policies import AgentPolicy

FALLBACK = {"on": ["unreachable"], "payload": {"sms": "Hi"}}
REQUESTS: dict[str, bytes] = {
    "by its id": request_bytes(messageId=MESSAGE),
    "by a key": request_bytes(idempotencyKey="order-1234"),
    "by its delivery": request_bytes(),
    "promotion with fallback": request_bytes(messageTrafficType="PROMOTION", ttl="600s", fallback=FALLBACK),
    "paced": request_bytes(agentId="paced"),
}
BULK = request_bytes(
    phoneNumber=None,
    contentMessage={"text": "Hello {{name}}"},
    recipients=[{"phoneNumber": f"+1415555010{digit}", "values": {"name": digit}} for digit in range(3)],
)


class World:
    """What survives a kill: the database, the topics, the platform."""

    def __init__(self, *, refuses: int = 0) -> None:
        self.ledger = InMemoryLedger()
        self.updates = RecordingPublisher()
        self.send_requests = RecordingPublisher()
        self.platform = Platform(refuses=refuses)

    async def deliver(self, data: bytes, kill_at: int | None = None) -> Steps:
        """One delivery, to a process of its own."""
        steps = Steps(kill_at)
        process = Sending(
            policies={AGENT: AgentPolicy(), "paced": AgentPolicy(rate_per_second=1)},
            ledger=SteppedLedger(self.ledger, steps),  # type: ignore[arg-type]
            updates=SteppedPublisher(self.updates, steps),  # type: ignore[arg-type]
            send_requests=SteppedPublisher(self.send_requests, steps),  # type: ignore[arg-type]
            api=SteppedRbmApi(self.platform, steps),
        )
        await process.take_request(data, ORIGIN)
        return steps

    @property
    def told(self) -> set[str]:
        """Every different update."""
        return {message.data.decode() for message in self.updates.messages}

    @property
    def kinds_told(self) -> set[tuple[str, str]]:
        return {(update["kind"], update["state"]) for update in map(json.loads, self.told)}

    @property
    def states_told(self) -> set[str]:
        return {state for _, state in self.kinds_told}


async def count_steps(data: bytes) -> int:
    return (await World().deliver(data)).taken


@pytest.mark.parametrize("data", REQUESTS.values(), ids=REQUESTS)
async def test_kill_at_every_step_ends_in_one_message_recorded_and_told(data: bytes) -> None:
    steps = await count_steps(data)
    assert steps >= 8  # read, call, write, read back, tell: each with a step on both sides
    for kill_at in range(1, steps + 1):
        world = World()
        with pytest.raises(Killed):
            await world.deliver(data, kill_at)
        await world.deliver(data)
        [(message_id, _)] = world.platform.messages.items()
        agent_id = json.loads(data)["agentId"]
        record: Any = await world.ledger.read(message_path(agent_id, message_id))
        assert state_of(record) is State.ACCEPTED, kill_at
        assert "requestedTime" in record
        assert world.states_told == {"accepted"}, kill_at


@pytest.mark.parametrize("data", REQUESTS.values(), ids=REQUESTS)
async def test_kill_at_every_step_of_the_repeat_too_changes_nothing_more(data: bytes) -> None:
    world = World()
    steps = await count_steps(data)
    for kill_at in range(1, steps + 1):
        try:
            await world.deliver(data, kill_at)
        except Killed:
            continue
    await world.deliver(data)
    assert len(world.platform.messages) == 1
    assert world.states_told == {"accepted"}


async def test_kill_at_every_step_of_a_split_loses_no_recipient_and_adds_none() -> None:
    steps = await count_steps(BULK)
    for kill_at in range(1, steps + 1):
        world = World()
        with pytest.raises(Killed):
            await world.deliver(BULK, kill_at)
        await world.deliver(BULK)
        for message in list(world.send_requests.messages):
            await world.deliver(message.data)
        assert len(world.platform.messages) == 3, kill_at
        assert len(world.ledger.documents) == 3, kill_at


def ask(**fields: Any) -> bytes:
    named = {"agentId": AGENT, "phoneNumber": PHONE, "idempotencyKey": "1", "source": "orders", **fields}
    return json.dumps({name: value for name, value in named.items() if value is not None}).encode()


OTHERS: dict[str, tuple[int, bytes]] = {
    "typing": (0, ask(agentEvent={"eventType": "IS_TYPING"})),
    "read": (0, ask(agentEvent={"eventType": "READ", "messageId": "MxId"})),
    "capability": (0, ask(capability={})),
    "opt-out": (0, ask(consent={"state": "optedOut"})),
    "upload": (0, ask(phoneNumber=None, fileUpload={"fileUrl": "https://example.com/a.png"})),
    "unreachable, with a fallback": (404, request_bytes(messageId=MESSAGE, fallback=FALLBACK)),
    "refused for good": (403, request_bytes(messageId=MESSAGE)),
    "expired": (0, request_bytes(messageId=MESSAGE, expireTime="2026-11-22T10:00:01Z")),
}


@pytest.mark.parametrize(("refuses", "data"), OTHERS.values(), ids=OTHERS)
async def test_kill_at_every_step_ends_as_if_there_had_been_none(refuses: int, data: bytes) -> None:
    undisturbed = World(refuses=refuses)
    steps = (await undisturbed.deliver(data)).taken
    assert steps > 0
    for kill_at in range(1, steps + 1):
        world = World(refuses=refuses)
        with pytest.raises(Killed):
            await world.deliver(data, kill_at)
        await world.deliver(data)
        assert world.ledger.documents == undisturbed.ledger.documents, kill_at
        assert world.told >= undisturbed.told, (
            kill_at
        )  # a repeat may tell once more, with what is known since
        assert world.kinds_told == undisturbed.kinds_told, kill_at


async def test_kill_at_every_step_of_a_revoke_leaves_no_message_with_the_platform() -> None:
    """Its answer may be lost: a repeat then hears 404, and the record says no more than that."""
    revoke = ask(revoke={"messageId": MESSAGE})
    probe = World()
    await probe.deliver(request_bytes(messageId=MESSAGE))
    steps = (await probe.deliver(revoke)).taken
    for kill_at in range(1, steps + 1):
        world = World()
        await world.deliver(request_bytes(messageId=MESSAGE))
        with pytest.raises(Killed):
            await world.deliver(revoke, kill_at)
        await world.deliver(revoke)
        record: Any = await world.ledger.read(message_path(AGENT, MESSAGE))
        assert world.platform.messages == {}
        assert state_of(record) in (State.ACCEPTED, State.REVOKED), kill_at
        assert record["attempts"][-1]["method"] == "delete", kill_at
