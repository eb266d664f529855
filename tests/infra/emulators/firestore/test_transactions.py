"""Transactions: what was read must still hold at commit."""

import concurrent.futures
from typing import Any

import grpc
import pytest
from google.cloud import firestore
from google.cloud.firestore_v1 import types

_READ_WRITE = types.TransactionOptions(read_write={})
_QUERY = types.StructuredQuery(from_=[{"collection_id": "c"}])


def _commit_status(raw: Any, *writes: types.Write, transaction: bytes) -> grpc.StatusCode:
    try:
        raw.commit(*writes, transaction=transaction)
    except grpc.RpcError as refused:
        status: grpc.StatusCode = refused.code()
        return status
    return grpc.StatusCode.OK


def test_client_transaction_writes_what_it_computed(client: firestore.Client) -> None:
    document = client.document("c/a")
    document.set({"count": 1})

    @firestore.transactional
    def increment(transaction: firestore.Transaction) -> int:
        count = document.get(transaction=transaction).get("count") + 1
        others = len(client.collection("c").get(transaction=transaction))
        transaction.update(document, {"count": count, "others": others})
        return int(count)

    assert increment(client.transaction()) == 2
    assert document.get().to_dict() == {"count": 2, "others": 1}


def test_failing_client_transaction_leaves_nothing(client: firestore.Client) -> None:
    @firestore.transactional
    def fail(transaction: firestore.Transaction) -> None:
        transaction.set(client.document("c/a"), {})
        raise LookupError

    with pytest.raises(LookupError):
        fail(client.transaction())
    assert not client.document("c/a").get().exists


def test_transaction_begun_by_a_read_is_announced_first(raw: Any) -> None:
    raw.commit(raw.write("c/a", {"x": 1}))
    announced, found = raw.batch_get("c/a", new_transaction=_READ_WRITE)
    assert found.found.name == raw.name("c/a")
    raw.commit(raw.write("c/a", {"x": 2}), transaction=announced.transaction)
    assert raw.fields("c/a") == {"x": 2}


def test_transaction_commits_once(raw: Any) -> None:
    transaction = raw.begin()
    assert _commit_status(raw, raw.write("c/a", {}), transaction=transaction) == grpc.StatusCode.OK
    again = _commit_status(raw, raw.write("c/a", {}), transaction=transaction)
    assert again == grpc.StatusCode.INVALID_ARGUMENT


def test_transaction_rolled_back_can_not_commit(raw: Any) -> None:
    transaction = raw.begin()
    raw.call("Rollback", types.RollbackRequest(database=raw.database, transaction=transaction))
    status = _commit_status(raw, raw.write("c/a", {}), transaction=transaction)
    assert status == grpc.StatusCode.INVALID_ARGUMENT


def test_unknown_transaction_refused(raw: Any) -> None:
    status = _commit_status(raw, raw.write("c/a", {}), transaction=b"unknown")
    assert status == grpc.StatusCode.INVALID_ARGUMENT
    with pytest.raises(grpc.RpcError) as refused:
        raw.batch_get("c/a", transaction=b"unknown")
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def test_read_only_transaction_reads_and_does_not_write(raw: Any) -> None:
    raw.commit(raw.write("c/a", {"x": 1}))
    transaction = raw.begin(options=types.TransactionOptions(read_only={}))
    (found,) = raw.batch_get("c/a", transaction=transaction)
    assert found.found.name == raw.name("c/a")
    status = _commit_status(raw, raw.write("c/a", {}), transaction=transaction)
    assert status == grpc.StatusCode.INVALID_ARGUMENT


# Google's emulator locks: a write that meets a lock waits two seconds, and then either side may fail.
# Ours compares at commit, so the outcome of the tests below is certain there only.

INTERFERENCES = [
    pytest.param("c/a", lambda raw: raw.write("c/a", {"x": 9}), id="changed"),
    pytest.param("c/a", lambda raw: raw.delete("c/a"), id="deleted"),
    pytest.param("c/none", lambda raw: raw.write("c/none", {}), id="created"),
]


@pytest.mark.parametrize(("path", "interference"), INTERFERENCES)
def test_commit_aborted_when_what_was_read_changed(raw_embedded: Any, path: str, interference: Any) -> None:
    raw = raw_embedded
    raw.commit(raw.write("c/a", {"x": 1}))
    transaction = raw.begin()
    raw.batch_get(path, transaction=transaction)
    raw.commit(interference(raw))
    status = _commit_status(raw, raw.write("c/other", {}), transaction=transaction)
    assert status == grpc.StatusCode.ABORTED
    (other,) = raw.batch_get("c/other")
    assert other.missing == raw.name("c/other")


def test_commit_aborted_when_a_query_would_find_more(raw_embedded: Any) -> None:
    raw = raw_embedded
    raw.commit(raw.write("c/a", {}))
    transaction = raw.begin()
    request = types.RunQueryRequest(parent=raw.root, structured_query=_QUERY, transaction=transaction)
    assert len(raw.stream("RunQuery", request)) == 1
    raw.commit(raw.write("c/b", {}))
    status = _commit_status(raw, raw.write("d/a", {}), transaction=transaction)
    assert status == grpc.StatusCode.ABORTED


def test_commit_goes_through_when_others_changed_other_documents(raw_embedded: Any) -> None:
    raw = raw_embedded
    raw.commit(raw.write("c/a", {"x": 1}), raw.write("c/b", {"x": 1}))
    transaction = raw.begin()
    raw.batch_get("c/a", transaction=transaction)
    raw.commit(raw.write("c/b", {"x": 2}))
    assert _commit_status(raw, raw.write("c/a", {"x": 2}), transaction=transaction) == grpc.StatusCode.OK


def test_contended_increments_lose_nothing(
    embedded_emulators: Any, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", embedded_emulators.firestore_host)
    client = firestore.Client(project=project)
    document = client.document("c/a")
    document.set({"count": 0})

    @firestore.transactional
    def increment(transaction: firestore.Transaction) -> None:
        count = document.get(transaction=transaction).get("count")
        transaction.update(document, {"count": count + 1})

    def increment_five_times(_: int) -> None:
        for _ in range(5):
            increment(client.transaction(max_attempts=50))

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(increment_five_times, range(4)))
    assert document.get().get("count") == 20
    client._firestore_api.transport.close()


def test_reading_the_past_is_refused_and_not_answered_wrongly(raw_embedded: Any) -> None:
    # Ours keeps no history. Google's emulator does, for a while.
    past = types.TransactionOptions(read_only={"read_time": {"seconds": 5}})
    for read in (
        lambda: raw_embedded.get("c/a", read_time={"seconds": 5}),
        lambda: raw_embedded.begin(options=past),
    ):
        with pytest.raises(grpc.RpcError) as refused:
            read()
        assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED
