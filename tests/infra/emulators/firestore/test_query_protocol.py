"""Queries in the bare protocol: what the client libraries never ask, and what is refused."""

from typing import Any

import grpc
import pytest
from google.cloud.firestore_v1 import types


def _run(raw: Any, query: types.StructuredQuery, parent: str = "") -> list[types.RunQueryResponse]:
    request = types.RunQueryRequest(parent=parent or raw.root, structured_query=query)
    return raw.stream("RunQuery", request)


def _from(collection_id: str, **query: Any) -> types.StructuredQuery:
    selector = types.StructuredQuery.CollectionSelector(collection_id=collection_id)
    return types.StructuredQuery(from_=[selector], **query)


def test_count_stops_at_its_bound(raw: Any) -> None:
    raw.commit(*(raw.write(f"c/{number}", {}) for number in range(5)))
    count = types.StructuredAggregationQuery.Aggregation.Count
    aggregations = [{"count": count(), "alias": "n"}, {"count": count(up_to=3)}]
    request = types.RunAggregationQueryRequest(
        parent=raw.root,
        structured_aggregation_query={"structured_query": _from("c"), "aggregations": aggregations},
    )
    (answer,) = raw.stream("RunAggregationQuery", request)
    found = {alias: value.integer_value for alias, value in answer.result.aggregate_fields.items()}
    assert found == {"n": 5, "field_1": 3}


def test_query_without_result_still_tells_the_time(raw: Any) -> None:
    (answer,) = _run(raw, _from("c"))
    assert "document" not in answer
    assert answer.read_time.timestamp() > 0


def test_query_without_collection_finds_all_children(raw: Any) -> None:
    raw.commit(
        raw.write("a/1/b/2", {}), raw.write("a/1/c/3", {}), raw.write("a/1/c/3/d/4", {}), raw.write("a/5", {})
    )
    answers = _run(raw, types.StructuredQuery(), parent=raw.name("a/1"))
    assert [answer.document.name for answer in answers] == [raw.name("a/1/b/2"), raw.name("a/1/c/3")]


def _condition(operator: str, value: Any, field_path: str = "v") -> dict[str, Any]:
    return {"field_filter": {"field": {"field_path": field_path}, "op": operator, "value": value}}


def _integers(count: int) -> dict[str, Any]:
    return {"array_value": {"values": [{"integer_value": number} for number in range(count)]}}


REFUSED = [
    pytest.param(_from("c", where=_condition("IN", _integers(0))), id="IN nothing"),
    pytest.param(_from("c", where=_condition("IN", {"integer_value": 1})), id="IN a number"),
    pytest.param(_from("c", where=_condition("IN", _integers(31))), id="IN 31 values"),
    pytest.param(_from("c", where=_condition("NOT_IN", _integers(11))), id="NOT_IN 11 values"),
    pytest.param(_from("c", where=_condition("EQUAL", {"string_value": "a"}, "__name__")), id="name as text"),
    pytest.param(_from("c", where=_condition("EQUAL", {})), id="no value"),
    pytest.param(_from("c", limit=-1), id="negative limit"),
    pytest.param(_from("c", start_at={"values": [{"integer_value": 1}]}), id="cursor without order"),
    pytest.param(_from("c", order_by=[{"field": {"field_path": "a..b"}}]), id="bad field path"),
    pytest.param(_from("c", order_by=[{"field": {"field_path": "__name__"}}, {"field": {"field_path": "v"}}]),
                 id="order behind the name"),
    pytest.param(
        _from("c", where={"composite_filter": {"op": "AND", "filters": [
            _condition("NOT_EQUAL", {"integer_value": 1}), _condition("NOT_EQUAL", {"integer_value": 2})]}}),
        id="two negations"),
    pytest.param(
        _from("c", where={"composite_filter": {"op": "AND", "filters": [
            _condition("NOT_IN", _integers(2)), _condition("IN", _integers(2))]}}),
        id="NOT_IN with IN"),
    pytest.param(
        types.StructuredQuery(from_=[{"collection_id": "a"}, {"collection_id": "b"}]), id="two collections"),
]  # fmt: skip


@pytest.mark.parametrize("query", REFUSED)
def test_query_that_production_refuses_is_refused(raw: Any, query: types.StructuredQuery) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        _run(raw, query)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def test_collection_group_search_below_a_document_refused(raw: Any) -> None:
    query = types.StructuredQuery(from_=[{"collection_id": "c", "all_descendants": True}])
    query.where = _condition("EQUAL", {"integer_value": 1})
    with pytest.raises(grpc.RpcError) as refused:
        _run(raw, query, parent=raw.name("a/1"))
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
