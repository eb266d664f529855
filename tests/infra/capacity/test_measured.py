"""Which of the figures of `rbm bench` are taken."""

import json
from pathlib import Path

import pytest
from tests.infra.bench.figures import sample_all
from tests.infra.capacity.conftest import FIGURES

from rbm_ops.bench.kept import describe_run, write_kept
from rbm_ops.bench.measures import Results
from rbm_ops.capacity.measured import Measured, NoFigures, read_measured


def test_several_rounds_give_their_median(measured: Measured) -> None:
    assert measured.figures["webhook"].cpu_ms == 0.4


def test_updates_choose_the_variant(measured: Measured) -> None:
    without = read_measured(FIGURES, has_updates=False)
    assert [measured.figures[name].variant for name in ("correlate", "send")] == ["ours, updates on"] * 2
    assert [without.figures[name].variant for name in ("correlate", "send")] == ["ours"] * 2
    assert without.figures["correlate"].cpu_ms == 0.5


@pytest.mark.parametrize("has_updates", [True, False])
def test_what_is_taken_is_named_as_rbm_bench_names_it(has_updates: bool, tmp_path: Path) -> None:
    write_kept(describe_run(Results(sample_all()), {}), tmp_path / "results.json")
    taken = read_measured(tmp_path / "results.json", has_updates=has_updates)
    assert set(taken.figures) == {"webhook", "correlate", "send"}


def test_send_measured_without_updates_only_is_taken_and_named(tmp_path: Path) -> None:
    figures = read_measured(
        write_without("send, 64 in flight", "ours, updates on", tmp_path), has_updates=True
    )
    assert figures.figures["send"].variant == "ours"


def test_missing_figure_is_named(tmp_path: Path) -> None:
    file = write_without("correlate, 16 in flight", "ours, updates on", tmp_path)
    with pytest.raises(
        NoFigures, match=r'"correlate, 16 in flight", variant "ours, updates on": .* rbm bench'
    ):
        read_measured(file, has_updates=True)


@pytest.mark.parametrize("content", [None, "no JSON", "[]", '{"date": "2026-11-25"}'])
def test_file_that_holds_no_results_is_refused(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(NoFigures, match="holds no results of rbm bench"):
        read_measured(file, has_updates=True)


def write_without(scenario: str, variant: str, folder: Path) -> Path:
    document = json.loads(FIGURES.read_text())
    document["samples"] = [
        sample
        for sample in document["samples"]
        if (sample["scenario"], sample["variant"]) != (scenario, variant)
    ]
    file = folder / "results.json"
    file.write_text(json.dumps(document))
    return file
