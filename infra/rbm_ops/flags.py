"""The values of flags: each is refused with a sentence that shows a good one."""

import argparse
import re
from datetime import timedelta

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
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 100000")
    return int(text)


def parse_positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0, up to 1000")
    return number
