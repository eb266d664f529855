"""A phone number as a person writes it → as the documents have it. Pure."""

import re

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# What stands between digits for the eye alone; "(0)" is dialled at home, and no part of the number.
_ORNAMENTS = re.compile(r"\(0\)|[\s().\-/\u00a0\u2010-\u2015]")


class BadNumber(ValueError):
    """The text says what is wrong, and how to write it."""


def read_phone_number(text: str) -> str:
    """`+4915512345678` for `+49 155 123-45678`, `0049…` and `tel:+49…`; raises BadNumber."""
    number = _strip(text)
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if number.startswith("0"):
        raise BadNumber(f"{text!r} has no country code: write it as +49{number[1:]} (with your own country).")
    if not _E164.fullmatch(number):
        raise BadNumber(f'{text!r} is no phone number: write it with its country code, as "+4915512345678".')
    return number


def read_digits(value: object) -> str:
    """Its digits with the country code first, if it is a number; never fails, for strangers wrote it."""
    number = _strip(str(value))
    return number.removeprefix("+") if number.startswith("+") else number.removeprefix("00")


def can_be_number(digits: str) -> bool:
    """Whether they can be a number with its country code (E.164)."""
    return bool(_E164.fullmatch(f"+{digits}"))


def _strip(text: str) -> str:
    return _ORNAMENTS.sub("", text.strip().removeprefix("tel:"))
