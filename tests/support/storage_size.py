"""How much room a document takes, by Firestore's count, in the tests' own words.

Source: cloud.google.com/firestore/docs/storage-size, read 2026-11. What is empty is counted as 1, to be safe.
"""

from collections.abc import Mapping, Sequence
from typing import Any

MAX_DOCUMENT_BYTES = 1 << 20


def document_bytes(path: Sequence[str], record: Mapping[str, Any]) -> int:
    return 16 + sum(map(_text_bytes, path)) + value_bytes(record) + 32


def value_bytes(value: Any) -> int:
    match value:
        case None | bool():
            return 1
        case str():
            return _text_bytes(value)
        case bytes():
            return len(value)
        case Mapping():
            return sum(_text_bytes(name) + value_bytes(member) for name, member in value.items()) or 1
        case list() | tuple():
            return sum(map(value_bytes, value)) or 1
    return 8  # a number or a time


def _text_bytes(text: str) -> int:
    return len(text.encode(errors="surrogatepass")) + 1
