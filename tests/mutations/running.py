"""Runs the tests that should notice a bug, and tells what became of it."""

import os
import signal
import subprocess
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.mutations.bug import Bug
from tests.mutations.tree import Tree

_LIMIT_SECONDS = 600
# Google's emulators would tell the same, later; a seed makes hypothesis try the same examples each time.
_PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "not google", "--hypothesis-seed=7")
_REPORT = "junit.xml"
_ASSERTIONS = (
    "assert ",
    "AssertionError",
    "Failed: ",  # pytest.raises that saw nothing
    "ValueError: not enough values to unpack",  # `[message] = published`, where there is none
    "ValueError: too many values to unpack",
    "IndexError: pop from an empty deque",  # the scripted platform was called once too often
)


class Verdict(StrEnum):
    CAUGHT = "caught"
    SURVIVED = "SURVIVED"
    BROKE = "BROKE"  # something else than an assertion failed: that proves nothing


@dataclass(frozen=True, slots=True)
class Result:
    bug: Bug
    verdict: Verdict
    by: str
    seconds: float


class Unsound(Exception):
    """The tests do not pass on the tree as it is, so their failing would prove nothing."""


def check_sound(tree: Tree, bugs: Iterable[Bug]) -> None:
    """Raises Unsound. Commands of the harness are run too."""
    bugs = tuple(bugs)
    tests = sorted({test for bug in bugs for test in bug.tests})
    if tests:
        code, said = _run(tree, [*_PYTEST, *tests])
        if code != 0:
            raise Unsound(said[-4000:])
    for command in sorted({bug.command for bug in bugs if bug.command}):
        code, said = _run(tree, command)
        if code != 0:
            raise Unsound(said[-4000:])


def try_bug(tree: Tree, bug: Bug) -> Result:
    started_at = time.monotonic()
    with tree.planted(bug):
        verdict, by = _try_command(tree, bug) if bug.command else _try_tests(tree, bug)
    return Result(bug, verdict, by, time.monotonic() - started_at)


def _try_command(tree: Tree, bug: Bug) -> tuple[Verdict, str]:
    code, said = _run(tree, bug.command)
    if code == 0:
        return Verdict.SURVIVED, ""
    if code == 1 and "Traceback" not in said:
        return Verdict.CAUGHT, f"python {' '.join(bug.command)}"
    return Verdict.BROKE, said[-500:]


def _try_tests(tree: Tree, bug: Bug) -> tuple[Verdict, str]:
    """By the first test that fails; the others need not run."""
    report = tree.root / _REPORT
    report.unlink(missing_ok=True)
    code, said = _run(tree, [*_PYTEST, "-x", f"--junitxml={report}", *bug.tests])
    if code == 0:
        return Verdict.SURVIVED, ""
    failures = list(_read_failures(report)) if report.exists() else []
    caught = next((test for test, message in failures if message.startswith(_ASSERTIONS)), None)
    if caught:
        return Verdict.CAUGHT, caught
    return Verdict.BROKE, "; ".join(message.splitlines()[0] for _, message in failures) or said[-500:]


def _read_failures(report: Path) -> Iterator[tuple[str, str]]:
    """The name of each test that failed in its own body, and what pytest said in a few words."""
    for case in ET.parse(report).iter("testcase"):
        for failure in case.iter("failure"):
            name = case.attrib["name"].partition("[")[0]
            yield f"{case.attrib['classname'].rpartition('.')[2]}::{name}", failure.attrib["message"]


def _run(tree: Tree, arguments: Sequence[str]) -> tuple[int, str]:
    """Python's exit status and what it printed; a run that hangs ends, with all that it started."""
    with subprocess.Popen(
        [tree.python, *arguments],
        cwd=tree.root,
        env=tree.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(timeout=_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return -1, f"not done after {_LIMIT_SECONDS} s"
    return process.returncode, said
