"""Queries for a field's value: what changes is found by what it is now, and no other document is read."""

from pathlib import Path
from typing import Any

import pytest
from google.cloud.firestore_v1 import types

from rbm_ops.emulators.firestore.messages import Document
from rbm_ops.emulators.firestore.queries import find_names, plan_query
from rbm_ops.emulators.firestore.store import DocumentStore

ROOT = "projects/p/databases/d/documents"
SHARDS = 16


class CountingStore(DocumentStore):
    """Counts the documents that are read."""

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(folder)
        self.reads = 0

    def get(self, name: str) -> bytes | None:
        self.reads += 1
        return super().get(name)


def equals(value: Any, path: str = "m.v") -> dict[str, Any]:
    return {"field_filter": {"field": {"field_path": path}, "op": "EQUAL", "value": value}}


def numbered(number: int, path: str = "m.v") -> dict[str, Any]:
    return equals({"integer_value": number}, path)


def both(operator: str, *filters: dict[str, Any]) -> dict[str, Any]:
    return {"composite_filter": {"op": operator, "filters": list(filters)}}


def search(where: dict[str, Any]) -> Any:
    selector = types.StructuredQuery.CollectionSelector(collection_id="c", all_descendants=True)
    return types.StructuredQuery(from_=[selector], where=where)


def find(store: DocumentStore, where: dict[str, Any]) -> list[str]:
    plan = plan_query(ROOT, types.StructuredQuery.pb(search(where)))
    return [name.removeprefix(f"{ROOT}/") for name in find_names(store, plan)]


def save(store: DocumentStore, **changes: int | None) -> None:
    """Documents of two collections of one name, by the value in a map of theirs."""
    store.save({f"{ROOT}/a/{name[0]}/c/{name}": _serialize(name, v) for name, v in changes.items()})


def _serialize(name: str, number: int | None) -> bytes | None:
    if number is None:
        return None
    document = Document(name=f"{ROOT}/a/{name[0]}/c/{name}")
    document.fields["m"].map_value.fields["v"].integer_value = number
    return bytes(document.SerializeToString())


def test_query_reads_those_that_have_the_value() -> None:
    store = CountingStore()
    save(store, **{f"{'xy'[number % 2]}{number:03}": number % SHARDS for number in range(320)})
    assert len(find(store, numbered(3))) == 20
    assert store.reads == 20
    save(store, x900=3, x901=4, y003=None)
    store.reads = 0
    assert len(find(store, both("AND", numbered(3), numbered(3)))) == 20
    assert store.reads == 20


def test_document_is_found_by_what_it_is_now() -> None:
    store = CountingStore()
    save(store, x1=1, x2=2, y1=1)
    assert find(store, numbered(1)) == ["a/x/c/x1", "a/y/c/y1"]
    save(store, x1=2, x2=1)
    assert find(store, numbered(1)) == ["a/x/c/x2", "a/y/c/y1"]
    save(store, y1=None)
    assert find(store, numbered(1)) == ["a/x/c/x2"]
    save(store, y1=1, z1=1)
    assert find(store, numbered(1)) == ["a/x/c/x2", "a/y/c/y1", "a/z/c/z1"]


def test_documents_of_an_earlier_run_are_found(tmp_path: Path) -> None:
    earlier = DocumentStore(tmp_path)
    save(earlier, x1=1, x2=2)
    earlier.close()
    later = DocumentStore(tmp_path)
    assert find(later, numbered(2)) == ["a/x/c/x2"]
    later.close()


WHERE = [
    pytest.param(both("OR", numbered(1), numbered(2)), ["1", "2"], id="OR"),
    pytest.param(both("AND", both("OR", numbered(1), numbered(2)), numbered(2)), ["2"], id="OR in AND"),
    pytest.param(both("AND", numbered(1), numbered(7, "w")), ["1"], id="two fields"),
    pytest.param(both("AND", numbered(1), numbered(8, "w")), [], id="two fields, one other"),
    pytest.param(equals({"double_value": 2.0}), ["2"], id="a double that equals an integer"),
    pytest.param(equals({"null_value": 0}), [], id="null"),
    pytest.param(equals({"double_value": float("nan")}), [], id="NaN"),
]


@pytest.mark.parametrize(("where", "found"), WHERE)
def test_equality_is_what_it_is_elsewhere(raw: Any, where: dict[str, Any], found: list[str]) -> None:
    raw.commit(*(raw.write(f"c/{v}", {"m": {"v": v}, "w": 7}) for v in (1, 2)))
    raw.commit(raw.write("c/null", {"m": {"v": None}}), raw.write("c/NaN", {"m": {"v": float("nan")}}))
    query = types.StructuredQuery(from_=[{"collection_id": "c"}], where=where)
    answers = raw.stream("RunQuery", types.RunQueryRequest(parent=raw.root, structured_query=query))
    names = [answer.document.name for answer in answers if "document" in answer]
    assert names == [raw.name(f"c/{name}") for name in found]
