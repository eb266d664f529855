"""The commands of infra/deploy.sh, as it prints them, and what they would make."""

import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.infra.terraform.plans import Grant
from tests.infra.terraform.variants import FUNCTIONS, PROJECT, PROJECT_NUMBER, function_uri

ROOT = Path(__file__).parents[3]
_TIMEOUT_SECONDS = 60
_BIND = "add-iam-policy-binding"


@dataclass(frozen=True, slots=True)
class GcloudCommand:
    """`words`: path and positional arguments. A flag that is given twice has two values."""

    words: tuple[str, ...]
    flags: dict[str, list[str]]

    def flag(self, name: str) -> str:
        (value,) = self.flags[name]
        return value


def print_commands() -> list[list[str]]:
    """All commands, of gcloud and others, split into words."""
    printed = subprocess.run(
        [ROOT / "infra" / "deploy.sh", "--dry-run", PROJECT],
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=True,
    ).stdout
    printed = printed.replace("PROJECT_NUMBER", PROJECT_NUMBER)
    for name in FUNCTIONS:
        printed = printed.replace(f"https://URI_OF_{name}", function_uri(name))
    return [shlex.split(line) for line in printed.splitlines()]


def parse_gcloud(command: list[str]) -> GcloudCommand:
    flags: dict[str, list[str]] = {}
    for word in command[1:]:
        if word.startswith("--"):
            name, _, value = word[2:].partition("=")
            flags.setdefault(name, []).append(value)
    return GcloudCommand(tuple(word for word in command[1:] if not word.startswith("--")), flags)


def find_commands(commands: list[GcloudCommand], *path: str) -> dict[str, GcloudCommand]:
    """Those under a path, by their last word: the name of what they make."""
    return {command.words[-1]: command for command in commands if command.words[: len(path)] == path}


def find_grants(commands: list[GcloudCommand]) -> Iterator[tuple[Grant, str]]:
    """Each grant, and the expression that confines it."""
    for command in commands:
        if _BIND in command.words:
            kind, name = command.words[-3].removesuffix("ies").removesuffix("s"), command.words[-1]
            resource = f"{'repository' if kind == 'repositor' else kind} {name}"
            condition = command.flags.get("condition", ["None"])[0].rpartition(",title=")[0]
            yield (
                Grant(command.flag("member"), command.flag("role"), resource),
                condition.removeprefix("expression="),
            )
