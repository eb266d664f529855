"""Field transforms: what a write computes from the stored value instead of bringing it along.

Source: google/firestore/v1/write.proto (FieldTransform), read 2026-11.
"""

import math
import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from rbm_ops.emulators.firestore.clock import CommitTime
from rbm_ops.emulators.firestore.errors import invalid_argument
from rbm_ops.emulators.firestore.fields import make_value
from rbm_ops.emulators.firestore.limits import check_depth, check_elements
from rbm_ops.emulators.firestore.messages import Message, Value
from rbm_ops.emulators.firestore.paths import DOCUMENT_NAME, parse_field_path
from rbm_ops.emulators.firestore.values import sort_key

MAX_TRANSFORMS = 500

_REQUEST_TIME = 1
_LARGEST_INTEGER, _SMALLEST_INTEGER = 2**63 - 1, -(2**63)
_NULL = Value(null_value=0)


def check_transforms(transforms: Sequence[Message]) -> None:
    """Refuse what one write can't do to its document."""
    if len(transforms) > MAX_TRANSFORMS:
        raise invalid_argument(f"A write has more than {MAX_TRANSFORMS} field transforms.")
    for transform in transforms:
        _check_transform(transform)
    paths = {parse_field_path(transform.field_path) for transform in transforms}
    if any(path[:length] in paths for path in paths for length in range(1, len(path))):
        raise invalid_argument("A field and one inside it can't be transformed at the same time.")


def _check_transform(transform: Message) -> None:
    kind = transform.WhichOneof("transform_type")
    if kind is None:
        raise invalid_argument("A field transform names no operation.")
    path = parse_field_path(transform.field_path)
    if path == DOCUMENT_NAME:
        raise invalid_argument("A document's name can't be transformed.")
    depth = len(path) - 1
    check_depth(depth)
    _CHECKS[kind](getattr(transform, kind), depth)


def apply_transform(fields: Message, transform: Message, time: CommitTime) -> Message:
    """Change the field in place; the answer is the transform's result, as a WriteResult lists it."""
    value = make_value(fields, parse_field_path(transform.field_path))
    kind = transform.WhichOneof("transform_type")
    if kind == "set_to_server_value":
        value.timestamp_value.CopyFrom(time.requested)
        return value
    return _OPERATIONS[kind](value, getattr(transform, kind))


def _check_number(operand: Message, _depth: int) -> None:
    if _number(operand) is None:
        raise invalid_argument("The operand of increment, maximum or minimum must be an integer or a double.")


def _check_server_value(server_value: int, _depth: int) -> None:
    if server_value != _REQUEST_TIME:
        raise invalid_argument("set_to_server_value knows REQUEST_TIME only.")


def _check_array(array: Message, depth: int) -> None:
    check_elements(array, depth + 1)


_CHECKS: dict[str, Callable[[Any, int], None]] = {
    "set_to_server_value": _check_server_value,
    "increment": _check_number,
    "maximum": _check_number,
    "minimum": _check_number,
    "append_missing_elements": _check_array,
    "remove_all_from_array": _check_array,
}


def _number(value: Message) -> int | float | None:
    kind = value.WhichOneof("value_type")
    if kind == "integer_value":
        return int(value.integer_value)
    return float(value.double_value) if kind == "double_value" else None


def _increment(value: Message, operand: Message) -> Message:
    old, step = _number(value), _number(operand)
    if old is None or step is None:
        value.CopyFrom(operand)
    elif isinstance(old, int) and isinstance(step, int):
        value.integer_value = max(_SMALLEST_INTEGER, min(_LARGEST_INTEGER, old + step))
    else:
        value.double_value = float(old) + float(step)
    return value


def _take_extreme(value: Message, operand: Message, *, beats: Callable[[float, float], bool]) -> Message:
    """Equal numbers keep the stored one and its type; NaN beats every number and is beaten by none."""
    old, new = _number(value), _number(operand)
    if old is None or new is None or math.isnan(new) or beats(new, old):
        value.CopyFrom(operand)
    return value


def _append_missing(value: Message, elements: Message) -> Message:
    array = _as_array(value)
    present = {sort_key(element) for element in array.values}
    for element in elements.values:
        key = sort_key(element)
        if key not in present:
            present.add(key)
            array.values.append(element)
    return _NULL


def _remove_all(value: Message, elements: Message) -> Message:
    array = _as_array(value)
    unwanted = {sort_key(element) for element in elements.values}
    for index in reversed(range(len(array.values))):
        if sort_key(array.values[index]) in unwanted:
            del array.values[index]
    return _NULL


def _as_array(value: Message) -> Message:
    if not value.HasField("array_value"):
        value.array_value.SetInParent()
    return value.array_value


_OPERATIONS: dict[str, Callable[[Message, Message], Message]] = {
    "increment": _increment,
    "maximum": partial(_take_extreme, beats=operator.gt),
    "minimum": partial(_take_extreme, beats=operator.lt),
    "append_missing_elements": _append_missing,
    "remove_all_from_array": _remove_all,
}
