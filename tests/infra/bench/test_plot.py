"""The picture: the same for the same results, with what was measured and nothing else."""

import re
from pathlib import Path

from tests.infra.bench.figures import sample_all

from rbm_ops.bench.kept import Kept, describe_run
from rbm_ops.bench.measures import HELLO_ASYNC, OURS, Results, Sample
from rbm_ops.bench.plot import draw_plot

_SETTINGS = {"rounds": 3, "emulators": "embedded"}


def _draw(kept: Kept, file: Path) -> str:
    draw_plot(kept, file)
    return file.read_text()


def test_picture_has_title_date_and_every_panel(tmp_path: Path) -> None:
    kept = describe_run(Results(sample_all()), _SETTINGS)
    picture = _draw(kept, tmp_path / "bench.svg")
    assert f"rbm bench, {kept.date}" in picture
    for title in ("webhook, 32 connections", "correlate, 16", "send, 64", "p99", "cold start", "memory"):
        assert title in picture


def test_same_results_are_the_same_file(tmp_path: Path) -> None:
    kept = describe_run(Results(sample_all()), _SETTINGS)
    assert _draw(kept, tmp_path / "one.svg") == _draw(kept, tmp_path / "two.svg")


def test_what_was_not_measured_has_no_panel(tmp_path: Path) -> None:
    variants = (HELLO_ASYNC, OURS)
    samples = [Sample("webhook at half of its maximum rate", name, {"p99_ms": 4.25}) for name in variants]
    picture = _draw(describe_run(Results(samples), _SETTINGS), tmp_path / "bench.svg")
    assert picture.count("4.25") == 2
    assert "correlate" not in picture


def test_results_without_a_panel_are_a_title(tmp_path: Path) -> None:
    assert "rbm bench" in _draw(describe_run(Results([]), _SETTINGS), tmp_path / "bench.svg")


def test_png_is_a_png_on_white(tmp_path: Path) -> None:
    kept = describe_run(Results(sample_all()), _SETTINGS)
    draw_plot(kept, tmp_path / "bench.png")
    assert (tmp_path / "bench.png").read_bytes().startswith(b"\x89PNG")
    assert re.search("fill: #ffffff", _draw(kept, tmp_path / "bench.svg"))
