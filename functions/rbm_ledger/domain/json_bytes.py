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
_MAX_NAME_BYTES = 1500

# There is room for so much in any document, however short its JSON text.
_SMALL_BYTES = 4096

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
    """JSON without blanks, in UTF-8; lone surrogates, which UTF-8 can't hold, stay escaped."""
    return _ENCODER.encode(value).encode(errors=_AS_JSON_ESCAPES)


def encode_canonical(value: object) -> bytes:
    """The same JSON for the same value, whatever the order of its members and the blanks between them."""
    return _SORTING_ENCODER.encode(value).encode(errors=_AS_JSON_ESCAPES)


def storable(value: object) -> Any:
    """The value itself where a document can hold it, and in no more room than its JSON text; else that text.

    A number takes 8 bytes, and in JSON perhaps 2: what is sent may be short, and stored be too large.
    """
    stored_bytes = _count_stored_bytes(value, MAX_STORED_DEPTH)
    if stored_bytes <= _SMALL_BYTES:
        return value
    text = encode_compact(value)
    return value if stored_bytes <= len(text) + 1 else text.decode()


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


def _count_stored_bytes(value: object, depth: int) -> float:
    """By Firestore's count (cloud.google.com/firestore/docs/storage-size, read 2026-11).

    Infinite for what no document can hold as it is.
    """
    match value:
        case str():
            return _count_text_bytes(value)
        case None | bool():
            return 1
        case float():
            return 8
        case int():
            return 8 if -(1 << 63) <= value < 1 << 63 else math.inf
        case dict() if depth > 0:
            names = sum(map(_count_name_bytes, value))
            return names + sum(_count_stored_bytes(member, depth - 1) for member in value.values()) or 1
        case list() if depth > 0 and not any(isinstance(item, list) for item in value):
            return sum(_count_stored_bytes(item, depth - 1) for item in value) or 1
    return math.inf


def _count_text_bytes(text: str) -> float:
    if text.isascii():
        return len(text) + 1
    return len(text.encode()) + 1 if is_utf8(text) else math.inf


def _count_name_bytes(name: str) -> float:
    is_reserved = name.startswith("__") and name.endswith("__")
    count = _count_text_bytes(name)
    return count if name and not is_reserved and count <= _MAX_NAME_BYTES + 1 else math.inf


# `json.loads` and `json.dumps` make one of these for each call that asks for more than their defaults.
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_read_finite)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_SORTING_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
# Nothing but surrogates has no UTF-8, and Python escapes these as JSON does: \ud800.
_AS_JSON_ESCAPES = "backslashreplace"
