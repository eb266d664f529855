"""The `rbm` command loads what the chosen subcommand needs, and nothing of the others."""

import subprocess
import sys
from pathlib import Path

import pytest

from rbm_ops.cli import COMMANDS

_RBM = str(Path(sys.executable).with_name("rbm"))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([_RBM, *arguments], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str) -> None:
    explained = run(command, "--help")
    assert explained.stdout.startswith(f"usage: rbm {command}")
    assert (explained.returncode, explained.stderr) == (0, "")


def test_help_lists_every_command() -> None:
    listed = run("--help").stdout.split()
    assert [command for command in COMMANDS if command not in listed] == []


def test_unknown_command_is_refused_with_those_that_there_are() -> None:
    refused = run("sing")
    assert refused.returncode == 2
    assert all(f"'{command}'" in refused.stderr for command in COMMANDS)
