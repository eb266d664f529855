"""Google's unmodified client libraries, sync and async, through FIRESTORE_EMULATOR_HOST."""

import datetime as dt

import pytest
from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1.field_path import FieldPath
from google.cloud.firestore_v1.vector import Vector


def test_value_of_every_type_comes_back_as_it_went(client: firestore.Client) -> None:
    document = client.document("agents/a")
    fields = {
        "null": None,
        "flag": True,
        "integer": 2**62,
        "double": 0.1,
        "time": dt.datetime(2026, 11, 22, 10, 30, 5, 123456, tzinfo=dt.UTC),
        "text": "Grüße 🎉",
        "bytes": b"\x00\xff",
        "point": firestore.GeoPoint(48.1, 11.6),
        "reference": client.document("agents/b"),
        "array": [1, "two", {"three": 3}],
        "map": {"inner": {"deeper": []}, "with.dot": 1, "with `tick`": 2},
        "vector": Vector([1.0, 2.0]),
    }
    document.set(fields)
    assert document.get().to_dict() == fields


def test_create_of_existing_document_refused(client: firestore.Client) -> None:
    document = client.document("agents/a")
    document.create({"x": 1})
    with pytest.raises(exceptions.AlreadyExists):
        document.create({"x": 2})
    assert document.get().to_dict() == {"x": 1}


def test_set_replaces_document_whole(client: firestore.Client) -> None:
    document = client.document("agents/a")
    document.set({"x": 1, "y": 2})
    document.set({"y": 3})
    assert document.get().to_dict() == {"y": 3}


def test_set_with_merge_keeps_other_fields(client: firestore.Client) -> None:
    document = client.document("agents/a")
    document.set({"x": 1, "map": {"kept": 1, "changed": 1}})
    document.set({"map": {"changed": 2}, "y": firestore.ArrayUnion(["e"])}, merge=True)
    assert document.get().to_dict() == {"x": 1, "map": {"kept": 1, "changed": 2}, "y": ["e"]}


def test_merge_into_missing_document_creates_it(client: firestore.Client) -> None:
    document = client.document("agents/a")
    document.set({"stateRank": firestore.Maximum(30)}, merge=True)
    assert document.get().to_dict() == {"stateRank": 30}


def test_update_of_missing_document_refused(client: firestore.Client) -> None:
    with pytest.raises(exceptions.NotFound):
        client.document("agents/a").update({"x": 1})


def test_update_changes_and_deletes_single_fields(client: firestore.Client) -> None:
    document = client.document("agents/a")
    document.set({"a": {"b": 1, "c": 2}, "gone": 1, "odd name": {"x": 1}})
    document.update({"a.b": 3, "gone": firestore.DELETE_FIELD, "`odd name`.x": 2})
    assert document.get().to_dict() == {"a": {"b": 3, "c": 2}, "odd name": {"x": 2}}


def test_all_transforms_at_once(client: firestore.Client) -> None:
    document = client.document("agents/a")
    document.set({"count": 1, "high": 5, "low": 5, "tags": ["a", "b"], "old": ["a", "b"]})
    before = document.get().update_time
    document.update(
        {
            "count": firestore.Increment(2),
            "high": firestore.Maximum(7),
            "low": firestore.Minimum(7),
            "tags": firestore.ArrayUnion(["b", "c"]),
            "old": firestore.ArrayRemove(["a"]),
            "at": firestore.SERVER_TIMESTAMP,
        }
    )
    found = document.get().to_dict()
    at = found.pop("at")
    assert found == {"count": 3, "high": 7, "low": 5, "tags": ["a", "b", "c"], "old": ["b"]}
    assert at >= before.replace(microsecond=before.microsecond // 1000 * 1000)


def test_delete_with_stale_update_time_refused(client: firestore.Client) -> None:
    document = client.document("agents/a")
    first = document.set({"x": 1}).update_time
    document.set({"x": 2})
    with pytest.raises(exceptions.FailedPrecondition):
        document.delete(client.write_option(last_update_time=first))
    document.delete(client.write_option(last_update_time=document.get().update_time))
    assert not document.get().exists


def test_get_all_tells_found_from_missing(client: firestore.Client) -> None:
    client.document("agents/a").set({"x": 1, "y": 2})
    documents = [client.document("agents/a"), client.document("agents/b")]
    found = {snapshot.id: snapshot.to_dict() for snapshot in client.get_all(documents, field_paths=["y"])}
    assert found == {"a": {"y": 2}, "b": None}


def test_batch_is_atomic(client: firestore.Client) -> None:
    batch = client.batch()
    batch.set(client.document("agents/a"), {"x": 1})
    batch.update(client.document("agents/missing"), {"x": 1})
    with pytest.raises(exceptions.NotFound):
        batch.commit()
    assert not client.document("agents/a").get().exists


def test_bulk_writer_writes_everything(client: firestore.Client) -> None:
    writer = client.bulk_writer()
    for number in range(45):
        writer.set(client.document(f"agents/{number}"), {"number": number})
    writer.close()
    assert client.collection("agents").count().get()[0][0].value == 45


def test_listing_shows_documents_that_only_have_children(client: firestore.Client) -> None:
    client.document("agents/a").set({})
    client.document("agents/missing/messages/m").set({})
    client.document("quarantine/q").set({})
    assert [document.id for document in client.collection("agents").list_documents()] == ["a", "missing"]
    assert [collection.id for collection in client.collections()] == ["agents", "quarantine"]
    assert [collection.id for collection in client.document("agents/missing").collections()] == ["messages"]


def test_listing_goes_on_page_by_page(client: firestore.Client) -> None:
    for number in range(5):
        client.document(f"agents/{number}").set({})
    documents = client.collection("agents").list_documents(page_size=2)
    assert [document.id for document in documents] == ["0", "1", "2", "3", "4"]


def test_recursive_delete_takes_all_below_and_nothing_beside(client: firestore.Client) -> None:
    for path in ("a/1", "a/1/b/2", "a/1/b/2/c/3", "a/missing/b/4", "ab/5", "z/6"):
        client.document(path).set({})
    assert client.recursive_delete(client.collection("a")) == 4
    assert [collection.id for collection in client.collections()] == ["ab", "z"]


def test_projects_are_apart(client: firestore.Client) -> None:
    other = firestore.Client(project=f"{client.project}-other")
    client.document("agents/a").set({"x": 1})
    assert not other.document("agents/a").get().exists
    other._firestore_api.transport.close()


def test_named_databases_are_apart(client: firestore.Client) -> None:
    other = firestore.Client(project=client.project, database="second")
    client.document("agents/a").set({"x": 1})
    other.document("agents/a").set({"x": 2})
    assert client.document("agents/a").get().to_dict() == {"x": 1}
    assert [snapshot.to_dict() for snapshot in other.collection("agents").stream()] == [{"x": 2}]
    other._firestore_api.transport.close()


async def test_async_client_reads_writes_and_queries(async_client: firestore.AsyncClient) -> None:
    document = async_client.document("agents/a/messages/m")
    await document.set(
        {"stateRank": firestore.Maximum(30), "events": firestore.ArrayUnion(["e"])}, merge=True
    )
    assert (await document.get(field_paths=["stateRank"])).to_dict() == {"stateRank": 30}
    query = async_client.collection_group("messages").where(
        filter=firestore.FieldFilter("stateRank", ">=", 30)
    )
    assert [snapshot.id async for snapshot in query.stream()] == ["m"]
    snapshots = [s async for s in async_client.get_all([document, async_client.document("agents/b")])]
    assert {snapshot.id: snapshot.exists for snapshot in snapshots} == {"m": True, "b": False}


async def test_async_transaction_reads_then_writes(async_client: firestore.AsyncClient) -> None:
    document = async_client.document("agents/a")
    await document.set({"count": 1})

    @firestore.async_transactional
    async def double(transaction: firestore.AsyncTransaction) -> None:
        snapshot = await document.get(transaction=transaction)
        transaction.update(document, {"count": snapshot.get("count") * 2})

    await double(async_client.transaction())
    assert (await document.get()).get("count") == 2


def test_field_named_like_a_path_is_one_field(client: firestore.Client) -> None:
    document = client.document("agents/a")
    document.set({"a.b": 1})
    document.update({FieldPath("a.b").to_api_repr(): 2})
    assert document.get().to_dict() == {"a.b": 2}
