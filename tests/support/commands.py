"""Every command that `rbm` takes, with its parser."""

import argparse
from collections.abc import Iterator

from rbm_ops.cli import COMMANDS


def make_parsers() -> dict[str, argparse.ArgumentParser]:
    """By its words, such as `deadletters list`; imports what all commands need."""
    parser = argparse.ArgumentParser(prog="rbm")
    commands = parser.add_subparsers()
    for name, (about, fill) in COMMANDS.items():
        fill(commands.add_parser(name, help=about))
    return {each.prog.partition(" ")[2]: each for each in _walk(parser)}


def _walk(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield parser
    for action in below:
        for command in action.choices.values():
            yield from _walk(command)
