"""`rbm bench` as a person runs it: what it prints and keeps, and what its exit status says."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.infra.bench.figures import sample_all
from tests.support.local_cloud import PATIENCE_SECONDS, wait_until

from rbm_ops.bench.kept import describe_run, read_kept, write_kept
from rbm_ops.bench.measures import HELLO_SYNC, OURS, Results, Sample
from rbm_ops.bench.plot import require_plotting
from rbm_ops.bench.problems import PlottingMissing
from rbm_ops.bench.scenarios import PARTS, estimate_seconds

_RBM = str(Path(sys.executable).with_name("rbm"))
_SETTINGS = {"rounds": 3, "emulators": "embedded"}


def _bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [_RBM, "bench", *arguments], capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )


def _keep(samples: Sequence[Sample], file: Path) -> str:
    write_kept(describe_run(Results(samples), _SETTINGS), file)
    return str(file)


def _rates(ours: float) -> list[Sample]:
    rates = {HELLO_SYNC: 1000.0, OURS: ours}
    return [
        Sample("webhook, 32 connections", variant, {"requests_per_second": rate})
        for variant, rate in rates.items()
    ]


def test_quick_run_measures_keeps_and_draws(tmp_path: Path) -> None:
    file, picture = tmp_path / "results.json", tmp_path / "bench.svg"
    benched = _bench("imports", "--quick", "--json", str(file), "--plot", str(picture))
    assert benched.returncode == 0, benched.stderr
    assert benched.stderr.startswith("imports: about ")
    kept = read_kept(file)
    assert kept.results.scenarios()
    assert [name for name in kept.results.scenarios() if name not in benched.stdout] == []
    assert (kept.settings["rounds"], kept.settings["scenarios"]) == (1, ["imports"])
    assert "rbm bench" in picture.read_text()


def test_what_was_kept_is_shown_without_measuring(tmp_path: Path) -> None:
    file, picture = _keep(list(sample_all()), tmp_path / "kept.json"), tmp_path / "bench.svg"
    shown = _bench("--from", file, "--plot", str(picture))
    assert "webhook at half of its maximum rate" in shown.stdout
    assert "targets" in shown.stdout
    assert picture.exists()


def test_targets_alone_come_as_markdown(tmp_path: Path) -> None:
    shown = _bench("--from", _keep(_rates(3000), tmp_path / "kept.json"), "--markdown")
    assert shown.stdout.startswith("| measure | measured | must | aim |")
    assert shown.returncode == 0


def test_exit_status_is_0_where_all_that_was_measured_is_met(tmp_path: Path) -> None:
    shown = _bench("--from", _keep(_rates(2000), tmp_path / "kept.json"))
    assert (shown.returncode, shown.stderr) == (0, "")


def test_exit_status_is_1_where_a_target_is_missed_and_it_is_named(tmp_path: Path) -> None:
    shown = _bench("--from", _keep(_rates(1999), tmp_path / "kept.json"))
    assert shown.returncode == 1
    [missed] = shown.stderr.splitlines()
    assert missed.startswith("missed: webhook, verified and durably published")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["imprts"], "there are webhook, correlate, send"),
        (["--rounds", "0"], "a whole number from 1 on"),
        (["--seconds", "none"], "a number above 0"),
        (["--plot", "bench.pdf"], "ends in .svg or .png"),
        (["--json", "none/results.json"], "no such folder: none"),
        (["imports", "--from", "results.json"], "--from measures nothing"),
    ],
)
def test_exit_status_is_2_where_the_command_makes_no_sense(arguments: list[str], reason: str) -> None:
    refused = _bench(*arguments)
    assert refused.returncode == 2
    assert reason in refused.stderr
    assert refused.stdout == ""


def test_file_without_results_is_named(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text(json.dumps({"date": "2026-11-25"}))
    refused = _bench("--from", str(tmp_path / "other.json"))
    assert refused.returncode == 1
    assert refused.stderr.startswith("rbm: ")
    assert "other.json holds no results" in refused.stderr


def test_without_matplotlib_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(PlottingMissing, match=r"pip install 'rbm-ledger\[ops,plot\]'"):
        require_plotting()


def test_ctrl_c_ends_all_that_was_started() -> None:
    bench = subprocess.Popen(
        [_RBM, "bench", "webhook", "--rounds", "1", "--seconds", "600"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until(
            lambda: any("rbm_ops.bench.load" in line for line in _descendants(bench.pid).values()),
            what="load on a function",
        )
        started = _descendants(bench.pid)
        os.killpg(bench.pid, signal.SIGINT)  # as a terminal does
        assert bench.wait(PATIENCE_SECONDS) == 130
        wait_until(lambda: not _processes().keys() & started.keys(), what="the end of all children")
    finally:
        bench.terminate()
        bench.wait(PATIENCE_SECONDS)


def _descendants(process_id: int) -> dict[int, str]:
    """The command lines of its children and theirs, by process id: each is in a session of its own."""
    found: dict[int, str] = {}
    processes, parents = _processes(), {process_id}
    while parents:
        children = {child: line for child, (parent, line) in processes.items() if parent in parents}
        found |= children
        parents = set(children)
    return found


def _processes() -> dict[int, tuple[int, str]]:
    """The parent and the command line of all that runs, by process id."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                line = (folder / "cmdline").read_text().replace("\0", " ")
                found[int(folder.name)] = (int(parent), line)
    return found


def test_estimate_grows_with_rounds_seconds_and_scenarios() -> None:
    one = estimate_seconds(["webhook"], rounds=1, seconds=1)
    assert estimate_seconds(["webhook"], rounds=2, seconds=1) == 2 * one
    assert estimate_seconds(["webhook"], rounds=1, seconds=2) > one
    assert estimate_seconds(list(PARTS), rounds=1, seconds=1) > one
