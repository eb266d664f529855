"""`rbm check` says what it did not run, and passes for nobody who left something out unsaid."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_BIN = Path(sys.executable).parent
_TIMEOUT_SECONDS = 60


def _check(*steps: str, ci: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Where there is no terraform, unless `environment` has another PATH."""
    return subprocess.run(
        [str(_BIN / "rbm"), "check", *steps],
        env={**os.environ, "PATH": str(_BIN), "CI": ci, **environment},
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


@pytest.mark.parametrize("ci", ["", "true"])
@pytest.mark.parametrize(
    ("status", "said", "verdict"),
    [(0, "every check has passed", 0), (75, "not run: audit", 0), (1, "failed: audit", 1)],
)
def test_audit_that_has_no_data_is_not_run_and_one_that_finds_something_fails(
    tmp_path: Path, ci: str, status: int, said: str, verdict: int
) -> None:
    """A stand-in for the audit, which ends as it would."""
    stand_in = f"import os, sys\nif 'rbm_ops.advisories' in sys.orig_argv: os._exit({status})\n"
    (tmp_path / "sitecustomize.py").write_text(stand_in)
    checked = _check("audit", ci=ci, PYTHONPATH=str(tmp_path))
    assert said in checked.stdout
    assert checked.returncode == verdict


def test_step_that_does_not_exist_is_refused_and_the_others_are_named() -> None:
    checked = _check("lints", ci="")
    assert checked.returncode == 2
    assert "lint, format, types" in checked.stderr


def test_checker_of_terraform_is_run_where_it_is_and_its_verdict_counts(tmp_path: Path) -> None:
    for program, verdict in (("terraform", 0), ("check", 3)):
        (tmp_path / program).write_text(f"#!/bin/sh\nexit {verdict}\n")
        (tmp_path / program).chmod(0o755)
    path, checker = f"{tmp_path}:{os.environ['PATH']}", str(tmp_path / "check")
    checked = _check("terraform", ci="true", PATH=path, TERRAFORM_OFFLINE_CHECK=checker)
    assert f"+ {checker} infra" in checked.stdout
    assert (checked.returncode, "failed: terraform" in checked.stdout) == (1, True)
    (tmp_path / "check").write_text("#!/bin/sh\nexit 0\n")
    passed = _check("terraform", ci="true", PATH=path, TERRAFORM_OFFLINE_CHECK=checker)
    assert (passed.returncode, "every check has passed" in passed.stdout) == (0, True)


def test_what_a_failed_step_said_is_told_once_more_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "terraform").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "check").write_text("#!/bin/sh\nseq -f 'line %g' 300\nexit 3\n")
    for program in ("terraform", "check"):
        (tmp_path / program).chmod(0o755)
    stand_in = "import os, sys\nif 'rbm_ops.advisories' in sys.orig_argv: print('unsafe'), sys.exit(1)\n"
    (tmp_path / "sitecustomize.py").write_text(stand_in)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "TERRAFORM_OFFLINE_CHECK": str(tmp_path / "check"),
        "PYTHONPATH": str(tmp_path),
    }
    checked = _check("audit", "imports", "terraform", ci="true", **environment)
    lines = checked.stdout.splitlines()
    assert [lines.count(line) for line in ("unsafe", "line 1", "line 299", "line 300")] == [2, 1, 2, 2]
    last_of = {word: len(lines) - lines[::-1].index(word) for word in ("unsafe", "line 300")}
    assert last_of["unsafe"] < last_of["line 300"]
    assert lines[-1] == "failed: audit, terraform"


def test_step_that_a_signal_ended_has_failed_and_says_which(tmp_path: Path) -> None:
    stand_in = "import os, sys\nif 'rbm_ops.advisories' in sys.orig_argv: os.kill(os.getpid(), 9)\n"
    (tmp_path / "sitecustomize.py").write_text(stand_in)
    checked = _check("audit", ci="true", PYTHONPATH=str(tmp_path))
    assert "python ended with status -9" in checked.stdout
    assert checked.returncode == 1


def test_process_that_a_step_left_behind_holds_nobody_up(tmp_path: Path) -> None:
    for program, does in (("terraform", "exit 0"), ("check", "echo checked; sleep 300 & exit 0")):
        (tmp_path / program).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / program).chmod(0o755)
    path, checker = f"{tmp_path}:{os.environ['PATH']}", str(tmp_path / "check")
    checked = _check("terraform", ci="true", PATH=path, TERRAFORM_OFFLINE_CHECK=checker)
    assert "checked" in checked.stdout.splitlines()
    assert checked.returncode == 0


def test_what_passed_beside_the_others_is_told_in_short(tmp_path: Path) -> None:
    for program in ("terraform", "check"):
        (tmp_path / program).write_text("#!/bin/sh\nseq -f 'line %g' 300\n")
        (tmp_path / program).chmod(0o755)
    path, checker = f"{tmp_path}:{os.environ['PATH']}", str(tmp_path / "check")
    lines = _check("terraform", ci="true", PATH=path, TERRAFORM_OFFLINE_CHECK=checker).stdout.splitlines()
    told = [line for line in lines if line.startswith("line ")]
    assert (len(told), told[-1]) == (148, "line 300")
    assert lines[0].startswith("terraform ─")
    assert "… 153 lines …" in lines
