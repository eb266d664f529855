"""Results that are kept can be read again, and say nothing of whose machine it was."""

import json
import platform
from pathlib import Path

import pytest
from tests.infra.bench.figures import sample_all

from rbm_ops.bench.kept import describe_run, read_kept, write_kept
from rbm_ops.bench.measures import OURS, Results, Sample
from rbm_ops.bench.problems import NotKept


def test_what_is_kept_is_read_again_as_it_was(tmp_path: Path) -> None:
    kept = describe_run(Results(sample_all()), {"rounds": 3})
    write_kept(kept, tmp_path / "results.json")
    again = read_kept(tmp_path / "results.json")
    assert again.results.samples == kept.results.samples
    assert (again.date, again.machine, again.versions) == (kept.date, kept.machine, kept.versions)
    assert again.settings == {"rounds": 3}


def test_machine_is_described_without_its_name_or_paths(tmp_path: Path) -> None:
    write_kept(describe_run(Results([]), {}), tmp_path / "results.json")
    text = (tmp_path / "results.json").read_text()
    assert list(json.loads(text)["machine"]) == ["cpus", "python", "platform"]
    assert platform.node() not in text
    assert str(Path.home()) not in text


def test_figures_are_kept_to_five_digits(tmp_path: Path) -> None:
    results = Results([Sample("s", OURS, {"p50_ms": 1.23456789, "requests_per_second": 12345.678})])
    write_kept(describe_run(results, {}), tmp_path / "results.json")
    [sample] = read_kept(tmp_path / "results.json").results.samples
    assert sample.figures == {"p50_ms": 1.2346, "requests_per_second": 12346}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"samples": [{"scenario": "s"}]}', '{"samples": []}'])
def test_file_that_holds_no_results_is_refused_by_name(text: str, tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text(text)
    with pytest.raises(NotKept, match=r"other\.json holds no results"):
        read_kept(file)


def test_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotKept, match="No such file"):
        read_kept(tmp_path / "none.json")
