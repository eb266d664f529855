"""What a gate says it did, it did: otherwise a run breaks nothing and proves nothing."""

import asyncio
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import aiohttp
import grpc
import pytest
from aiohttp import web
from tests.conftest import Emulators
from tests.faults import grpc_gate, http_gate
from tests.faults.points import Moment, Point, Traps

from rbm_ledger.adapters.firestore import FirestoreLedger
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.ledger import Merge
from rbm_ops.ports import find_free_port

_POINT = Point("correlate", "write", Moment.AFTER)


class _Instances:
    def __init__(self) -> None:
        self.killed: list[str] = []

    async def kill(self, instance: str) -> None:
        self.killed.append(instance)


@pytest.fixture
def instances() -> _Instances:
    return _Instances()


@pytest.fixture
def traps(instances: _Instances) -> Traps:
    return Traps(instances.kill)


@pytest.fixture
async def gate(embedded_emulators: Emulators, traps: Traps) -> AsyncIterator[tuple[grpc_gate.GrpcGate, str]]:
    services = {"firestore": embedded_emulators.firestore_host}
    gate = grpc_gate.GrpcGate("correlate-2", services, traps, Random(1))
    port = find_free_port()
    await gate.start(port)
    yield gate, f"127.0.0.1:{port}"
    await gate.stop()


def _ledger(host: str, project: str) -> FirestoreLedger:
    return FirestoreLedger(project=project, database="(default)", emulator_host=host, timeout_seconds=2.0)


def _merge(number: int) -> Merge:
    return Merge(("faults", f"d{number}"), values={("number",): number})


async def test_half_refused_batch_writes_exactly_what_it_confirms(
    gate: tuple[grpc_gate.GrpcGate, str], embedded_emulators: Emulators, project: str
) -> None:
    gate[0].disturbance = grpc_gate.Disturbance(
        grpc_gate.Harm.HALVE, frozenset({"write"}), code=grpc.StatusCode.ABORTED
    )
    through, behind = _ledger(gate[1], project), _ledger(embedded_emulators.firestore_host, project)
    outcomes = await asyncio.gather(
        *(through.merge(_merge(number)) for number in range(40)), return_exceptions=True
    )
    confirmed = [not isinstance(outcome, NotConfirmed) for outcome in outcomes]
    stored = [await behind.read(("faults", f"d{number}")) is not None for number in range(40)]
    assert confirmed == stored
    assert set(confirmed) == {True, False}


async def test_lost_answer_leaves_the_write_behind_and_its_caller_in_doubt(
    gate: tuple[grpc_gate.GrpcGate, str], embedded_emulators: Emulators, project: str
) -> None:
    gate[0].disturbance = grpc_gate.Disturbance(
        grpc_gate.Harm.LOSE, frozenset({"write"}), code=grpc.StatusCode.DEADLINE_EXCEEDED
    )
    with pytest.raises(NotConfirmed):
        await _ledger(gate[1], project).merge(_merge(1))
    assert await _ledger(embedded_emulators.firestore_host, project).read(("faults", "d1"))


async def test_point_kills_who_comes_by_and_only_once(
    gate: tuple[grpc_gate.GrpcGate, str], traps: Traps, instances: _Instances, project: str
) -> None:
    waiting = asyncio.create_task(traps.wait_for(_POINT, 10))
    await asyncio.sleep(0)
    await _ledger(gate[1], project).merge(_merge(1))
    assert await waiting
    assert instances.killed == ["correlate-2"]


async def test_point_where_nobody_comes_by_kills_nobody(traps: Traps) -> None:
    assert not await traps.wait_for(_POINT, 0.01)
    assert not await traps.spring("correlate-1", "write", Moment.AFTER)


@pytest.fixture
async def heard() -> AsyncIterator[tuple[list[bytes], str]]:
    """What a server was told, and where it listens."""
    bodies: list[bytes] = []

    async def answer(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.Response(text="a whole answer")

    application = web.Application()
    application.router.add_post("/", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    port = find_free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield bodies, f"127.0.0.1:{port}"
    await runner.cleanup()


@pytest.mark.parametrize(
    ("harm", "times", "is_answered"),
    [
        ("refuse", 0, True),
        ("reset", 0, False),
        ("lose", 1, False),
        ("cut", 1, False),
        ("fail", 1, True),
        ("repeat", 3, True),
        ("double", 2, True),
    ],
)
async def test_harm_of_a_request_is_what_its_name_says(
    heard: tuple[list[bytes], str], traps: Traps, harm: str, times: int, is_answered: bool
) -> None:
    bodies, address = heard
    targets = [http_gate.Target("send-1", address), http_gate.Target("send-2", address)]
    gate = http_gate.HttpGate("push", targets, traps, Random(1))
    gate.disturbance = http_gate.Disturbance(http_gate.Harm(harm), ratio=1.0, times=3)
    port = find_free_port()
    await gate.start(port)
    try:
        assert await _post(port) == is_answered
    finally:
        await gate.stop()
    assert bodies == [b"hello"] * times


async def _post(port: int) -> Any:
    """Whether a whole answer came, of whatever status."""
    async with aiohttp.ClientSession() as session:
        try:
            async with session.post(f"http://127.0.0.1:{port}/", data=b"hello") as response:
                await response.read()
        except aiohttp.ClientError:
            return False
    return True
