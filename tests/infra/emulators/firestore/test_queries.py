"""Queries through the unmodified client: what they find, and in which order."""

import math
from typing import Any

import pytest
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import And, BaseCompositeFilter, Or
from google.cloud.firestore_v1.vector import Vector

FieldFilter = firestore.FieldFilter

# One document per value, in the order that Firestore gives them.
ORDERED: dict[str, Any] = {
    "null": None,
    "false": False,
    "true": True,
    "nan": math.nan,
    "-inf": -math.inf,
    "-1.5": -1.5,
    "1": 1,
    "2^53": 2.0**53,
    "2^53+1": 2**53 + 1,
    "text A": "A",
    "text a": "a",
    "text ab": "ab",
    "text é": "é",
    "text U+FFEE": "\uffee",
    "text U+1F600": "\U0001f600",
    "bytes": b"a",
    "bytes b": b"b",
    "point": firestore.GeoPoint(1, 2),
    "point 1, 3": firestore.GeoPoint(1, 3),
    "array": [1],
    "array 1, 2": [1, 2],
    "array 2": [2],
    "vector": Vector([1.0, 2.0]),
    "map a": {"a": 1},
    "map a, b": {"a": 1, "b": 0},
    "map b": {"b": 0},
}


@pytest.fixture
def values(client: firestore.Client) -> firestore.CollectionReference:
    batch = client.batch()
    for name, value in ORDERED.items():
        batch.set(client.document(f"values/{name}"), {"v": value})
    batch.set(client.document("values/missing"), {"w": 1})
    batch.commit()
    return client.collection("values")


@pytest.fixture
def people(client: firestore.Client) -> firestore.CollectionReference:
    batch = client.batch()
    for name, age, tags in (("ann", 30, ["x"]), ("bob", 25, ["x", "y"]), ("cid", 30, ["y"]), ("dan", 41, [])):
        fields = {"name": name, "age": age, "tags": tags, "at": {"city": name[0]}}
        batch.set(client.document(f"people/{name}"), fields)
    batch.commit()
    return client.collection("people")


def _ids(query: Any) -> list[str]:
    return [snapshot.id for snapshot in query.stream()]


def test_order_across_all_types(values: Any) -> None:
    assert _ids(values.order_by("v")) == list(ORDERED)
    assert _ids(values.order_by("v", direction="DESCENDING")) == list(reversed(ORDERED))


FILTERS = [
    ("<", 1, ["-inf", "-1.5"]),
    ("<=", 1.0, ["-inf", "-1.5", "1"]),
    (">", 1, ["2^53", "2^53+1"]),
    (">", 2.0**53, ["2^53+1"]),
    (">=", "ab", ["text ab", "text é", "text U+FFEE", "text U+1F600"]),
    ("<", True, ["false"]),
    (">", [1], ["array 1, 2", "array 2"]),
    (">=", {"a": 1}, ["map a", "map a, b", "map b"]),
    ("==", 1.0, ["1"]),
    ("==", None, ["null"]),
    ("==", math.nan, ["nan"]),
    ("==", {"a": 1.0}, ["map a"]),
    ("!=", None, [name for name in ORDERED if name != "null"]),
    ("!=", math.nan, [name for name in ORDERED if name not in ("null", "nan")]),
    ("!=", 1, [name for name in ORDERED if name not in ("null", "1")]),
    ("in", [1.0, "a", "zzz"], ["1", "text a"]),
    ("not-in", [1.0, "a"], [name for name in ORDERED if name not in ("null", "1", "text a")]),
    ("not-in", [1, None], []),
    ("array_contains", 1, ["array", "array 1, 2"]),
    ("array_contains_any", [2.0, 3], ["array 1, 2", "array 2"]),
]


@pytest.mark.parametrize(("operator", "operand", "expected"), FILTERS)
def test_field_operator(values: Any, operator: str, operand: Any, expected: list[str]) -> None:
    found = _ids(values.where(filter=FieldFilter("v", operator, operand)))
    assert sorted(found) == sorted(expected)


def test_inequality_orders_by_its_field(people: Any) -> None:
    assert _ids(people.where(filter=FieldFilter("age", ">", 0))) == ["bob", "ann", "cid", "dan"]


def test_filters_combine(people: Any) -> None:
    young, old = FieldFilter("age", "<", 30), FieldFilter("age", ">", 40)
    tagged = FieldFilter("tags", "array_contains", "x")

    def find(combined: BaseCompositeFilter) -> list[str]:
        return _ids(people.where(filter=combined))

    assert find(Or([young, old])) == ["bob", "dan"]
    assert find(And([young, tagged])) == ["bob"]
    assert find(Or([old, And([tagged, FieldFilter("age", "==", 30)])])) == ["ann", "dan"]


def test_filter_on_nested_field_and_on_name(people: Any) -> None:
    assert _ids(people.where(filter=FieldFilter("at.city", "==", "c"))) == ["cid"]
    bob, cid = people.document("bob"), people.document("cid")
    assert _ids(people.where(filter=FieldFilter("__name__", "in", [cid, bob]))) == ["bob", "cid"]
    assert _ids(people.where(filter=FieldFilter("__name__", ">", bob))) == ["cid", "dan"]


def test_without_order_documents_come_by_name(people: Any) -> None:
    assert _ids(people) == ["ann", "bob", "cid", "dan"]


def test_several_orders_each_with_its_direction(people: Any) -> None:
    query = people.order_by("age", direction="DESCENDING").order_by("name")
    assert _ids(query) == ["dan", "ann", "cid", "bob"]
    assert _ids(people.order_by("age", direction="DESCENDING")) == ["dan", "cid", "ann", "bob"]


def test_limit_and_offset(people: Any) -> None:
    assert _ids(people.order_by("age").limit(2)) == ["bob", "ann"]
    assert _ids(people.order_by("age").offset(1).limit(2)) == ["ann", "cid"]
    assert [snapshot.id for snapshot in people.order_by("age").limit_to_last(2).get()] == ["cid", "dan"]
    assert _ids(people.limit(0)) == []


def test_cursors_stand_before_or_behind(people: Any) -> None:
    by_age = people.order_by("age")
    assert _ids(by_age.start_at({"age": 30})) == ["ann", "cid", "dan"]
    assert _ids(by_age.start_after({"age": 30})) == ["dan"]
    assert _ids(by_age.end_at({"age": 30})) == ["bob", "ann", "cid"]
    assert _ids(by_age.end_before({"age": 30})) == ["bob"]


def test_cursor_at_a_document_splits_equals(people: Any) -> None:
    by_age = people.order_by("age")
    assert _ids(by_age.start_after(people.document("ann").get())) == ["cid", "dan"]
    descending = people.order_by("age", direction="DESCENDING")
    assert _ids(descending.start_at(people.document("ann").get())) == ["ann", "bob"]


def test_paging_by_name_walks_all(people: Any) -> None:
    query, found = people.order_by("__name__").limit(3), []
    while page := list(query.stream()):
        found += [snapshot.id for snapshot in page]
        query = query.start_after(page[-1])
    assert found == ["ann", "bob", "cid", "dan"]


def test_select_returns_some_fields(people: Any) -> None:
    (snapshot,) = (
        people.where(filter=FieldFilter("name", "==", "ann")).select(["age", "at.city", "none"]).get()
    )
    assert snapshot.to_dict() == {"age": 30, "at": {"city": "a"}}
    (snapshot,) = people.limit(1).select([]).get()
    assert (snapshot.id, snapshot.to_dict()) == ("ann", {})


def test_collection_group_finds_everywhere(client: firestore.Client) -> None:
    for path in ("m/1", "a/1/m/2", "a/2/m/3", "a/2/m/3/m/4", "mm/5", "a/6"):
        client.document(path).set({"v": int(path[-1])})
    group = client.collection_group("m")
    assert [snapshot.reference.path for snapshot in group.stream()] == [
        "a/1/m/2", "a/2/m/3", "a/2/m/3/m/4", "m/1",
    ]  # fmt: skip
    assert _ids(group.where(filter=FieldFilter("v", ">", 1)).order_by("v")) == ["2", "3", "4"]
    assert _ids(client.collection("a/2/m")) == ["3"]


def test_deleted_document_is_found_no_more(people: Any) -> None:
    people.document("bob").delete()
    people.document("ann").update({"age": 1})
    assert _ids(people.where(filter=FieldFilter("age", "<", 30))) == ["ann"]


def test_empty_collection_finds_nothing(client: firestore.Client) -> None:
    assert _ids(client.collection("nothing")) == []
    assert client.collection("nothing").count().get()[0][0].value == 0


def test_count(people: Any) -> None:
    ((of_all,),) = people.count(alias="all").get()
    assert (of_all.alias, of_all.value) == ("all", 4)
    ((of_some,),) = people.where(filter=FieldFilter("age", "==", 30)).count().get()
    assert of_some.value == 2
