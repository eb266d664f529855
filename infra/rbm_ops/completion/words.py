"""What may stand where in a command line, read off its parser. Pure.

rbm ─▶ find, deadletters, …
rbm deadletters ─▶ list, replay, drop
rbm deadletters replay ─▶ --id, --yes, …        --topic-of-origin ─▶ rbm-events, rbm-send-requests
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# Metavars by which our parsers name a path.
_PATHS = frozenset({"FILE", "DIR", "FOLDER", "PATH"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where one stands after `path`: what may follow, with a word on each.

    `values`: of each flag that takes one, what it may be; empty where nobody can know. `files`: flags that
    take a path. `takes_files`: a path may stand here as it is.
    """

    path: tuple[str, ...]
    commands: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    choices: Sequence[str] = ()
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Sequence[str] = ()
    takes_files: bool = False


def list_places(parser: argparse.ArgumentParser, path: tuple[str, ...]) -> Iterator[Place]:
    """This one, and all below it."""
    actions = parser._actions  # argparse has no other way to be asked
    below = [action for action in actions if isinstance(action, argparse._SubParsersAction)]
    flags = [action for action in actions if action.option_strings]
    positionals = [action for action in actions if not action.option_strings and action not in below]
    yield Place(
        path,
        commands={name: text for action in below for name, text in _list_commands(action)},
        flags={name: _say(action) for action in flags for name in action.option_strings},
        choices=[choice for action in positionals for choice in _list_choices(action)],
        values={
            name: _list_choices(action)
            for action in flags
            if action.nargs != 0
            for name in action.option_strings
        },
        files=[name for action in flags if _is_path(action) for name in action.option_strings],
        takes_files=any(map(_is_path, positionals)),
    )
    for action in below:
        for name, command in action.choices.items():
            yield from list_places(command, (*path, name))


def _list_commands(
    action: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> Iterator[tuple[str, str]]:
    helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
    return ((name, helps.get(name, "")) for name in action.choices)


def _list_choices(action: argparse.Action) -> list[str]:
    return [str(choice) for choice in action.choices or ()]


def _say(action: argparse.Action) -> str:
    """The help without its defaults, in one line."""
    return " ".join((action.help or "").replace("(%(default)s)", "").replace("%%", "%").split())


def _is_path(action: argparse.Action) -> bool:
    return action.type is Path or str(action.metavar).upper() in _PATHS
