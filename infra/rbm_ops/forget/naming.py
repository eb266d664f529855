"""Whose something raw is: a dead letter, or a document of quarantine or spill. Pure.

it parses ─▶ its phoneNumber, senderPhoneNumber and recipients say so; what its texts mention does not
             └─ none of them is a number ─▶ a value that is the number names it, and nobody knows as what
it does not ─▶ the number is looked for in its bytes, as a whole one
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rbm_ledger.domain.errors import NotJson
from rbm_ledger.domain.json_bytes import JsonObject, decode_object
from rbm_ops.phone_number import can_be_number, read_digits

_OWNERS = ("phoneNumber", "senderPhoneNumber")
_RECIPIENTS = "recipients"
# Where `send` cuts what it keeps in quarantine; whoever else was named behind that is not known.
_CUT_BYTES = 900_000
_ESCAPED = re.compile(rb"\\u00([2-7][0-9a-fA-F])")
_NUMBERS = re.compile(rb"\+([1-9][0-9]{6,14})(?![0-9])")


@dataclass(frozen=True, slots=True)
class _Named:
    """Whether the number is named, and whether others are, or may be."""

    is_its: bool
    is_others: bool


@dataclass(frozen=True)
class Naming:
    """Which raw bytes are to or of this number, however it is spelled in them."""

    phone_number: str

    def is_in(self, raw: bytes, attributes: Iterable[str] = ()) -> bool:
        """`attributes` are those of a message, each of which may be the number, and nothing else."""
        return self._judge(raw, attributes).is_its

    def is_shared(self, raw: bytes, attributes: Iterable[str] = ()) -> bool:
        """Whether others are named as well: with it, what is meant for them would go."""
        named = self._judge(raw, attributes)
        return named.is_its and named.is_others

    def is_number(self, value: object) -> bool:
        return read_digits(value) == self.phone_number[1:]

    def _judge(self, raw: bytes, attributes: Iterable[str]) -> _Named:
        is_attribute = any(map(self.is_number, attributes))
        try:
            named = self._judge_fields(decode_object(raw))
        except NotJson:
            named = self._judge_bytes(raw)
        return _Named(is_attribute or named.is_its, named.is_others)

    def _judge_fields(self, fields: JsonObject) -> _Named:
        owners = set(filter(can_be_number, map(read_digits, _list_owners(fields))))
        if owners:
            return _Named(self.phone_number[1:] in owners, bool(owners - {self.phone_number[1:]}))
        is_somewhere = any(map(self.is_number, _list_values(fields)))
        return _Named(is_somewhere, is_somewhere)

    def _judge_bytes(self, raw: bytes) -> _Named:
        read = _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), raw)
        others = set(_NUMBERS.findall(read)) - {self.phone_number[1:].encode()}
        is_cut = len(raw) >= _CUT_BYTES or f'"{_RECIPIENTS}"'.encode() in raw
        return _Named(bool(self._pattern.search(read)), bool(others) or is_cut)

    @cached_property
    def _pattern(self) -> re.Pattern[bytes]:
        """Not as a part of a longer one, of an id or of a digest."""
        digits = self.phone_number[1:].encode()
        alone = rb"(?<![0-9A-Za-z_+-])(?:00)?" + digits + rb"(?![0-9A-Za-z_-])"
        return re.compile(rb"\+" + digits + rb"(?![0-9])|" + alone)


def _list_owners(fields: JsonObject) -> Iterator[str | int]:
    recipients = fields.get(_RECIPIENTS)
    for each in (fields, *(recipients if isinstance(recipients, list) else ())):
        named = [each.get(name) for name in _OWNERS] if isinstance(each, dict) else [each]
        yield from (owner for owner in named if isinstance(owner, str | int) and owner)


def _list_values(value: Any) -> Iterator[object]:
    """Those that hold no others; `decode_object` has bounded the depth."""
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _list_values(member)
    else:
        yield value
