"""The `rbm` command loads what the chosen subcommand needs, and nothing of the others."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rbm_ops.cli import COMMANDS

_RBM = str(Path(sys.executable).with_name("rbm"))


# Python runs it before all else: it stands for a person who presses Ctrl-C while a command loads.
_IMPATIENT = """
import os, signal, sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "rbm_ops.find.arguments":
            signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
"""


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_RBM, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


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


@pytest.mark.parametrize(
    "command",
    [
        "show m-1",
        "agents",
        "pause bank",
        "explain m-1",
        "find",
        "deadletters list",
        "quarantine list",
        "spill status",
        "rebuild m-1",
        "forget +14155550101",
        "tokens status",
        "doctor",
        "smoke",
    ],
)
def test_command_that_can_not_look_is_status_2(tmp_path: Path, command: str) -> None:
    nowhere = {"RBM_STATE_DIR": str(tmp_path), "GOOGLE_CLOUD_PROJECT": ""}
    refused = run(*command.split(), **nowhere)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("rbm: ")
    assert "Traceback" not in refused.stderr


def test_interruption_while_a_command_loads_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(_IMPATIENT)
    stopped = run("find", PYTHONPATH=str(tmp_path))
    assert (stopped.returncode, stopped.stdout, stopped.stderr) == (130, "", "")
