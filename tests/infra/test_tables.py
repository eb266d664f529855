"""What others wrote is printed as it stands: it neither styles a table nor steers the terminal."""

import json

import pytest

from rbm_ops.json_text import print_json
from rbm_ops.tables import make_table, print_line, print_table


@pytest.mark.parametrize("data", ["k[/x]1", "NEW[/z]", "[bold]not bold", "[red", "a\\[b]"])
def test_brackets_are_no_markup(capsys: pytest.CaptureFixture[str], data: str) -> None:
    table = make_table("key")
    table.add_row(data)
    print_table(table)
    print_line(data)
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == ["key", data, data]


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("one\r\ntwo\x7f", "one\\r\\ntwo\\x7f"),
        ("größer \u202etxt.exe \u2066", "größer \\u202etxt.exe \\u2066"),
    ],
)
def test_controls_are_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str], data: str, shown: str) -> None:
    table = make_table("text")
    table.add_row(data)
    print_table(table)
    print_line(data)
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == ["text", shown, shown]


def test_json_has_no_controls_and_loses_none(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"text": "\x1b\x07\x7f\x9b2J größer\u202e\u2028"}
    print_json(value)
    printed = capsys.readouterr().out
    assert "größer" in printed
    assert not {"\x1b", "\x07", "\x7f", "\x9b", "\u202e", "\u2028"} & set(printed)
    assert json.loads(printed) == value
