"""Dead letters of a system that was broken, published again after the mend: nothing is lost or sent twice."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from tests.functions.entrypoints.wire import PARTNER_TOKENS
from tests.support.broken_system import BrokenSystem
from tests.support.local_cloud import wait_until
from tests.support.payloads import event_bytes, request_bytes

from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ops.deadletters.letters import DeadLetter
from rbm_ops.deadletters.old_ids import find_old_ids
from rbm_ops.deadletters.planning import Choices, plan_replay
from rbm_ops.deadletters.replaying import replay_letters
from rbm_ops.deadletters.subscription import KeptLetters, holding_letters, open_kept_letters
from rbm_ops.documents import connect_firestore
from rbm_ops.environment import Cloud
from rbm_ops.local.topology import EVENTS, SEND_REQUESTS
from rbm_ops.requests.publishing import connect_topic
from rbm_ops.simulator.server import running_simulator
from rbm_ops.simulator.settings import SimulatorSettings

AGENT = "growing-tree-bank"
DELIVERED = "+14155550102"
ListMessages = Callable[[], Awaitable[list[dict[str, Any]]]]


@contextlib.asynccontextmanager
async def running_platform(system: BrokenSystem) -> AsyncIterator[ListMessages]:
    """The RBM platform; what comes can be called for what it took."""
    settings = SimulatorSettings("http://127.0.0.1:9/", PARTNER_TOKENS[0], port=system.platform_port)
    async with running_simulator(settings) as simulator, aiohttp.ClientSession() as session:

        async def list_messages() -> list[dict[str, Any]]:
            async with session.get(f"{simulator.url}/control/messages") as answer:
                return list((await answer.json())["messages"])

        yield list_messages


@pytest.fixture
async def platform(system: BrokenSystem) -> AsyncIterator[ListMessages]:
    async with running_platform(system) as list_messages:
        yield list_messages


def outcomes(report: Any) -> list[str]:
    return [letter["outcome"] for letter in report["deadLetters"]]


async def wait_for_state(system: BrokenSystem, message_id: str, rank: int) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def has_come() -> bool:
        found.update(system.cloud.read_message(message_id) or {})
        return bool(found.get("stateRank", 0) >= rank)

    await asyncio.to_thread(wait_until, has_come, what=f"{message_id} has rank {rank}")
    return found


async def test_request_that_died_of_a_function_that_was_down_is_sent_once_after_the_mend(
    system: BrokenSystem, platform: ListMessages
) -> None:
    await asyncio.to_thread(
        system.publish, request_bytes(idempotencyKey="order-1", phoneNumber=DELIVERED, source="orders")
    )
    message_id = derive_message_id(AGENT, "order-1")
    [letter] = (await system.run("list"))["deadLetters"]
    assert (letter["topic"], letter["deliveryAttempt"]) == ("rbm-send-requests", 5)
    assert letter["data"]["source"] == "orders"
    with system.mended("send"):
        assert outcomes(await system.run("replay")) == ["wouldBeReplayed"]
        assert await platform() == []
        assert outcomes(await system.run("replay", "--yes")) == ["replayed"]
        document = await wait_for_state(system, message_id, 30)
        await system.run("replay", "--yes", status=1)  # there are none any more
    assert document["source"] == "orders"
    assert [(message["messageId"], message["creates"]) for message in await platform()] == [(message_id, 1)]
    assert system.count_dead() == 0


async def test_request_without_an_id_is_replayed_under_the_one_that_its_record_holds(
    system: BrokenSystem,
) -> None:
    """The platform was away: each attempt was recorded, under an id made from the first Pub/Sub message."""
    keyless = request_bytes(messageId=None, idempotencyKey=None, phoneNumber=DELIVERED)
    with system.mended("send"):
        await asyncio.to_thread(system.publish, keyless)
        [document] = [each.to_dict() for each in system.cloud.documents.collection_group("messages").get()]
        assert (document["stateRank"], "gaveUpTime" in document) == (10, True)
        async with running_platform(system):
            [letter] = (await system.run("replay", "--yes"))["deadLetters"]
            await wait_for_state(system, document["messageId"], 30)
    assert (letter["outcome"], letter["lacksId"]) == ("replayed", True)
    assert document["messageId"] in letter["note"]
    assert len(system.cloud.documents.collection_group("messages").get()) == 1


class _Died(Exception):
    pass


class _Interrupted:
    """Kept letters whose reader dies before it can acknowledge any."""

    def __init__(self, kept: KeptLetters) -> None:
        self.pull, self.hold = kept.pull, kept.hold

    async def acknowledge(self, letters: Iterable[DeadLetter]) -> None:
        raise _Died


async def replay_and_die(system: BrokenSystem) -> None:
    """The first of what is kept is published, and stays a dead letter."""
    cloud = Cloud(system.cloud.project, system.cloud.pubsub_host, system.cloud.firestore_host)
    topic = connect_topic(SEND_REQUESTS, cloud.project, cloud.pubsub_host)
    client = connect_firestore(cloud.project, cloud.firestore_host)
    async with (
        open_kept_letters(cloud, wait_seconds=0.5) as kept,
        holding_letters(_Interrupted(kept), 10) as held,
    ):
        [letter] = held.letters
        old_ids = await find_old_ids(client, held.letters)
        plan = plan_replay(letter, Choices(), old_id=old_ids.get(letter.id), now=datetime.now(UTC))
        await replay_letters([plan], held, {SEND_REQUESTS: topic}, per_second=None, tell=lambda _: None)


@pytest.mark.parametrize("key", ["order-2", None])
async def test_replay_that_dies_before_it_acknowledges_is_repeated_and_still_one_message(
    system: BrokenSystem, key: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", system.cloud.firestore_host)
    with system.mended("send") as served:
        await asyncio.to_thread(
            system.publish, request_bytes(messageId=None, idempotencyKey=key, phoneNumber=DELIVERED)
        )
        [document] = [each.to_dict() for each in system.cloud.documents.collection_group("messages").get()]
        async with running_platform(system) as list_messages:
            with pytest.raises(_Died):
                await replay_and_die(system)
            await wait_for_state(system, document["messageId"], 30)
            assert outcomes(await system.run("replay", "--yes")) == ["replayed"]
            await asyncio.to_thread(served["send"].wait_until_logged, "send_request_done", 2)
            [message] = await list_messages()
    assert (message["messageId"], message["creates"]) == (document["messageId"], 1)


async def test_request_whose_id_nobody_knows_is_left_unless_a_new_one_is_allowed(
    system: BrokenSystem, platform: ListMessages
) -> None:
    await asyncio.to_thread(
        system.publish, request_bytes(messageId=None, idempotencyKey=None, phoneNumber=DELIVERED)
    )
    with system.mended("send"):
        [left] = (await system.run("replay", "--yes", status=1))["deadLetters"]
        assert left["outcome"] == "refused"
        assert "--allow-new-id" in left["reason"]
        assert system.count_dead() == 1
        assert outcomes(await system.run("replay", "--yes", "--allow-new-id")) == ["replayed"]
        await asyncio.to_thread(
            wait_until, lambda: system.cloud.documents.collection_group("messages").get(), what="it is sent"
        )
    assert len(await platform()) == 1


async def test_event_that_died_of_a_function_that_was_down_is_written_after_the_mend(
    system: BrokenSystem,
) -> None:
    received = "2026-11-22T10:00:00.000000Z"
    event = event_bytes("user-event-delivered", messageId="m-1", agentId=f"{AGENT}@rbm.goog")
    await asyncio.to_thread(system.publish, event, topic=EVENTS, receivedTime=received)
    with system.mended("correlate"):
        [letter] = (await system.run("replay", "--yes", "--rate", "50"))["deadLetters"]
        assert letter["attributes"]["receivedTime"] == received
        document = await wait_for_state(system, "m-1", 60)
    assert [each["eventType"] for each in document["events"]] == ["DELIVERED"]


async def test_request_whose_ttl_is_over_is_left_unless_it_is_asked_for(system: BrokenSystem) -> None:
    late = request_bytes(idempotencyKey="code-1", ttl="0.001s")
    await asyncio.to_thread(system.publish, late)
    [letter] = (await system.run("replay", "--yes", status=1))["deadLetters"]
    assert (letter["outcome"], letter["expireTime"] is None) == ("refused", False)
    assert "--even-expired" in letter["reason"]
    assert outcomes(await system.run("replay", "--even-expired")) == ["wouldBeReplayed"]


async def test_only_what_is_meant_is_replayed(system: BrokenSystem) -> None:
    requests = [request_bytes(idempotencyKey=f"key-{source}", source=source) for source in ("a", "b")]
    await asyncio.to_thread(system.publish, *requests)
    [letter] = (await system.run("list", "--filter", "source=b", "--id", "key-b"))["deadLetters"]
    assert letter["data"]["source"] == "b"
    await system.run("list", "--older-than", "1h", status=1)
    await system.run("list", "--topic-of-origin", EVENTS, status=1)
    assert len((await system.run("list", "--subscription-of", "rbm-send-requests-send"))["deadLetters"]) == 2
