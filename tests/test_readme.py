"""The README says what is so."""

import re
from pathlib import Path

import pytest

from rbm_ledger.domain.ledger import State
from rbm_ops.cli import COMMANDS
from rbm_ops.simulator.fates import FATES

_ROOT = Path(__file__).parents[1]
_README = (_ROOT / "README.md").read_text()
_CONFIG = (_ROOT / "functions" / "rbm_ledger" / "config.py").read_text()


def test_readme_starts_with_two_commands_of_one_line_each() -> None:
    commands = re.findall(r"^```sh\n(.*?)\n```$", _README, re.DOTALL | re.MULTILINE)
    assert len(commands) == 2
    assert all("\n" not in command for command in commands)
    assert commands[0].endswith("rbm demo")
    assert commands[1].endswith("rbm check")


@pytest.mark.parametrize("setting", sorted(set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', _CONFIG))))
def test_every_setting_is_explained(setting: str) -> None:
    assert f"`{setting}`" in _README


@pytest.mark.parametrize("ending", FATES)
def test_every_number_with_a_fate_is_listed(ending: str) -> None:
    assert f"…{ending}" in _README


@pytest.mark.parametrize("state", State)
def test_every_state_is_listed_with_its_rank(state: State) -> None:
    assert re.search(rf"\| {state.value} \| `{state.label}`", _README)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_shown(command: str) -> None:
    assert f"\nrbm {command}" in _README


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:infra|tests|functions)/[\w./-]+)`", _README))))
def test_every_path_that_is_named_exists(path: str) -> None:
    assert (_ROOT / path).exists()
