"""`rbm check`: every check that a change has to pass, all of them even if the first fails."""

import io
import os
import shutil
import subprocess
import sys
import time
from argparse import ArgumentTypeError
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Thread
from typing import TextIO

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
    *("quarantine", "rebuild", "smoke", "spill", "tokens"),
)
_SLOW_TESTS = ("tests/faults", *(f"tests/infra/{name}" for name in _SLOW_TESTS_OF_INFRA))
# With the steps that are not beside any: as much as two processors can use.
_AT_ONCE_BESIDE = 2
_LAST_WORDS_SECONDS = 10
# A log that is cut is cut at its start: what failed is told once more, last.
_TOLD_AGAIN_LINES = 120
# Of one that passed beside the others; a plan alone has thousands.
_TOLD_OF_SUCCESS_LINES = 150

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


class _Recorder(io.StringIO):
    """Keeps what is written to it, and shows it at once where it is to be `shown`."""

    def __init__(self, shown: TextIO | None) -> None:
        super().__init__()
        self.shown = shown

    def write(self, text: str) -> int:
        if self.shown:
            self.shown.write(text)
            self.shown.flush()
        return super().write(text)


@dataclass(frozen=True, slots=True)
class _Run:
    outcome: _Outcome
    printed: str


def parse_step(name: str) -> str:
    """For argparse, whose own choices leave no room for none."""
    if name not in STEPS:
        raise ArgumentTypeError(f"no such step; there are {', '.join(STEPS)}")
    return name


def run_check(names: Sequence[str]) -> int:
    """The named steps, or all of them."""
    chosen = {name: STEPS[name] for name in names or STEPS}
    runs: dict[str, _Run] = {}
    with ThreadPoolExecutor(_AT_ONCE_BESIDE) as threads:
        beside = {name: threads.submit(_run_step, name, step) for name, step in chosen.items() if step.beside}
        for name, step in chosen.items():
            if not step.beside:
                runs[name] = _run_step(name, step, sys.stdout)
    for name, awaited in beside.items():
        runs[name] = awaited.result()
        sys.stdout.write(_shorten(runs[name]))
    return _tell_verdict(Console(highlight=False), runs)


def _shorten(run: _Run) -> str:
    lines = run.printed.splitlines(keepends=True)
    left_out = len(lines) - _TOLD_OF_SUCCESS_LINES
    if run.outcome is _Outcome.FAILED or left_out <= 0:
        return run.printed
    return "".join([lines[0], f"… {left_out} lines …\n", *lines[left_out + 1 :]])


def _tell_verdict(console: Console, runs: dict[str, _Run]) -> int:
    failed = [name for name, run in runs.items() if run.outcome is _Outcome.FAILED]
    not_run = [name for name, run in runs.items() if run.outcome is _Outcome.NOT_RUN]
    for name in failed:
        console.rule(f"{name}, once more: its last lines", align="left")
        console.out("\n".join(runs[name].printed.splitlines()[-_TOLD_AGAIN_LINES:]))
    if not_run:
        console.print(f"not run: {', '.join(not_run)}")
    if failed:
        console.print(f"failed: {', '.join(failed)}")
        return 1
    console.print("every other check has passed" if not_run else "every check has passed")
    return 0


def _run_step(name: str, step: _Step, shown: TextIO | None = None) -> _Run:
    recorder = _Recorder(shown)
    console = Console(file=recorder, highlight=False, width=80)
    console.rule(name, align="left")
    if step.needs and not shutil.which(step.needs):
        outcome = _Outcome.FAILED if os.environ.get("CI") else _Outcome.NOT_RUN
        console.print(f"{name}: {outcome}: there is no {step.needs} on the PATH.")
        return _Run(outcome, recorder.getvalue())
    started_at = time.monotonic()
    outcomes = (_run_command(console, command) for command in step.commands)
    outcome = next((each for each in outcomes if each is not _Outcome.PASSED), _Outcome.PASSED)
    console.print(f"{name}: {outcome} ({time.monotonic() - started_at:.0f} s)")
    return _Run(outcome, recorder.getvalue())


def _run_command(console: Console, command: tuple[str, ...]) -> _Outcome:
    """One that has no data to judge by has not run, in CI too: nobody there can put the network right."""
    console.print(f"+ {' '.join(command)}", soft_wrap=True)
    beside = Path(sys.executable).parent / command[0]
    program = str(beside) if beside.exists() else command[0]
    process = subprocess.Popen(
        [program, *command[1:]],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    copying = Thread(target=console.file.writelines, args=(process.stdout,), daemon=True)
    copying.start()
    process.wait()
    copying.join(_LAST_WORDS_SECONDS)  # a process that the command left behind may hold its output open
    if process.returncode:
        console.print(f"{command[0]} ended with status {process.returncode}")  # a signal's is below 0
    return {0: _Outcome.PASSED, NO_DATA: _Outcome.NOT_RUN}.get(process.returncode, _Outcome.FAILED)
