"""`rbm completion`: prints a script, out of all parsers there are."""

import argparse

from rbm_ops.completion.scripts import SCRIPTS
from rbm_ops.completion.words import list_places


async def run_completion(arguments: argparse.Namespace) -> int:
    print(SCRIPTS[arguments.shell](list(list_places(_make_whole_parser(), ("rbm",)))), end="")  # noqa: T201
    return 0


def _make_whole_parser() -> argparse.ArgumentParser:
    """With what every command takes; importing all of them takes its time."""
    from rbm_ops.cli import COMMANDS

    parser = argparse.ArgumentParser(prog="rbm")
    commands = parser.add_subparsers()
    for name, (about, fill) in COMMANDS.items():
        fill(commands.add_parser(name, help=about))
    return parser
