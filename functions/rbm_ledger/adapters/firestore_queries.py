"""A query ⇄ Firestore's RunQuery.

Source: cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1 (RunQueryRequest, StructuredQuery),
read 2026-11. A query over all collections of a name needs an index of its fields: infra/firestore.tf.
"""

from collections.abc import Iterator
from typing import Any

from rbm_ledger.adapters.firestore_values import encode_field_path, encode_value
from rbm_ledger.adapters.message_types import load_message
from rbm_ledger.domain.ledger import FieldPath, Query

RunQueryRequest = load_message("google.cloud.firestore_v1.types.firestore", "RunQueryRequest")
RunQueryResponse = load_message("google.cloud.firestore_v1.types.firestore", "RunQueryResponse")
_StructuredQuery = load_message("google.cloud.firestore_v1.types.query", "StructuredQuery")

_FieldFilter = _StructuredQuery.FieldFilter
_AND = _StructuredQuery.CompositeFilter.AND
_ASCENDING = _StructuredQuery.ASCENDING


def encode_query(documents: str, query: Query) -> Any:
    """The request that finds it below `documents`, the root of the database."""
    parent = "/".join((documents, *(query.parent or ())))
    request = RunQueryRequest(parent=parent)
    structured = request.structured_query
    selector = structured.from_.add()
    selector.collection_id = query.collection
    selector.all_descendants = query.parent is None
    if filters := list(_filters(query)):
        structured.where.composite_filter.op = _AND
        structured.where.composite_filter.filters.extend(filters)
    for path in (encode_field_path(query.bound), "__name__"):
        structured.order_by.add(direction=_ASCENDING).field.field_path = path
    structured.offset = query.offset
    structured.limit.value = query.limit
    return request


def _filters(query: Query) -> Iterator[Any]:
    for path, value in query.equals.items():
        yield _filter(path, _FieldFilter.EQUAL, value)
    if query.at_least is not None:
        yield _filter(query.bound, _FieldFilter.GREATER_THAN_OR_EQUAL, query.at_least)
    if query.at_most is not None:
        yield _filter(query.bound, _FieldFilter.LESS_THAN_OR_EQUAL, query.at_most)


def _filter(path: FieldPath, operator: int, value: object) -> Any:
    found = _StructuredQuery.Filter()
    found.field_filter.field.field_path = encode_field_path(path)
    found.field_filter.op = operator
    found.field_filter.value.CopyFrom(encode_value(value))
    return found
