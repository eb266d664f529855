"""The `where` of a query as a predicate over documents.

A null or NaN operand equals nothing, as in SQL; IS_NULL and IS_NAN ask for them. A document without the
field matches no filter on it, and null matches no negative one.
"""

import operator
from collections.abc import Callable, Iterator

from rbm_ops.emulators.firestore.errors import invalid_argument
from rbm_ops.emulators.firestore.fields import key_at
from rbm_ops.emulators.firestore.messages import Message, StructuredQuery
from rbm_ops.emulators.firestore.paths import DOCUMENT_NAME, FieldPath, parse_field_path
from rbm_ops.emulators.firestore.values import NAN, NULL, Key, is_same_type, sort_key

Predicate = Callable[[Message], bool]
_KeyTest = Callable[[Key], bool]

_ARRAY_RANK = 9
_MOST_VALUES = {"IN": 30, "ARRAY_CONTAINS_ANY": 30, "NOT_IN": 10}
_NEGATIVES = {"NOT_EQUAL", "NOT_IN", "IS_NOT_NULL", "IS_NOT_NAN"}
_DISJUNCTIONS = {"OR", "IN", "ARRAY_CONTAINS_ANY"}
_INEQUALITIES = {"LESS_THAN", "LESS_THAN_OR_EQUAL", "GREATER_THAN", "GREATER_THAN_OR_EQUAL", *_NEGATIVES}


def compile_filter(where: Message) -> Predicate:
    kind = where.WhichOneof("filter_type")
    if kind is None:
        return lambda _document: True
    return _COMPILERS[kind](getattr(where, kind))


def check_filter(where: Message) -> None:
    names = [_operator_name(condition) for condition in _conditions(where)]
    if sum(name in _NEGATIVES for name in names) > 1:
        raise invalid_argument(f"A query has more than one of {', '.join(sorted(_NEGATIVES))}.")
    if "NOT_IN" in names and not _DISJUNCTIONS.isdisjoint(names):
        raise invalid_argument(f"A query has both NOT_IN and one of {', '.join(sorted(_DISJUNCTIONS))}.")


def inequality_paths(where: Message) -> set[FieldPath]:
    """The fields by which the results are ordered even when the query does not say so."""
    return {
        parse_field_path(condition.field.field_path)
        for condition in _conditions(where)
        if _operator_name(condition) in _INEQUALITIES
    }


def find_equality(where: Message) -> tuple[FieldPath, Key] | None:
    """A field and the value that it has in every document that matches; None where none is sure."""
    is_conjunction = where.composite_filter.op == StructuredQuery.CompositeFilter.AND
    for part in where.composite_filter.filters if is_conjunction else [where]:
        if part.WhichOneof("filter_type") != "field_filter" or _operator_name(part.field_filter) != "EQUAL":
            continue
        path = parse_field_path(part.field_filter.field.field_path)
        if path != DOCUMENT_NAME:
            return path, sort_key(part.field_filter.value)
    return None


def _conditions(where: Message) -> Iterator[Message]:
    """All filters of the tree, of any kind."""
    kind = where.WhichOneof("filter_type")
    if kind is not None:
        yield getattr(where, kind)
    for part in where.composite_filter.filters:
        yield from _conditions(part)


def _operator_name(condition: Message) -> str:
    name: str = type(condition).Operator.Name(condition.op)
    return name


def _compile_composite(composite: Message) -> Predicate:
    parts = [compile_filter(part) for part in composite.filters]
    if composite.op == StructuredQuery.CompositeFilter.OR:
        return lambda document: any(part(document) for part in parts)
    if composite.op == StructuredQuery.CompositeFilter.AND:
        return lambda document: all(part(document) for part in parts)
    raise invalid_argument("A composite filter is neither AND nor OR.")


def _compile_unary(condition: Message) -> Predicate:
    name = _operator_name(condition)
    if name not in _UNARY_TESTS:
        raise invalid_argument("A unary filter names no operator.")
    return _on_field(parse_field_path(condition.field.field_path), _UNARY_TESTS[name])


def _compile_field(condition: Message) -> Predicate:
    name = _operator_name(condition)
    if name not in _FIELD_TESTS:
        raise invalid_argument("A field filter names no operator.")
    path = parse_field_path(condition.field.field_path)
    if name in _MOST_VALUES:
        _check_values(name, condition.value)
    if path == DOCUMENT_NAME:
        _check_references(condition.value)
    return _on_field(path, _FIELD_TESTS[name](condition.value))


def _on_field(path: FieldPath, test: _KeyTest) -> Predicate:
    def matches(document: Message) -> bool:
        key = key_at(document, path)
        return key is not None and test(key)

    return matches


def _check_values(name: str, operand: Message) -> None:
    if not operand.array_value.values:
        raise invalid_argument(f"'{name}' requires a non-empty ArrayValue.")
    if len(operand.array_value.values) > _MOST_VALUES[name]:
        raise invalid_argument(f"'{name}' supports up to {_MOST_VALUES[name]} comparison values.")


def _check_references(operand: Message) -> None:
    values = operand.array_value.values if operand.HasField("array_value") else [operand]
    if not all(value.HasField("reference_value") for value in values):
        raise invalid_argument("__name__ is compared with document references only.")


def _elements(operand: Message) -> set[Key]:
    return {sort_key(value) for value in operand.array_value.values}


def _equal(operand: Message) -> _KeyTest:
    wanted = {sort_key(operand)} - {NULL, NAN}
    return lambda key: key in wanted


def _in(operand: Message) -> _KeyTest:
    wanted = _elements(operand) - {NULL, NAN}
    return lambda key: key in wanted


def _not_equal(operand: Message) -> _KeyTest:
    return _none_of({sort_key(operand)})


def _not_in(operand: Message) -> _KeyTest:
    return _none_of(_elements(operand))


def _none_of(keys: set[Key]) -> _KeyTest:
    if NULL in keys:
        return lambda _key: False
    unwanted = (keys | {NULL}) - {NAN}
    return lambda key: key not in unwanted


def _compare(compare: Callable[[Key, Key], bool]) -> Callable[[Message], _KeyTest]:
    def build(operand: Message) -> _KeyTest:
        bound = sort_key(operand)
        if bound in (NULL, NAN):
            return lambda _key: False
        return lambda key: is_same_type(key, bound) and compare(key, bound)

    return build


def _array_contains(operand: Message) -> _KeyTest:
    wanted = sort_key(operand)
    return lambda key: key[0] == _ARRAY_RANK and wanted in key[1]


def _array_contains_any(operand: Message) -> _KeyTest:
    wanted = _elements(operand)
    return lambda key: key[0] == _ARRAY_RANK and not wanted.isdisjoint(key[1])


_FIELD_TESTS: dict[str, Callable[[Message], _KeyTest]] = {
    "LESS_THAN": _compare(operator.lt),
    "LESS_THAN_OR_EQUAL": _compare(operator.le),
    "GREATER_THAN": _compare(operator.gt),
    "GREATER_THAN_OR_EQUAL": _compare(operator.ge),
    "EQUAL": _equal,
    "NOT_EQUAL": _not_equal,
    "IN": _in,
    "NOT_IN": _not_in,
    "ARRAY_CONTAINS": _array_contains,
    "ARRAY_CONTAINS_ANY": _array_contains_any,
}
_UNARY_TESTS: dict[str, _KeyTest] = {
    "IS_NULL": lambda key: key == NULL,
    "IS_NAN": lambda key: key == NAN,
    "IS_NOT_NULL": lambda key: key != NULL,
    "IS_NOT_NAN": lambda key: key not in (NULL, NAN),
}
_COMPILERS: dict[str, Callable[[Message], Predicate]] = {
    "composite_filter": _compile_composite,
    "field_filter": _compile_field,
    "unary_filter": _compile_unary,
}
