"""How the ledger asks Firestore: one query, its time limit, its errors."""

from typing import Any

import grpc
import pytest
from tests.functions.adapters.conftest import open_firestore
from tests.functions.adapters.scripted_service import (
    RunQueryResponse,
    ScriptedMethod,
    firestore_service,
    serving,
)

from rbm_ledger.domain.deadlines import DUE, SHARD
from rbm_ledger.domain.errors import NotConfirmed, Refused
from rbm_ledger.domain.ledger import Query
from rbm_ops.ports import find_free_port

DUE_MESSAGES = Query("messages", None, DUE, at_most=100, equals={SHARD: 3}, limit=20)
DATABASE = "projects/rbm/databases/(default)"


def answer_two(_request: Any) -> list[Any]:
    """Between documents the service tells how far it has come."""
    documents = [{"name": str(number), "fields": {"n": {"integer_value": number}}} for number in (1, 2)]
    return [
        RunQueryResponse(skipped_results=1),
        *(RunQueryResponse(document=document) for document in documents),
        RunQueryResponse(done=True),
    ]


async def test_query_is_routed_by_its_database_and_asks_for_what_the_index_has() -> None:
    run_query = ScriptedMethod(answer_two)
    async with serving(firestore_service(run_query=run_query)) as host:
        assert await open_firestore(host, "rbm").find(DUE_MESSAGES) == [{"n": 1}, {"n": 2}]
    [request] = run_query.requests
    query = request.structured_query
    assert request.parent == f"{DATABASE}/documents"
    assert [order.field.field_path for order in query.order_by] == ["sweep.dueAtMs", "__name__"]
    assert query.limit.value == 20
    assert run_query.metadata[0]["x-goog-request-params"] == f"database={DATABASE}"


async def test_broken_stream_is_read_again_from_its_start() -> None:
    run_query = ScriptedMethod(answer_two, failures=[grpc.StatusCode.UNAVAILABLE])
    async with serving(firestore_service(run_query=run_query)) as host:
        assert await open_firestore(host, "rbm").find(DUE_MESSAGES) == [{"n": 1}, {"n": 2}]
    assert len(run_query.requests) == 2


async def test_missing_index_is_refused() -> None:
    run_query = ScriptedMethod(answer_two, failures=[grpc.StatusCode.FAILED_PRECONDITION])
    async with serving(firestore_service(run_query=run_query)) as host:
        with pytest.raises(Refused):
            await open_firestore(host, "rbm").find(DUE_MESSAGES)


async def test_firestore_that_is_down_finds_nothing_and_says_so() -> None:
    ledger = open_firestore(f"127.0.0.1:{find_free_port()}", "rbm", timeout_seconds=0.2)
    with pytest.raises(NotConfirmed):
        await ledger.find(DUE_MESSAGES)
