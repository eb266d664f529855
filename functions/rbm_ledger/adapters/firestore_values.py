"""Python values and merges ⇄ Firestore's protocol buffers.

Source: cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1 (Value, Write, DocumentTransform),
read 2026-11.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from rbm_ledger.adapters.message_types import load_message
from rbm_ledger.domain.ledger import FieldPath, Merge, Reached
from rbm_ledger.domain.times import EPOCH

Write = load_message("google.cloud.firestore_v1.types.write", "Write")
_Value = load_message("google.cloud.firestore_v1.types.document", "Value")

_SCALARS: dict[type, str] = {
    bool: "boolean_value",
    int: "integer_value",
    float: "double_value",
    str: "string_value",
    bytes: "bytes_value",
}
_SIMPLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def encode_merge(name: str, merge: Merge) -> Any:
    """The write that does what the merge says to the document called `name`, whether it is there or not."""
    write = Write()
    write.update.name = name
    write.update_mask.SetInParent()  # without a mask the write would replace the document
    fields, transforms = write.update.fields, write.update_transforms
    for path, value in merge.values.items():
        _fill(_member_at(fields, path), value)
    write.update_mask.field_paths.extend(map(encode_field_path, merge.values))
    for path, maximum in merge.maxima.items():
        transforms.add(field_path=encode_field_path(path)).maximum.integer_value = maximum
    for path, minimum in merge.minima.items():
        transforms.add(field_path=encode_field_path(path)).minimum.integer_value = minimum
    for path, elements in merge.unions.items():
        added = transforms.add(field_path=encode_field_path(path)).append_missing_elements.values
        for element in elements:
            _fill(added.add(), element)
    return write


def encode_value(value: object) -> Any:
    """Raises TypeError or ValueError for what a document can't hold."""
    encoded = _Value()
    _fill(encoded, value)
    return encoded


def decode_reached(merge: Merge, result: Any) -> Reached:
    """What maxima and minima have come to: results stand as the transforms, where these come first."""
    return {
        path: value.integer_value
        for path, value in zip((*merge.maxima, *merge.minima), result.transform_results, strict=False)
        if value.HasField("integer_value")
    }


@lru_cache(maxsize=1000)
def encode_field_path(path: FieldPath) -> str:
    """As it stands in masks, transforms and filters."""
    return ".".join(name if _SIMPLE_NAME.fullmatch(name) else _quote(name) for name in path)


def decode_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: decode_value(value) for name, value in fields.items()}


def decode_value(value: Any) -> Any:
    kind = value.WhichOneof("value_type")
    decode = _DECODERS.get(kind)
    return decode(value) if decode else getattr(value, kind)


def _decode_time(value: Any) -> datetime:
    """Microseconds are all that a document keeps."""
    timestamp = value.timestamp_value
    return EPOCH + timedelta(seconds=timestamp.seconds, microseconds=timestamp.nanos // 1000)


_DECODERS: Mapping[str | None, Callable[[Any], Any]] = {
    None: lambda _value: None,
    "null_value": lambda _value: None,
    "map_value": lambda value: decode_fields(value.map_value.fields),
    "array_value": lambda value: [decode_value(item) for item in value.array_value.values],
    "timestamp_value": _decode_time,
}


def _fill(encoded: Any, value: object) -> None:
    scalar = _SCALARS.get(type(value))
    if scalar is not None:
        setattr(encoded, scalar, value)
        return
    fill = _FILLERS.get(type(value))
    if fill is None:
        raise TypeError(f"a document can't hold a {type(value).__name__}")
    fill(encoded, value)


def _fill_null(encoded: Any, _value: None) -> None:
    encoded.null_value = 0


def _fill_time(encoded: Any, value: datetime) -> None:
    since = value - EPOCH
    timestamp = encoded.timestamp_value
    timestamp.seconds = since.days * 86_400 + since.seconds
    timestamp.nanos = since.microseconds * 1000


def _fill_map(encoded: Any, value: Mapping[str, object]) -> None:
    encoded.map_value.SetInParent()
    fields = encoded.map_value.fields
    for name, member in value.items():
        _fill(fields[name], member)


def _fill_array(encoded: Any, value: Sequence[object]) -> None:
    encoded.array_value.SetInParent()
    values = encoded.array_value.values
    for item in value:
        _fill(values.add(), item)


_FILLERS: Mapping[type, Callable[[Any, Any], None]] = {
    type(None): _fill_null,
    datetime: _fill_time,
    dict: _fill_map,
    list: _fill_array,
    tuple: _fill_array,
}


def _member_at(fields: Any, path: FieldPath) -> Any:
    for name in path[:-1]:
        fields = fields[name].map_value.fields
    return fields[path[-1]]


def _quote(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"
