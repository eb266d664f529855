"""A phone number as a person writes it → as the documents have it; and who names it. Pure."""

import re
from dataclasses import dataclass
from functools import cached_property

from rbm_ledger.domain.errors import NotJson
from rbm_ledger.domain.json_bytes import decode_object, encode_compact

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# What stands between digits for the eye alone; "(0)" is dialled at home, and no part of the number.
_ORNAMENTS = re.compile(r"\(0\)|[\s().\-/\u00a0\u2010-\u2015]")


class BadNumber(ValueError):
    """The text says what is wrong, and how to write it."""


def read_phone_number(text: str) -> str:
    """`+4915512345678` for `+49 155 123-45678`, `0049…` and `tel:+49…`; raises BadNumber."""
    number = _ORNAMENTS.sub("", text.strip().removeprefix("tel:"))
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if number.startswith("0"):
        raise BadNumber(f"{text!r} has no country code: write it as +49{number[1:]} (with your own country).")
    if not _E164.fullmatch(number):
        raise BadNumber(f'{text!r} is no phone number: write it with its country code, as "+4915512345678".')
    return number


@dataclass(frozen=True)
class Naming:
    """Which raw bytes name this number, however it is spelled in them."""

    phone_number: str

    @cached_property
    def _pattern(self) -> re.Pattern[bytes]:
        """Not as a part of a longer one."""
        return re.compile(rb"(?<![0-9])(?:00)?" + self.phone_number[1:].encode() + rb"(?![0-9])")

    def is_in(self, raw: bytes) -> bool:
        """Also where JSON has escaped it."""
        if self._pattern.search(raw):
            return True
        try:
            return b"\\u" in raw and bool(self._pattern.search(encode_compact(decode_object(raw))))
        except NotJson:
            return False


def names_others(raw: bytes) -> bool:
    """Whether it is one request for many: with it, what is meant for the others would go."""
    try:
        recipients = decode_object(raw).get("recipients")
    except NotJson:
        return False
    return isinstance(recipients, list) and len(recipients) > 1
