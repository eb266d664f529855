from collections.abc import Iterator

import grpc
import pytest
from tests.conftest import Emulators

from rbm_ledger.domain.ledger import State, message_path, state_of
from rbm_ops.bench.growth import measure_growth
from rbm_ops.bench.seeding import Documents, name_message
from rbm_ops.bench.setting import bench_setting
from rbm_ops.documents import connect_ledger

_PROJECT = "rbm-bench-seeding"


def test_each_size_is_measured_with_its_emulators_share() -> None:
    with bench_setting(is_google=False, rounds=1, seconds=0.4, report=lambda _step: None) as setting:
        samples = list(measure_growth(setting, sizes=(1_000, 3_000)))
    assert [sample.scenario for sample in samples] == ["growth, 1,000 documents", "growth, 3,000 documents"]
    for sample in samples:
        assert sample.figures["failures_percent"] == 0
        for name in ("events_per_second", "cpu_ms_per_event", "emulator_memory_mib"):
            assert sample.figures[name] > 0


@pytest.fixture
def documents(embedded_emulators: Emulators) -> Iterator[Documents]:
    with grpc.insecure_channel(embedded_emulators.firestore_host) as channel:
        yield Documents(channel, _PROJECT)


async def test_a_written_message_is_accepted_until_it_is_deleted(
    documents: Documents, embedded_emulators: Emulators
) -> None:
    ledger = connect_ledger(_PROJECT, embedded_emulators.firestore_host)
    message = name_message(7)
    path = message_path(message.agent_id, message.message_id)
    documents.write(range(600))
    record = await ledger.read(path)
    assert record is not None
    assert state_of(record) is State.ACCEPTED
    assert (record["agentId"], record["messageId"]) == (message.agent_id, message.message_id)
    documents.delete([message])
    assert await ledger.read(path) is None


def test_messages_are_in_the_collections_of_several_agents_and_each_is_another() -> None:
    messages = [name_message(number) for number in range(100)]
    assert len({message.message_id for message in messages}) == 100
    assert len({message.agent_id for message in messages}) > 1
