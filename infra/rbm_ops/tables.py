"""How the commands print what they found: tables for people, with numbers shortened."""

import sys
from datetime import UTC, datetime

from rich.console import Console, RenderableType
from rich.style import StyleType
from rich.table import Table
from rich.text import Text

from rbm_ops.terminal_text import show_controls

# A pipe or a file has no width; lines are not folded there.
_WIDTH_OF_A_FILE = 400


class _PlainTable(Table):
    """What stands in its cells is shown: it neither styles anything nor steers the terminal."""

    def add_row(
        self, *cells: RenderableType | None, style: StyleType | None = None, end_section: bool = False
    ) -> None:
        shown = (Text(show_controls(cell)) if isinstance(cell, str) else cell for cell in cells)
        super().add_row(*shown, style=style, end_section=end_section)


def make_table(*headings: str) -> Table:
    """Cells are text as it is, without markup."""
    table = _PlainTable(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def print_table(table: Table) -> None:
    Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE, highlight=False).print(
        table, markup=False
    )


def print_line(text: str) -> None:
    """One line, whatever stands in it: brackets, new lines and other controls are shown."""
    Console(highlight=False, soft_wrap=True).print(show_controls(text), markup=False)


def shorten_number(phone_number: str, *, is_full: bool = False) -> str:
    """`…0101`: enough to know a number again, and nobody's number in a copy of the screen."""
    return phone_number if is_full or len(phone_number) < 5 else f"…{phone_number[-4:]}"


def say_time(at: datetime | None) -> str:
    """To the second, in UTC."""
    if at is None:
        return "–"
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
