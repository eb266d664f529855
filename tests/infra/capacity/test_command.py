"""`rbm capacity`, and the page that is made by it."""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.infra.capacity.conftest import FIGURES

from rbm_ops.capacity.command import add_arguments, run_capacity
from rbm_ops.capacity.measured import RESULTS, read_measured
from rbm_ops.capacity.page import PAGE, make_page


def parse(*arguments: str, results: Path = FIGURES) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="rbm capacity")
    add_arguments(parser)
    return parser.parse_args([*arguments, "--results", str(results)])


async def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert await run_capacity(parse(*arguments, "--json")) == 0
    return json.loads(capsys.readouterr().out)


async def test_command_says_which_figures_it_took_and_what_to_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert await run_capacity(parse("--rate", "1000", "--peak", "10000")) == 0
    said = capsys.readouterr().out
    assert "correlate, 16 in flight" in said
    assert "ours, updates on" in said
    assert "correlate = { max_instances = 34 }" in said
    assert "not known" in said


async def test_instances_are_for_the_peak_and_cost_for_the_rate(capsys: pytest.CaptureFixture[str]) -> None:
    usual = await run_json(capsys, "--rate", "1000")
    peak = await run_json(capsys, "--rate", "1000", "--peak", "10000")
    assert usual["functions"]["send"]["instances"] == 6
    assert peak["functions"]["send"]["instances"] == 55
    assert peak["cost"] == usual["cost"]


async def test_peak_below_the_rate_counts_as_the_rate(capsys: pytest.CaptureFixture[str]) -> None:
    document = await run_json(capsys, "--rate", "1000", "--peak", "10")
    assert document["peak_messages_per_second"] == 1000


async def test_options_reach_the_arithmetic(capsys: pytest.CaptureFixture[str]) -> None:
    document = await run_json(
        capsys, "--rate", "100", "--events-per-message", "5", "--no-updates", "--platform-ms", "1000"
    )
    assert document["functions"]["webhook"]["requests_per_second"] == 400
    assert document["functions"]["send"]["latency_ms"] == 1000 + 2 * 20 + 1.5
    assert document["measured"]["cpu"]["correlate"]["variant"] == "ours"


def test_missing_results_say_how_to_get_them(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            Path(sys.executable).with_name("rbm"),
            "capacity",
            "--rate",
            "1",
            "--results",
            tmp_path / "none.json",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "none.json holds no results of rbm bench" in done.stderr
    assert "rbm bench webhook correlate send --json FILE" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--rate", "0"],
        ["--rate", "nan"],
        ["--rate", "fast"],
        ["--rate", "1", "--events-per-message", "0.5"],
        [],
    ],
)
def test_rate_that_makes_no_sense_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(*arguments)
    assert "usage: rbm capacity" in capsys.readouterr().err


def test_page_says_what_the_calculator_says() -> None:
    """Where nothing is measured yet, with the figures of these tests, and the page says so."""
    measured = read_measured(RESULTS if RESULTS.exists() else FIGURES, has_updates=True)
    assert PAGE.read_text() == make_page(measured), "write it anew: python -m rbm_ops.capacity.page"
