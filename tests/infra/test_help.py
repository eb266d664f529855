"""What `--help` says of every command."""

import argparse
import re

from tests.support.commands import make_parsers

# They start something, or do as they are told; the others look, and their status says what they saw.
_SAY_NO_STATUS = {
    *("up", "demo", "simulator", "bench", "capacity", "check"),
    *("send", "show", "pause", "resume", "agents"),
}


def test_every_tool_of_repair_says_what_its_exit_statuses_mean() -> None:
    parsers = make_parsers()
    silent = {name for name, parser in parsers.items() if "Exit status: 0" not in (parser.epilog or "")}
    assert silent - _SAY_NO_STATUS == set()


def test_every_default_that_is_a_number_or_a_word_is_shown() -> None:
    unsaid = [
        f"{name} {'/'.join(action.option_strings)}"
        for name, parser in make_parsers().items()
        for action in parser._actions
        if _is_worth_saying(action.default) and not _is_said(action)
    ]
    assert unsaid == []


def _is_worth_saying(default: object) -> bool:
    is_value = isinstance(default, int | float | str) and not isinstance(default, bool)
    return is_value and default not in ("", "-", argparse.SUPPRESS)


def _is_said(action: argparse.Action) -> bool:
    said = (action.help or "").replace("%(default)s", str(action.default))
    return re.search(rf"\b{re.escape(str(action.default))}\b", said) is not None
