"""What a document may hold. Values of a request are checked once, before anything is written.

Source: cloud.google.com/firestore/quotas and …/docs/storage-size, read 2026-11.
"""

from collections.abc import Callable
from typing import Any

from rbm_ops.emulators.firestore.errors import CallRefused, invalid_argument
from rbm_ops.emulators.firestore.messages import Message
from rbm_ops.emulators.firestore.paths import check_field_name, relative_segments
from rbm_ops.emulators.firestore.values import is_vector

MAX_DEPTH = 20
MAX_DOCUMENT_BYTES = 1 << 20

# No value takes more than 4 times as many bytes by Firestore's count as in protobuf (the geo point 0, 0 in an
# array: 16 against 4), so small documents need no counting.
_SURELY_FITS_BYTES = MAX_DOCUMENT_BYTES // 4
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799  # years 1 to 9999
_UNCHECKED = {
    *("null_value", "boolean_value", "integer_value", "double_value"),
    *("string_value", "bytes_value", "reference_value", "geo_point_value"),
}


def check_fields(fields: Message, depth: int = 0) -> None:
    """Refuse bad names and values, and round timestamps down to microseconds in place."""
    for name in fields:  # items() of a protobuf map is twice as slow
        check_field_name(name)
        check_value(fields[name], depth)


def check_value(value: Message, depth: int) -> None:
    """`depth` counts the maps and arrays around the value."""
    kind = value.WhichOneof("value_type")
    if kind in _UNCHECKED:
        return
    if kind not in _CHECKS:
        raise invalid_argument(f"A value of type {kind or 'unset'} can't be stored.")
    _CHECKS[kind](getattr(value, kind), depth)


def check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise invalid_argument(f"Maps and arrays are nested more than {MAX_DEPTH} deep.")


def check_elements(array: Message, depth: int) -> None:
    """The elements of an array that stands inside `depth` maps and arrays, itself included."""
    check_depth(depth)
    for element in array.values:
        if element.HasField("array_value"):
            raise invalid_argument("An array can't be an element of an array.")
        check_value(element, depth)


def _check_map(map_value: Message, depth: int) -> None:
    check_depth(depth + 1)
    if not is_vector(map_value):
        check_fields(map_value.fields, depth + 1)


def _round_timestamp(moment: Message, _depth: int) -> None:
    if not _FIRST_SECOND <= moment.seconds <= _LAST_SECOND or not 0 <= moment.nanos < 1_000_000_000:
        raise invalid_argument("A timestamp lies outside the years 1 to 9999.")
    moment.nanos -= moment.nanos % 1000


_CHECKS: dict[str, Callable[[Any, int], None]] = {
    "array_value": lambda array, depth: check_elements(array, depth + 1),
    "map_value": _check_map,
    "timestamp_value": _round_timestamp,
}


def check_size(document: Message, serialized_bytes: int) -> None:
    if serialized_bytes <= _SURELY_FITS_BYTES:
        return
    size = _name_bytes(document.name) + _fields_bytes(document.fields) + 32
    if size > MAX_DOCUMENT_BYTES:
        raise _too_large(document.name, size)


def _too_large(name: str, size: int) -> CallRefused:
    return invalid_argument(
        f"Document '{name}' cannot be written because its size ({size:,} bytes) exceeds the maximum allowed "
        f"size of {MAX_DOCUMENT_BYTES:,} bytes."
    )


def _name_bytes(name: str) -> int:
    return 16 + sum(_text_bytes(segment) for segment in relative_segments(name))


def _text_bytes(text: str) -> int:
    return len(text.encode()) + 1


def _fields_bytes(fields: Message) -> int:
    return sum(_text_bytes(name) + _value_bytes(value) for name, value in fields.items())


def _value_bytes(value: Message) -> int:
    kind = value.WhichOneof("value_type")
    return _FIXED_BYTES.get(kind) or _SIZES[kind](getattr(value, kind))


_FIXED_BYTES = {
    "null_value": 1,
    "boolean_value": 1,
    "integer_value": 8,
    "double_value": 8,
    "timestamp_value": 8,
    "geo_point_value": 16,
}
_SIZES: dict[str, Callable[[Any], int]] = {
    "string_value": _text_bytes,
    "bytes_value": len,
    "reference_value": _name_bytes,
    "array_value": lambda array: sum(map(_value_bytes, array.values)) or 1,
    "map_value": lambda map_value: _fields_bytes(map_value.fields) or 1,
}
