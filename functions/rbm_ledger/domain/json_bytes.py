"""JSON from strangers: one object or one error, whatever the bytes are."""

import base64
import json
import math
from collections.abc import Mapping
from typing import Any

from rbm_ledger.domain.errors import NotJson

JsonObject = Mapping[str, Any]

# Firestore: maps and arrays nest at most 20 deep (cloud.google.com/firestore/quotas, read 2026-11);
# the rest is room for the document around the value.
MAX_STORED_DEPTH = 16

# Far beyond what RBM or Pub/Sub send, and far below what makes Python's recursion fail.
_MAX_DEPTH = 100
# The same for objects and lists: an object of 7 bytes takes 240 in memory, 14 MB of them half a gigabyte.
_MAX_CONTAINERS = 500_000


def decode_object(data: bytes) -> JsonObject:
    """The JSON object that these UTF-8 bytes are; raises NotJson for anything else."""
    containers = data.count(b"{") + data.count(b"[")  # or more: those within texts count too
    if containers > _MAX_CONTAINERS:
        raise NotJson("The JSON has too many objects and lists.")
    try:
        value = _DECODER.decode(data.decode())
    except RecursionError:
        raise NotJson("The JSON is nested too deep.") from None
    except ValueError:
        raise NotJson("The body is not JSON in UTF-8.") from None
    if not isinstance(value, dict):
        raise NotJson("The JSON is not an object.")
    if containers > _MAX_DEPTH and _is_deeper(value, _MAX_DEPTH):
        raise NotJson("The JSON is nested too deep.")
    return value


def decode_base64(text: object) -> bytes | None:
    """The bytes of a text in standard, padded base64; None for anything else."""
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except ValueError:
        return None


def encode_compact(value: object) -> bytes:
    """JSON without blanks, in UTF-8; characters that UTF-8 can't hold stay escaped."""
    try:
        return _ENCODER.encode(value).encode()
    except UnicodeEncodeError:
        return _ESCAPING_ENCODER.encode(value).encode()


def encode_canonical(value: object) -> bytes:
    """The same JSON for the same value, whatever the order of its members and the blanks between them."""
    try:
        return _SORTING_ENCODER.encode(value).encode()
    except UnicodeEncodeError:
        return _ESCAPING_SORTING_ENCODER.encode(value).encode()


def storable(value: object) -> Any:
    """The value itself where a document can hold it as it is, else its JSON text."""
    return value if _fits_document(value, MAX_STORED_DEPTH) else encode_compact(value).decode()


def is_utf8(text: str) -> bool:
    """False for text with lone surrogates, which JSON can spell and no protocol buffer can carry."""
    if text.isascii():  # most are, and Python knows without looking
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _read_finite(text: str) -> float:
    """A number beyond any double would become Infinity, and leave here as JSON that nobody takes."""
    value = float(text)
    if math.isinf(value):
        raise ValueError("too big a number")
    return value


def _is_deeper(value: object, levels: int) -> bool:
    """Level by level, without recursion."""
    layer: list[Any] = [value]
    for _ in range(levels + 1):
        layer = [
            member
            for container in layer
            for member in (container.values() if isinstance(container, dict) else container)
            if isinstance(member, dict | list)
        ]
        if not layer:
            return False
    return True


def _fits_document(value: object, depth: int) -> bool:
    match value:
        case None | bool() | float():
            return True
        case int():
            return -(1 << 63) <= value < 1 << 63
        case str():
            return is_utf8(value)
        case dict():
            return depth > 0 and all(
                _fits_field_name(name) and _fits_document(member, depth - 1) for name, member in value.items()
            )
        case list():
            return depth > 0 and all(
                not isinstance(item, list) and _fits_document(item, depth - 1) for item in value
            )
    return False


def _fits_field_name(name: str) -> bool:
    reserved = name.startswith("__") and name.endswith("__")
    return bool(name) and not reserved and is_utf8(name) and len(name.encode()) <= 1500


# `json.loads` and `json.dumps` make one of these for each call that asks for more than their defaults.
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_read_finite)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_ESCAPING_ENCODER = json.JSONEncoder(separators=(",", ":"))
_SORTING_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_ESCAPING_SORTING_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
