"""The order of a query's results, and the cursors that cut a range out of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rbm_ops.emulators.firestore.errors import invalid_argument
from rbm_ops.emulators.firestore.filters import inequality_paths
from rbm_ops.emulators.firestore.messages import Message, StructuredQuery
from rbm_ops.emulators.firestore.paths import DOCUMENT_NAME, FieldPath, parse_field_path
from rbm_ops.emulators.firestore.values import Key, sort_key

Position = tuple[Key, ...]  # one key per order


@dataclass(frozen=True, slots=True)
class Order:
    path: FieldPath
    descending: bool


def complete_order(query: Message) -> tuple[Order, ...]:
    """What the query says, then the fields of its inequalities, then the name: so that the order is total.

    What is added takes the direction of the last order said. Source: query.proto (order_by), read 2026-11.
    """
    orders = [_said_order(order) for order in query.order_by]
    last_descending = orders[-1].descending if orders else False
    for path in [*sorted(inequality_paths(query.where)), DOCUMENT_NAME]:
        if path not in (order.path for order in orders):
            orders.append(Order(path, last_descending))
    if any(order.path == DOCUMENT_NAME for order in orders[:-1]):
        raise invalid_argument("The order can't go on behind __name__, which is unique.")
    return tuple(orders)


def _said_order(order: Message) -> Order:
    return Order(parse_field_path(order.field.field_path), order.direction == StructuredQuery.DESCENDING)


def compile_cursors(query: Message, orders: Sequence[Order]) -> Callable[[Position], bool]:
    """A predicate: does a document at this position lie between `start_at` and `end_at`?"""
    start, end = _cursor_position(query, "start_at"), _cursor_position(query, "end_at")
    # A cursor stands just before or just behind all documents that equal it.
    start_includes_equal, end_includes_equal = query.start_at.before, not query.end_at.before

    def lies_between(position: Position) -> bool:
        after_start = _compare(position, start, orders) or (1 if start_includes_equal else -1)
        before_end = _compare(position, end, orders) or (-1 if end_includes_equal else 1)
        return (not start or after_start > 0) and (not end or before_end < 0)

    return lies_between


def _cursor_position(query: Message, cursor: str) -> Position:
    values = getattr(query, cursor).values
    if len(values) > len(query.order_by):
        raise invalid_argument("Cursor has too many values.")
    for value, order in zip(values, query.order_by, strict=False):
        if parse_field_path(order.field.field_path) == DOCUMENT_NAME and not value.HasField(
            "reference_value"
        ):
            raise invalid_argument("A cursor's value for __name__ must be a document reference.")
    return tuple(sort_key(value) for value in values)


def _compare(position: Position, bound: Position, orders: Sequence[Order]) -> int:
    for key, bound_key, order in zip(position, bound, orders, strict=False):
        if key != bound_key:
            return -1 if (key < bound_key) != order.descending else 1
    return 0
