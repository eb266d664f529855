"""The values of flags: each is refused with a sentence that shows a good one."""

import argparse
import re
from datetime import timedelta

from rbm_ops.local.addresses import PORT_NAMES
from rbm_ops.phone_number import BadNumber, read_phone_number

_HIGHEST_PORT = 65_535
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def parse_member(text: str) -> tuple[str, str]:
    """`source=orders`."""
    name, separator, value = text.partition("=")
    if not name or not separator:
        raise argparse.ArgumentTypeError(f"{text!r} is not like source=orders")
    return name, value


def parse_age(text: str) -> timedelta:
    """`90s`, `15m`, `2h`, `7d`."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not like 90s, 15m, 2h or 7d")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def parse_count(text: str) -> int:
    return _parse_within(text, 1, 100_000)


def parse_port(text: str) -> int:
    """0 stands for any free one."""
    return _parse_within(text, 0, _HIGHEST_PORT)


def parse_port_base(text: str) -> int:
    """The first port of a local cloud, whose others follow it."""
    return _parse_within(text, 1, _HIGHEST_PORT - len(PORT_NAMES) + 1)


def parse_phone_number(text: str) -> str:
    """As the documents have it."""
    try:
        return read_phone_number(text)
    except BadNumber as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def parse_positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0, up to 1000")
    return number


def _parse_within(text: str, least: int, most: int) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from {least} to {most}")
    return int(text)
