"""What the embedded emulator counts as read, written and deleted (cloud.google.com/firestore/pricing)."""

from typing import Any

import grpc
import pytest
from google.cloud.firestore_v1 import types
from tests.infra.emulators.conftest import ReadMeter


@pytest.fixture
def stored(raw_embedded: Any) -> Any:
    """Three documents in the collection `c`."""
    raw_embedded.commit(*(raw_embedded.write(f"c/{name}", {"x": 1}) for name in ("one", "two", "three")))
    return raw_embedded


@pytest.fixture
def counts(stored: Any, read_counts: ReadMeter) -> ReadMeter:
    """The meter, as it stands after the three documents were written."""
    return read_counts


def query(collection_id: str, **parts: Any) -> types.StructuredQuery:
    return types.StructuredQuery(from_=[{"collection_id": collection_id}], **parts)


def run_query(raw: Any, structured: types.StructuredQuery) -> None:
    raw.stream("RunQuery", types.RunQueryRequest(parent=raw.root, structured_query=structured))


def count_documents(raw: Any, collection_id: str) -> None:
    aggregation = {"structured_query": query(collection_id), "aggregations": [{"count": {}}]}
    request = types.RunAggregationQueryRequest(parent=raw.root, structured_aggregation_query=aggregation)
    raw.stream("RunAggregationQuery", request)


def list_documents(raw: Any, collection_id: str) -> None:
    request = types.ListDocumentsRequest(parent=raw.root, collection_id=collection_id)
    raw.call("ListDocuments", request)


READS = {
    "a document": (lambda raw: raw.get("c/one"), 1),
    "documents": (lambda raw: raw.batch_get("c/one", "c/two"), 2),
    "a document twice in one call": (lambda raw: raw.batch_get("c/one", "c/one"), 1),
    "documents that are missing": (lambda raw: raw.batch_get("c/one", "c/four", "c/five"), 3),
    "a query": (lambda raw: run_query(raw, query("c")), 3),
    "a query with a limit": (lambda raw: run_query(raw, query("c", limit=2)), 2),
    "a query that passes over some": (lambda raw: run_query(raw, query("c", offset=2)), 3),
    "a query that finds nothing": (lambda raw: run_query(raw, query("d")), 1),
    "a count": (lambda raw: count_documents(raw, "c"), 1),
    "a count of nothing": (lambda raw: count_documents(raw, "d"), 1),
    "a list": (lambda raw: list_documents(raw, "c"), 3),
    "an empty list": (lambda raw: list_documents(raw, "d"), 1),
    "the collections": (
        lambda raw: raw.call("ListCollectionIds", types.ListCollectionIdsRequest(parent=raw.root)),
        1,
    ),
}


@pytest.mark.parametrize(("call", "reads"), READS.values(), ids=READS)
def test_read_is_counted_in_documents(stored: Any, counts: ReadMeter, call: Any, reads: int) -> None:
    call(stored)
    counted = counts()
    assert (counted.documents_read, counted.documents_written, counted.firestore_calls) == (reads, 0, 1)


def test_document_that_is_missing_is_a_read(stored: Any, counts: ReadMeter) -> None:
    with pytest.raises(grpc.RpcError):
        stored.get("c/four")
    assert counts().documents_read == 1


def test_count_of_more_than_1000_entries_is_more_than_a_read(
    raw_embedded: Any, read_counts: ReadMeter
) -> None:
    for half in range(2):
        names = (f"c/{half}-{number}" for number in range(501))
        raw_embedded.commit(*(raw_embedded.write(name, {}) for name in names))
    count_documents(raw_embedded, "c")
    assert read_counts().documents_read == 2


def test_each_write_of_a_commit_is_counted(stored: Any, counts: ReadMeter) -> None:
    transform = types.DocumentTransform(
        document=stored.name("c/two"), field_transforms=[stored.server_time("at")]
    )
    stored.commit(
        stored.write("c/one", {"x": 2}),
        stored.write("c/one", {"x": 1}),
        types.Write(transform=transform),
        stored.delete("c/three"),
    )
    one, two, three = (stored.name(f"c/{name}") for name in ("one", "two", "three"))
    counted = counts(one, two, three)
    assert (counted.documents_written, counted.documents_deleted, counted.documents_read) == (3, 1, 0)
    assert counted.writes == {one: 2, two: 1, three: 0}
    assert counted.most_writes == 2


def test_write_that_is_refused_is_not_counted(stored: Any, counts: ReadMeter) -> None:
    stored.batch_write(stored.write("c/one", {}, exists=False), stored.write("c/two", {}, exists=True))
    with pytest.raises(grpc.RpcError):
        stored.commit(stored.write("c/three", {}), stored.write("c/one", {}, exists=False))
    counted = counts()
    assert (counted.documents_written, counted.batch_writes, counted.firestore_calls) == (1, 1, 2)


def test_write_that_changes_nothing_is_counted(stored: Any, counts: ReadMeter) -> None:
    stored.batch_write(stored.write("c/one", {"x": 1}), stored.delete("c/four"))
    assert (counts().documents_written, counts().documents_deleted) == (1, 1)


def test_calls_for_one_document_are_counted(raw_embedded: Any, read_counts: ReadMeter) -> None:
    document = types.Document(fields={"x": types.Value(integer_value=1)})
    create = {"parent": raw_embedded.root, "collection_id": "c", "document": document}
    created = raw_embedded.call("CreateDocument", types.CreateDocumentRequest(**create))
    raw_embedded.call("UpdateDocument", types.UpdateDocumentRequest(document=created))
    with pytest.raises(grpc.RpcError):
        raw_embedded.call(
            "CreateDocument",
            types.CreateDocumentRequest(**create, document_id=created.name.rpartition("/")[2]),
        )
    raw_embedded.call("DeleteDocument", types.DeleteDocumentRequest(name=created.name))
    counted = read_counts(created.name)
    assert (counted.writes[created.name], counted.documents_deleted, counted.operations) == (2, 1, 3)


def test_transaction_is_three_calls_a_read_and_a_write(stored: Any, counts: ReadMeter) -> None:
    transaction = stored.begin()
    stored.batch_get("c/one", transaction=transaction)
    stored.commit(stored.write("c/one", {"x": 2}), transaction=transaction)
    counted = counts()
    assert (counted.firestore_calls, counted.documents_read, counted.documents_written) == (3, 1, 1)
