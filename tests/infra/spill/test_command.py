"""`rbm spill`, as an operator runs it: what waits, and that it is published."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import Emulators
from tests.functions.entrypoints.cloud import Cloud, open_cloud
from tests.support.operators import Operator, make_operator, serve_nobody

from rbm_ledger.domain.ledger import Merge
from rbm_ledger.domain.spilling import merge_spilled
from rbm_ledger.domain.times import format_rfc3339
from rbm_ops.documents import connect_ledger

NOW = datetime.now(UTC)
NOTHING = {"waiting": 0, "unreadable": [], "oldestReceivedTime": None, "isComplete": True}


@pytest.fixture
def cloud(embedded_emulators: Emulators, project: str) -> Iterator[Cloud]:
    hosts = (embedded_emulators.pubsub_host, embedded_emulators.firestore_host)
    with open_cloud(*hosts, project=project) as cloud:
        yield cloud


@pytest.fixture
def operator(cloud: Cloud, tmp_path: Path) -> Operator:
    return make_operator(
        cloud.project,
        pubsub_host=cloud.pubsub_host,
        firestore_host=cloud.firestore_host,
        state_folder=tmp_path,
    )


async def spill(cloud: Cloud, *payloads: bytes, at: datetime = NOW) -> None:
    attributes = {"family": "UserEvent", "receivedTime": format_rfc3339(at)}
    await write(cloud, *(merge_spilled(payload, attributes) for payload in payloads))


async def write(cloud: Cloud, *merges: Merge) -> None:
    ledger = connect_ledger(cloud.project, cloud.firestore_host)
    await asyncio.gather(*map(ledger.merge, merges))


async def test_where_nothing_was_spilled_nothing_waits_and_nothing_is_done(operator: Operator) -> None:
    assert await operator.read_json("spill", "status") == NOTHING
    assert operator.run("spill", "status").stdout == "Nothing waits.\n"
    drained = operator.run("spill", "drain")
    assert (drained.returncode, drained.stdout) == (
        0,
        "0 events were published.\nNothing waits any more.\n",
    )


async def test_what_waits_is_told_with_the_age_of_the_oldest(operator: Operator, cloud: Cloud) -> None:
    await spill(cloud, b"one", b"two")
    await spill(cloud, b"old", at=NOW - timedelta(hours=1))
    status = await operator.read_json("spill", "status", status=1)
    oldest = format_rfc3339(NOW - timedelta(hours=1))
    assert status == {**NOTHING, "waiting": 3, "oldestReceivedTime": oldest}
    said = operator.run("spill", "status")
    assert said.returncode == 1
    assert said.stdout.startswith("3 events wait to be published: rbm spill drain\nThe oldest came at 20")


async def test_drain_publishes_what_waits_and_then_nothing_does(operator: Operator, cloud: Cloud) -> None:
    payloads = [f"event {number}".encode() for number in range(5)]
    await spill(cloud, *payloads)
    with cloud.subscribed() as events:
        report = await operator.read_json("spill", "drain")
        assert report == {"published": 5, "failed": 0, "unreadable": 0, "isComplete": True}
        assert sorted(message.data for message in events.pull(5)) == payloads
    assert await operator.read_json("spill", "status") == NOTHING


async def test_document_of_somebody_else_is_named(operator: Operator, cloud: Cloud) -> None:
    await write(cloud, Merge(("spill", "notes"), {("text",): "hello"}, {("drained",): 0}))
    assert "webhook did not write spill/notes" in operator.run("spill", "status").stdout
    assert await operator.read_json("spill", "drain", status=1) == {
        "published": 0,
        "failed": 0,
        "unreadable": 1,
        "isComplete": False,
    }


async def test_drain_without_a_topic_says_why_and_keeps_the_events(operator: Operator, cloud: Cloud) -> None:
    await spill(cloud, b"event")
    drained = operator.run("spill", "drain", "--topic", "no-such-topic")
    assert drained.returncode == 1
    assert "1 stay: NOT_FOUND" in drained.stdout
    assert (await operator.read_json("spill", "status", status=1))["waiting"] == 1


@pytest.mark.parametrize("action", ["status", "drain"])
def test_documents_that_do_not_answer_are_named(operator: Operator, action: str) -> None:
    asked = serve_nobody(operator, "FIRESTORE_EMULATOR_HOST").run("spill", action)
    assert asked.returncode == 2
    assert asked.stderr.startswith("rbm: Firestore ")
