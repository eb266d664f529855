"""How the ledger talks to Firestore: few calls, within the service's limits, each write with its own fate."""

import asyncio
from collections.abc import Sequence
from typing import Any

import grpc
import pytest
from tests.functions.adapters.conftest import open_firestore
from tests.functions.adapters.scripted_service import (
    BatchGetResponse,
    BatchWriteResponse,
    ScriptedMethod,
    firestore_service,
    serving,
)

from rbm_ledger.domain.errors import NotConfirmed, Refused
from rbm_ledger.domain.ledger import Merge
from rbm_ops.ports import find_free_port

Code = grpc.StatusCode
MAX_WRITES, MAX_BYTES = 500, 10 << 20


def merge_text(number: int, text: str = "x") -> Merge:
    return Merge(("agents", str(number)), values={("text",): text})


def confirm_writes(request: Any) -> Any:
    return BatchWriteResponse(status=[{} for _ in request.writes])


def answer_statuses(*codes: grpc.StatusCode) -> Any:
    """The first call's writes end in these codes, whatever is written later succeeds."""
    left = list(codes)

    def answer(request: Any) -> Any:
        return BatchWriteResponse(
            status=[{"code": left.pop(0).value[0], "message": "why"} if left else {} for _ in request.writes]
        )

    return answer


def find_documents(request: Any) -> list[Any]:
    """Every document but those called `missing`, in reverse: the service promises no order."""
    return [
        BatchGetResponse(missing=name)
        if name.endswith("missing")
        else BatchGetResponse(found={"name": name, "fields": {"name": {"string_value": name[-1]}}})
        for name in reversed(request.documents)
    ]


async def merge_each(host: str, merges: Sequence[Merge]) -> list[BaseException | Any]:
    ledger = open_firestore(host, "rbm")
    async with asyncio.timeout(30):
        return await asyncio.gather(*(ledger.merge(merge) for merge in merges), return_exceptions=True)


@pytest.fixture
def batch_write() -> ScriptedMethod:
    return ScriptedMethod(confirm_writes)


async def test_request_names_its_database_and_routes_by_it(batch_write: ScriptedMethod) -> None:
    async with serving(firestore_service(batch_write)) as host:
        await merge_each(host, [merge_text(1)])
    [request] = batch_write.requests
    assert request.database == "projects/rbm/databases/(default)"
    assert [write.update.name for write in request.writes] == [f"{request.database}/documents/agents/1"]
    assert batch_write.metadata[0]["x-goog-request-params"] == f"database={request.database}"


async def test_many_merges_take_few_calls_of_at_most_500_writes(batch_write: ScriptedMethod) -> None:
    async with serving(firestore_service(batch_write)) as host:
        assert await merge_each(host, [merge_text(number) for number in range(1200)]) == [{}] * 1200
    assert sorted(len(request.writes) for request in batch_write.requests) == [200, MAX_WRITES, MAX_WRITES]


async def test_merges_of_one_document_go_as_one_write(batch_write: ScriptedMethod) -> None:
    merges = [Merge(("agents", "1"), unions={("events",): (number,)}) for number in range(400)]
    async with serving(firestore_service(batch_write)) as host:
        await merge_each(host, merges)
    [request] = batch_write.requests
    [write] = request.writes
    [transform] = write.update_transforms
    assert [value.integer_value for value in transform.append_missing_elements.values] == list(range(400))


@pytest.mark.parametrize("text", ["x" * 500_000, "ü" * 250_000, "x" * 9_000])
async def test_calls_stay_under_the_service_s_limit_of_bytes(batch_write: ScriptedMethod, text: str) -> None:
    async with serving(firestore_service(batch_write)) as host:
        await merge_each(host, [merge_text(number, text) for number in range(30_000_000 // len(text))])
    assert max(request.ByteSize() for request in batch_write.requests) <= MAX_BYTES


async def test_each_write_has_its_own_fate_and_a_refused_one_is_tried_alone() -> None:
    codes = (Code.OK, Code.INVALID_ARGUMENT, Code.ABORTED, Code.PERMISSION_DENIED, Code.OK)
    batch_write = ScriptedMethod(answer_statuses(*codes, Code.INVALID_ARGUMENT))
    async with serving(firestore_service(batch_write)) as host:
        outcomes = await merge_each(host, [merge_text(number) for number in range(5)])
    assert [type(outcome) for outcome in outcomes] == [
        dict,
        Refused,
        NotConfirmed,
        NotConfirmed,
        dict,
    ]
    assert [len(request.writes) for request in batch_write.requests] == [5, 1]


async def test_merges_of_one_document_share_its_fate() -> None:
    batch_write = ScriptedMethod(answer_statuses(Code.UNAVAILABLE, Code.OK))
    async with serving(firestore_service(batch_write)) as host:
        outcomes = await merge_each(host, [merge_text(1), merge_text(2), merge_text(1, "y")])
    assert [type(outcome) for outcome in outcomes] == [NotConfirmed, dict, NotConfirmed]


@pytest.mark.parametrize("value", ["\ud800", 1 << 63, object(), {"a": b"1", "b": {1, 2}}], ids=repr)
async def test_value_that_no_document_can_hold_fails_alone(batch_write: ScriptedMethod, value: Any) -> None:
    merges = [merge_text(1), Merge(("agents", "2"), values={("value",): value}), merge_text(3)]
    async with serving(firestore_service(batch_write)) as host:
        outcomes = await merge_each(host, merges)
    assert isinstance(outcomes.pop(1), ValueError | TypeError)
    assert outcomes == [{}, {}]


async def test_unavailable_service_is_called_again(batch_write: ScriptedMethod) -> None:
    batch_write.failures = [Code.UNAVAILABLE]
    async with serving(firestore_service(batch_write)) as host:
        assert await merge_each(host, [merge_text(1), merge_text(2)]) == [{}, {}]
    assert len(batch_write.requests) == 2


async def test_reads_share_calls_and_each_gets_its_own_document() -> None:
    batch_get = ScriptedMethod(find_documents)
    names = ["a", "b", "a", "missing", "c", "a"]
    async with serving(firestore_service(batch_get=batch_get)) as host:
        ledger = open_firestore(host, "rbm")
        records = await asyncio.gather(*(ledger.read(("agents", name)) for name in names))
    assert records == [None if name == "missing" else {"name": name} for name in names]
    [request] = batch_get.requests
    assert sorted(name.rpartition("/")[2] for name in request.documents) == ["a", "b", "c", "missing"]


async def test_reads_are_repeated_from_their_start_when_the_stream_breaks() -> None:
    batch_get = ScriptedMethod(find_documents, failures=[Code.UNAVAILABLE])
    async with serving(firestore_service(batch_get=batch_get)) as host:
        assert await open_firestore(host, "rbm").read(("agents", "a")) == {"name": "a"}
    assert len(batch_get.requests) == 2


async def test_firestore_that_is_down_confirms_neither_write_nor_read() -> None:
    ledger = open_firestore(f"127.0.0.1:{find_free_port()}", "rbm", timeout_seconds=0.2)
    with pytest.raises(NotConfirmed):
        await ledger.merge(merge_text(1))
    with pytest.raises(NotConfirmed):
        await ledger.read(("agents", "1"))
