"""Python values and merges ⇄ Firestore's protocol buffers.

Source: cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1 (Value, Write, DocumentTransform),
read 2026-11.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from google.cloud.firestore_v1 import types

from rbm_ledger.domain.ledger import FieldPath, Merge

Write = types.Write.pb()
_Value = types.Value.pb()

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
    for path, value in merge.values.items():
        write.update_mask.field_paths.append(encode_field_path(path))
        _fill(_member_at(write.update.fields, path), value)
    for path, maximum in merge.maxima.items():
        transform = write.update_transforms.add(field_path=encode_field_path(path))
        transform.maximum.integer_value = maximum
    for path, elements in merge.unions.items():
        transform = write.update_transforms.add(field_path=encode_field_path(path))
        for element in elements:
            _fill(transform.append_missing_elements.values.add(), element)
    return write


def encode_value(value: object) -> Any:
    """Raises TypeError or ValueError for what a document can't hold."""
    encoded = _Value()
    _fill(encoded, value)
    return encoded


def encode_field_path(path: FieldPath) -> str:
    """As it stands in masks, transforms and filters."""
    return ".".join(name if _SIMPLE_NAME.fullmatch(name) else _quote(name) for name in path)


def decode_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: decode_value(value) for name, value in fields.items()}


def decode_value(value: Any) -> Any:
    kind = value.WhichOneof("value_type")
    match kind:
        case None | "null_value":
            return None
        case "map_value":
            return decode_fields(value.map_value.fields)
        case "array_value":
            return [decode_value(item) for item in value.array_value.values]
        case "timestamp_value":
            return value.timestamp_value.ToDatetime(tzinfo=UTC)
    return getattr(value, kind)


def estimate_bytes(merge: Merge) -> int:
    """About what the merge takes on the wire: names, values and room for their frames."""
    parts = (*merge.values.items(), *merge.unions.items())
    return 400 + 40 * len(merge.maxima) + sum(_estimate(path) + _estimate(value) for path, value in parts)


def _fill(encoded: Any, value: object) -> None:
    scalar = _SCALARS.get(type(value))
    if scalar is not None:
        setattr(encoded, scalar, value)
        return
    match value:
        case None:
            encoded.null_value = 0
        case datetime():
            encoded.timestamp_value.FromDatetime(value)
        case Mapping():
            encoded.map_value.SetInParent()
            for name, member in value.items():
                _fill(encoded.map_value.fields[name], member)
        case list() | tuple():
            encoded.array_value.SetInParent()
            for item in value:
                _fill(encoded.array_value.values.add(), item)
        case _:
            raise TypeError(f"a document can't hold a {type(value).__name__}")


def _member_at(fields: Any, path: FieldPath) -> Any:
    for name in path[:-1]:
        fields = fields[name].map_value.fields
    return fields[path[-1]]


def _quote(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"


def _estimate(value: object) -> int:
    match value:
        case str():
            return 8 + 2 * len(value)
        case bytes():
            return 8 + len(value)
        case Mapping():
            return sum(_estimate(name) + _estimate(member) for name, member in value.items())
        case list() | tuple():
            return sum(_estimate(item) for item in value)
    return 24
