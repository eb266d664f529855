"""Order and equality of values, across all types: each value has a key that Python compares and hashes.

    null < false < true < NaN < numbers < timestamps < strings < bytes < references < geo points
         < arrays < vectors < maps

1 and 1.0 have the same key, and Python orders int against float exactly. Strings order by UTF-8 bytes, which
is the order of code points. Source: cloud.google.com/firestore/docs/concepts/data-types, read 2026-11.
"""

import math
from collections.abc import Callable
from typing import Any

from rbm_ops.emulators.firestore.errors import invalid_argument
from rbm_ops.emulators.firestore.messages import Message
from rbm_ops.emulators.firestore.paths import NUMERIC_ID

Key = tuple[Any, ...]

NULL: Key = (0,)
NAN: Key = (2,)
_VECTOR_TYPE = "__vector__"


def sort_key(value: Message) -> Key:
    """Two values are equal when their keys are. The key's first element is the rank of the type."""
    kind = value.WhichOneof("value_type")
    if kind not in _KEYS:
        raise invalid_argument(f"A value of type {kind or 'unset'} can't be compared.")
    return _KEYS[kind](getattr(value, kind))


def reference_key(name: str) -> Key:
    """Names order segment by segment; numeric ids (`__id7__`) by number, before all others."""
    segments = name.split("/")
    if "/__id" in name:  # recursive() of the clients brackets a collection with the smallest of them
        segments = [_sortable(segment) for segment in segments]
    return (7, tuple(segments))


def _sortable(segment: str) -> str:
    numeric = NUMERIC_ID.fullmatch(segment)
    return f"\0{int(numeric[1]) + 2**63:020d}" if numeric else segment


def is_same_type(left: Key, right: Key) -> bool:
    return bool(left[0] == right[0])


def is_vector(map_value: Message) -> bool:
    """A vector travels as the map {__type__: "__vector__", value: [doubles]}."""
    fields = map_value.fields
    return len(fields) == 2 and "__type__" in fields and fields["__type__"].string_value == _VECTOR_TYPE


def _double_key(number: float) -> Key:
    return NAN if math.isnan(number) else (3, number)


def _array_key(array: Message) -> Key:
    return (9, tuple([sort_key(value) for value in array.values]))


def _map_key(map_value: Message) -> Key:
    fields = map_value.fields
    if is_vector(map_value):
        numbers = fields["value"].array_value.values
        return (10, len(numbers), tuple(sort_key(number) for number in numbers))
    return (11, tuple([(name, sort_key(fields[name])) for name in sorted(fields)]))


_KEYS: dict[str, Callable[[Any], Key]] = {
    "null_value": lambda _: NULL,
    "boolean_value": lambda flag: (1, flag),
    "integer_value": lambda number: (3, number),
    "double_value": _double_key,
    "timestamp_value": lambda moment: (4, moment.seconds, moment.nanos),
    "string_value": lambda text: (5, text),
    "bytes_value": lambda data: (6, data),
    "reference_value": reference_key,
    "geo_point_value": lambda point: (8, point.latitude, point.longitude),
    "array_value": _array_key,
    "map_value": _map_key,
}
