"""The script that bash gets, in a real bash; and that those of other shells know the same words."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.local_cloud import Rbm

from rbm_ops.cli import COMMANDS

Complete = Callable[..., list[str]]

# Presses the key at the end of the line.
_PRESS = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_rbm
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def rbm(tmp_path_factory: pytest.TempPathFactory) -> Rbm:
    return Rbm(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="module")
def complete(rbm: Rbm, tmp_path_factory: pytest.TempPathFactory) -> Complete:
    """What bash offers at the end of these words, in a folder with one file."""
    folder = tmp_path_factory.mktemp("folder")
    script = folder.parent / "rbm.bash"
    script.write_text(rbm.run("completion", "bash").stdout)
    (folder / "content.json").touch()

    def press(*words: str) -> list[str]:
        command = ["bash", "--norc", "-uc", _PRESS, "bash", str(script), "rbm", *words]
        pressed = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=20, check=True, env=dict(os.environ)
        )
        assert pressed.stderr == ""
        return pressed.stdout.split()

    return press


def test_every_command_is_offered(complete: Complete) -> None:
    assert set(COMMANDS) <= set(complete(""))


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("dead",), ["deadletters"]),
        (("deadletters", ""), ["list", "replay", "drop", "-h", "--help"]),
        (("deadletters", "replay", "--allow"), ["--allow-new-id"]),
        (("deadletters", "list", "--topic-of-origin", "rbm-e"), ["rbm-events"]),
        (("completion", ""), ["bash", "zsh", "fish", "-h", "--help"]),
        (("send", "+14155550101", "--content", ""), ["content.json"]),
        (("send", "+14155550101", "--te"), ["--text"]),
        (("show", "find", "--number"), []),
        (("find", "--number", ""), []),
        (("--he",), ["--help"]),
        (("sing", ""), None),
    ],
)
def test_what_may_follow_is_offered_and_nothing_else(
    complete: Complete, words: tuple[str, ...], offered: list[str] | None
) -> None:
    assert complete(*words) == (complete("") if offered is None else offered)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_script_for_another_shell_has_every_command_and_parses_where_that_shell_is(
    rbm: Rbm, shell: str, tmp_path: Path
) -> None:
    script = tmp_path / "script"
    script.write_text(rbm.run("completion", shell).stdout)
    assert [command for command in COMMANDS if command not in script.read_text()] == []
    if shutil.which(shell):
        subprocess.run([shell, "-n", str(script)], check=True, timeout=20)


def test_other_shell_is_refused_with_those_that_there_are(rbm: Rbm) -> None:
    refused = rbm.run("completion", "csh")
    assert (refused.returncode, "bash" in refused.stderr) == (2, True)
