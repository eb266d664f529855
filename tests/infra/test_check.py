"""`rbm check` says what it did not run, and passes for nobody who left something out unsaid."""

import os
import subprocess
import sys
from pathlib import Path

_BIN = Path(sys.executable).parent
_TIMEOUT_SECONDS = 60


def _check(*steps: str, ci: str) -> "subprocess.CompletedProcess[str]":
    """Where there is no terraform."""
    return subprocess.run(
        [str(_BIN / "rbm"), "check", *steps],
        env={**os.environ, "PATH": str(_BIN), "CI": ci},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )


def test_without_terraform_the_summary_names_what_did_not_run() -> None:
    checked = _check("imports", "terraform", ci="")
    assert checked.returncode == 0
    assert "not run: terraform" in checked.stdout
    assert "every check has passed" not in checked.stdout


def test_without_terraform_ci_fails() -> None:
    checked = _check("terraform", ci="true")
    assert checked.returncode == 1
    assert "failed: terraform" in checked.stdout


def test_step_that_does_not_exist_is_refused_and_the_others_are_named() -> None:
    checked = _check("lints", ci="")
    assert checked.returncode == 2
    assert "lint, format, types" in checked.stderr
