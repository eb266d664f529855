"""How the commands print what they found: tables for people, with numbers shortened."""

import sys
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

# A pipe or a file has no width; lines are not folded there.
_WIDTH_OF_A_FILE = 400


def make_table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def print_table(table: Table) -> None:
    Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE, highlight=False).print(table)


def print_line(text: str) -> None:
    """Whatever stands in it, brackets too."""
    Console(highlight=False, soft_wrap=True).print(text, markup=False)


def shorten_number(phone_number: str, *, is_full: bool = False) -> str:
    """`…0101`: enough to know a number again, and nobody's number in a copy of the screen."""
    return phone_number if is_full or len(phone_number) < 5 else f"…{phone_number[-4:]}"


def say_time(at: datetime | None) -> str:
    """To the second, in UTC."""
    if at is None:
        return "–"
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
