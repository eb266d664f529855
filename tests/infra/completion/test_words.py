"""What a parser says of itself: commands, flags, and what may be their values."""

import argparse
from pathlib import Path

from rbm_ops.completion.words import Place, list_places


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    commands = parser.add_subparsers()
    copy = commands.add_parser("copy", help="copy it", add_help=False)
    copy.add_argument("source", type=Path)
    copy.add_argument("--to", metavar="DIR", help="where (%(default)s)")
    copy.add_argument("--mode", choices=("fast", "safe"))
    copy.add_argument("--yes", action="store_true")
    return parser


def test_places_are_listed_with_all_that_may_follow() -> None:
    top, copy = list_places(make_parser(), ("tool",))
    assert top == Place(("tool",), commands={"copy": "copy it"}, choices=[], files=[])
    assert copy == Place(
        ("tool", "copy"),
        choices=[],
        flags={"--to": "where", "--mode": "", "--yes": ""},
        values={"--to": [], "--mode": ["fast", "safe"]},
        files=["--to"],
        takes_files=True,
    )
