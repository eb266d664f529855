"""Commit: masks, preconditions, update times; and the calls that write one document."""

from typing import Any

import grpc
import pytest
from google.cloud.firestore_v1 import types

MASKS = [
    pytest.param({"x": 1}, {"y": 2}, ["y"], {"x": 1, "y": 2}, id="adds"),
    pytest.param({"x": 1, "y": 1}, {}, ["y"], {"x": 1}, id="absent field is deleted"),
    pytest.param({"x": 1}, {"x": 2, "y": 2}, ["x"], {"x": 2}, id="field outside the mask is ignored"),
    pytest.param({"m": {"a": 1, "b": 1}}, {"m": {"a": 2}}, ["m.a"], {"m": {"a": 2, "b": 1}}, id="nested"),
    pytest.param({"m": {"a": 1}}, {"m": {"b": 2}}, ["m"], {"m": {"b": 2}}, id="map is replaced"),
    pytest.param({"m": 1}, {"m": {"a": {"b": 2}}}, ["m.a.b"], {"m": {"a": {"b": 2}}}, id="number gives way"),
    pytest.param({"m": 1}, {}, ["m.a.b"], {"m": 1}, id="nothing to delete inside a number"),
    pytest.param({}, {"a.b": 1, "c`d": 2, "e\\f": 3}, ["`a.b`", "`c\\`d`", "`e\\\\f`"],
                 {"a.b": 1, "c`d": 2, "e\\f": 3}, id="quoted"),
    pytest.param({"x": 1}, {"y": 1}, [], {"x": 1}, id="empty mask changes nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("stored", "fields", "mask", "expected"), MASKS)
def test_update_mask(raw: Any, stored: Any, fields: Any, mask: list[str], expected: Any) -> None:
    raw.commit(raw.write("c/a", stored))
    raw.commit(raw.write("c/a", fields, mask=mask))
    assert raw.fields("c/a") == expected


def test_empty_mask_creates_missing_document(raw: Any) -> None:
    raw.commit(raw.write("c/a", {}, mask=[]))
    assert raw.fields("c/a") == {}


PRECONDITIONS = [
    ("c/a", types.Precondition(exists=False), grpc.StatusCode.ALREADY_EXISTS),
    ("c/none", types.Precondition(exists=True), grpc.StatusCode.NOT_FOUND),
    ("c/a", types.Precondition(update_time={"seconds": 5}), grpc.StatusCode.FAILED_PRECONDITION),
    ("c/none", types.Precondition(update_time={"seconds": 5}), grpc.StatusCode.FAILED_PRECONDITION),
    ("c/a", types.Precondition(update_time={"seconds": 5, "nanos": 5}), grpc.StatusCode.INVALID_ARGUMENT),
]


@pytest.mark.parametrize(("path", "precondition", "status"), PRECONDITIONS)
def test_unmet_precondition_refuses_all_writes(raw: Any, path: str, precondition: Any, status: Any) -> None:
    raw.commit(raw.write("c/a", {"x": 1}))
    write = raw.write(path, {"x": 2})
    write.current_document = precondition
    with pytest.raises(grpc.RpcError) as refused:
        raw.commit(raw.write("c/other", {}), write)
    assert refused.value.code() == status
    assert raw.fields("c/a") == {"x": 1}
    assert _status_of_get(raw, "c/other") == grpc.StatusCode.NOT_FOUND


def test_met_precondition_writes(raw: Any) -> None:
    first = raw.commit(raw.write("c/a", {"x": 1}, exists=False)).write_results[0].update_time
    write = raw.write("c/a", {"x": 2})
    write.current_document = types.Precondition(update_time=first)
    raw.commit(write, raw.write("c/a", {"y": 3}, mask=["y"], exists=True))
    assert raw.fields("c/a") == {"x": 2, "y": 3}


def test_update_times_rise_strictly_in_microseconds(raw: Any) -> None:
    times = [raw.commit(raw.write("c/a", {"x": n})).write_results[0].update_time for n in range(20)]
    assert times == sorted(set(times))
    assert all(time.nanosecond % 1000 == 0 for time in times)
    document = raw.get("c/a")
    assert (document.create_time, document.update_time) == (times[0], times[-1])


def test_write_that_changes_nothing_keeps_update_time(raw: Any) -> None:
    first = raw.commit(raw.write("c/a", {"x": 5, "y": {"b": 1, "a": [None]}}))
    same = raw.write(
        "c/a", {"y": {"a": [None], "b": 1}}, mask=["y"], transforms=[raw.transform("x", maximum=3)]
    )
    assert raw.commit(same).write_results[0].update_time == first.write_results[0].update_time
    assert raw.get("c/a").update_time == first.write_results[0].update_time


def test_recreated_document_is_a_new_one(raw: Any) -> None:
    raw.commit(raw.write("c/a", {"x": 1}))
    first = raw.get("c/a").create_time
    raw.commit(raw.delete("c/a"))
    raw.commit(raw.write("c/a", {"y": 1}, mask=["y"]))
    assert raw.fields("c/a") == {"y": 1}
    assert raw.get("c/a").create_time > first


def test_several_writes_to_one_document_apply_in_order(raw: Any) -> None:
    raw.commit(raw.write("c/a", {"x": 1}), raw.delete("c/a"), raw.write("c/a", {"y": 2}, mask=["y"]))
    assert raw.fields("c/a") == {"y": 2}


def test_delete_of_missing_document_succeeds(raw: Any) -> None:
    answer = raw.commit(raw.delete("c/none"))
    assert len(answer.write_results) == 1


def test_older_spelling_of_transforms(raw: Any) -> None:
    transform = types.DocumentTransform(
        document=raw.name("c/a"), field_transforms=[raw.transform("x", increment=2)]
    )
    answer = raw.commit(types.Write(transform=transform))
    assert raw.fields("c/a") == {"x": 2}
    assert answer.write_results[0].transform_results[0].integer_value == 2


def test_write_without_operation_refused(raw: Any) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        raw.commit(types.Write())
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def test_write_into_another_database_refused(raw_embedded: Any) -> None:
    # Google's emulator writes wherever the name points.
    name = "projects/elsewhere/databases/(default)/documents/c/a"
    with pytest.raises(grpc.RpcError, match="not in the database") as refused:
        raw_embedded.commit(types.Write(update=types.Document(name=name)))
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def test_create_update_and_delete_document_calls(raw: Any) -> None:
    fields = {"x": types.Value(integer_value=1)}
    create = types.CreateDocumentRequest(
        parent=raw.root, collection_id="c", document_id="a", document=types.Document(fields=fields)
    )
    assert raw.call("CreateDocument", create).name == raw.name("c/a")
    with pytest.raises(grpc.RpcError) as refused:
        raw.call("CreateDocument", create)
    assert refused.value.code() == grpc.StatusCode.ALREADY_EXISTS

    document = types.Document(name=raw.name("c/a"), fields={"y": types.Value(integer_value=2)})
    update = types.UpdateDocumentRequest(document=document, update_mask={"field_paths": ["y"]})
    assert set(raw.call("UpdateDocument", update).fields) == {"x", "y"}

    raw.call("DeleteDocument", types.DeleteDocumentRequest(name=raw.name("c/a")))
    assert _status_of_get(raw, "c/a") == grpc.StatusCode.NOT_FOUND


def test_document_created_without_id_gets_one(raw: Any) -> None:
    create = types.CreateDocumentRequest(parent=raw.root, collection_id="c", document=types.Document())
    first, second = raw.call("CreateDocument", create).name, raw.call("CreateDocument", create).name
    assert first != second
    assert len(first.removeprefix(raw.name("c/"))) == 20


def test_masks_of_reads_leave_the_rest_out(raw: Any) -> None:
    raw.commit(raw.write("c/a", {"x": 1, "m": {"a": 1, "b": 2}}))
    mask = types.DocumentMask(field_paths=["m.b", "none"])
    found, missing = raw.batch_get("c/a", "c/none", "c/a", mask=mask)
    assert found.found.fields["m"].map_value.fields.keys() == {"b"}
    assert set(raw.get("c/a", mask=mask).fields) == {"m"}
    assert missing.missing == raw.name("c/none")
    assert found.read_time >= found.found.update_time


def _status_of_get(raw: Any, path: str) -> grpc.StatusCode:
    with pytest.raises(grpc.RpcError) as refused:
        raw.get(path)
    status: grpc.StatusCode = refused.value.code()
    return status
