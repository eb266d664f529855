"""Structured queries: which documents, in which order, from where to where."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Any

from rbm_ops.emulators.firestore.errors import invalid_argument, not_implemented
from rbm_ops.emulators.firestore.fields import key_at
from rbm_ops.emulators.firestore.filters import Predicate, check_filter, compile_filter, find_equality
from rbm_ops.emulators.firestore.messages import Document, Message, StructuredQuery
from rbm_ops.emulators.firestore.orders import Order, Position, compile_cursors, complete_order
from rbm_ops.emulators.firestore.paths import (
    DOCUMENT_NAME,
    FieldPath,
    check_collection_id,
    check_parent,
    collection_of,
    parse_field_path,
    root_of,
)
from rbm_ops.emulators.firestore.store import DocumentStore
from rbm_ops.emulators.firestore.values import Key, reference_key


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """A checked query, ready to run, as often as one likes. `limit` None: all; `selects` None: all fields."""

    parent: str
    collection_id: str
    all_descendants: bool
    matches: Predicate
    equality: tuple[FieldPath, Key] | None
    orders: tuple[Order, ...]
    lies_between_cursors: Callable[[Position], bool]
    offset: int
    limit: int | None
    selects: tuple[FieldPath, ...] | None


def plan_query(parent: str, query: Message) -> QueryPlan:
    check_parent(parent)
    _check_query(query)
    selector = query.from_[0] if query.from_ else StructuredQuery.CollectionSelector()
    _check_selector(selector, parent, query)
    orders = complete_order(query)
    return QueryPlan(
        parent=parent,
        collection_id=selector.collection_id,
        all_descendants=selector.all_descendants,
        matches=compile_filter(query.where),
        equality=find_equality(query.where),
        orders=orders,
        lies_between_cursors=compile_cursors(query, orders),
        offset=query.offset,
        limit=query.limit.value if query.HasField("limit") else None,
        selects=_selected_paths(query),
    )


def _check_query(query: Message) -> None:
    if query.HasField("find_nearest"):
        raise not_implemented("the find_nearest of queries")
    if len(query.from_) > 1:
        raise invalid_argument("A query has more than one collection selector.")
    if query.limit.value < 0 or query.offset < 0:
        raise invalid_argument("The limit or the offset of a query is negative.")
    check_filter(query.where)


def _check_selector(selector: Message, parent: str, query: Message) -> None:
    if not selector.collection_id:
        return
    check_collection_id(selector.collection_id)
    searches = query.HasField("where") or query.order_by
    if selector.all_descendants and searches and parent != root_of(parent):
        raise invalid_argument("Collection group queries are only allowed at the root parent.")


def _selected_paths(query: Message) -> tuple[FieldPath, ...] | None:
    if not query.HasField("select"):
        return None
    return tuple(parse_field_path(field.field_path) for field in query.select.fields)


def find_names(store: DocumentStore, plan: QueryPlan) -> list[str]:
    """The names of the documents that the query finds, in its order."""
    end = None if plan.limit is None else plan.offset + plan.limit
    return list(islice(_ordered_names(store, plan), plan.offset, end))


def _ordered_names(store: DocumentStore, plan: QueryPlan) -> Iterator[str]:
    names = (
        name for collection in _collections(store, plan) for name in _candidates(store, plan, collection)
    )
    first = plan.orders[0]
    if first.path == DOCUMENT_NAME:
        # Only names are compared: documents are read one by one, and no more than the limit asks for.
        in_order = sorted(names, key=reference_key, reverse=first.descending)
        return (name for name, _ in _matching(store, plan, in_order))
    return _sorted_names(list(_matching(store, plan, names)), plan.orders)


def _candidates(store: DocumentStore, plan: QueryPlan, collection: str) -> Iterable[str]:
    """The names of all documents that may match."""
    return store.names_with(collection, *plan.equality) if plan.equality else store.names_in(collection)


def _sorted_names(rows: list[tuple[str, Position]], orders: tuple[Order, ...]) -> Iterator[str]:
    keyed: list[tuple[Any, ...]] = [(*position, name) for name, position in rows]
    # Sorting is stable: by the least important key first, each in its own direction.
    for index, order in reversed(list(enumerate(orders))):
        keyed.sort(key=itemgetter(index), reverse=order.descending)
    return (row[-1] for row in keyed)


def _matching(store: DocumentStore, plan: QueryPlan, names: Iterable[str]) -> Iterator[tuple[str, Position]]:
    for name in names:
        document = Document.FromString(store.get(name))
        if not plan.matches(document):
            continue
        position = _position(document, plan.orders)
        if position is not None and plan.lies_between_cursors(position):
            yield name, position


def _position(document: Message, orders: tuple[Order, ...]) -> Position | None:
    """None for a document that lacks a field of the order: the query does not find it."""
    keys = []
    for order in orders:
        key = key_at(document, order.path)
        if key is None:
            return None
        keys.append(key)
    return tuple(keys)


def _collections(store: DocumentStore, plan: QueryPlan) -> Iterable[str]:
    if plan.collection_id and not plan.all_descendants:
        return [f"{plan.parent}/{plan.collection_id}"]
    if plan.collection_id:
        group = store.collections_named(root_of(plan.parent), plan.collection_id)
        return [collection for collection in group if collection.startswith(f"{plan.parent}/")]
    below = store.collections_below(plan.parent)
    if plan.all_descendants:
        return below
    return (collection for collection in below if collection_of(collection) == plan.parent)
