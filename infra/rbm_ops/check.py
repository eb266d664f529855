"""`rbm check`: every check that a change has to pass, all of them even if the first fails."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentTypeError
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rich.console import Console

from rbm_ops.advisories import NO_DATA
from rbm_ops.terraform import make_check_commands

_ROOT = Path(__file__).parents[2]

# In an environment of its own: it brings a hundred packages.
CHECKOV = ("uv", "tool", "run", "--from", "checkov==3.3.30", "checkov", "--config-file", ".checkov.yaml")


class _Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "FAILED"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class _Step:
    """Commands of this Python's environment, or of the PATH; `needs` is what not everybody has.

    One that goes `beside` the others takes as long as they do; what it prints comes after them.
    """

    commands: Sequence[tuple[str, ...]]
    needs: str = ""
    beside: bool = False


# About half of the time of all tests: local clouds, browsers, other processes.
_SLOW_TESTS_OF_INFRA = (
    *("console", "deadletters", "doctor", "emulators", "explain", "find", "forget", "local"),
    *("quarantine", "rebuild", "spill"),
)
_SLOW_TESTS = ("tests/faults", *(f"tests/infra/{name}" for name in _SLOW_TESTS_OF_INFRA))
# With the steps that are not beside any: as much as two processors can use.
_AT_ONCE_BESIDE = 2

# In the order of how soon it answers.
STEPS = {
    "lint": _Step([("ruff", "check", ".")]),
    "format": _Step([("ruff", "format", "--check", ".")]),
    "types": _Step([("mypy",)]),
    "imports": _Step([("lint-imports",)]),
    "audit": _Step([("python", "-m", "rbm_ops.advisories")]),
    "policies": _Step([(*CHECKOV, "--framework", "terraform", "--directory", "infra")]),
    "tests": _Step([("pytest", *(f"--ignore={folder}" for folder in _SLOW_TESTS))]),
    "slow-tests": _Step([("pytest", *_SLOW_TESTS)], beside=True),
    "terraform": _Step(make_check_commands(), needs="terraform", beside=True),
    # Every fault once, under load; a run of an hour is `python -m tests.faults --seconds 3600`.
    "faults": _Step([("python", "-m", "tests.faults")], beside=True),
}


def parse_step(name: str) -> str:
    """For argparse, whose own choices leave no room for none."""
    if name not in STEPS:
        raise ArgumentTypeError(f"no such step; there are {', '.join(STEPS)}")
    return name


def run_check(names: Sequence[str]) -> int:
    """The named steps, or all of them."""
    chosen = {name: STEPS[name] for name in names or STEPS}
    console = Console(highlight=False)
    with ThreadPoolExecutor(_AT_ONCE_BESIDE) as threads:
        started = {
            name: threads.submit(_run_apart, name, step) for name, step in chosen.items() if step.beside
        }
        outcomes = {name: _run_step(console, name, step) for name, step in chosen.items() if not step.beside}
    for name, run in started.items():
        outcomes[name], printed = run.result()
        console.out(printed, end="")
    failed, not_run = (
        [name for name, outcome in outcomes.items() if outcome is kind]
        for kind in (_Outcome.FAILED, _Outcome.NOT_RUN)
    )
    if not_run:
        console.print(f"not run: {', '.join(not_run)}")
    if failed:
        console.print(f"failed: {', '.join(failed)}")
        return 1
    console.print("every other check has passed" if not_run else "every check has passed")
    return 0


def _run_apart(name: str, step: _Step) -> tuple[_Outcome, str]:
    """What became of it, and all that it printed."""
    with tempfile.TemporaryFile("w+") as output:
        outcome = _run_step(Console(file=output, highlight=False, width=80), name, step)
        output.seek(0)
        return outcome, output.read()


def _run_step(console: Console, name: str, step: _Step) -> _Outcome:
    console.rule(name, align="left")
    if step.needs and not shutil.which(step.needs):
        outcome = _Outcome.FAILED if os.environ.get("CI") else _Outcome.NOT_RUN
        console.print(f"{name}: {outcome}: there is no {step.needs} on the PATH.")
        return outcome
    started_at = time.monotonic()
    outcomes = (_run_command(console, command) for command in step.commands)
    outcome = next((each for each in outcomes if each is not _Outcome.PASSED), _Outcome.PASSED)
    console.print(f"{name}: {outcome} ({time.monotonic() - started_at:.0f} s)")
    return outcome


def _run_command(console: Console, command: tuple[str, ...]) -> _Outcome:
    """One that has no data to judge by has not run, in CI too: nobody there can put the network right."""
    console.print(f"+ {' '.join(command)}", soft_wrap=True)
    beside = Path(sys.executable).parent / command[0]
    program = str(beside) if beside.exists() else command[0]
    console.file.flush()
    ran = subprocess.run(
        [program, *command[1:]], cwd=_ROOT, stdout=console.file, stderr=subprocess.STDOUT, check=False
    )
    return {0: _Outcome.PASSED, NO_DATA: _Outcome.NOT_RUN}.get(ran.returncode, _Outcome.FAILED)
