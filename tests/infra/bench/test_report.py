"""What was measured is on the screen, and as Markdown."""

import io

from rich.console import Console
from tests.infra.bench.figures import sample_all

from rbm_ops.bench.measures import HELLO_SYNC, OURS, Results, Sample
from rbm_ops.bench.report import format_number, order_figures, print_results, print_targets, write_markdown
from rbm_ops.bench.targets import TARGETS
from rbm_ops.bench.verdicts import judge


def _console() -> tuple[Console, io.StringIO]:
    output = io.StringIO()
    return Console(file=output, width=160), output


def _rows(results: Results) -> list[list[str]]:
    console, output = _console()
    print_results(console, results)
    lines = (line for line in output.getvalue().splitlines() if line.startswith("│"))
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


def test_row_has_the_median_with_its_spread_and_the_ratio_to_the_floor() -> None:
    rates = {HELLO_SYNC: (1000, 1000, 1000), OURS: (1900, 2100, 2500)}
    samples = [
        Sample("webhook", variant, {"requests_per_second": rate, "p99_ms": 5.0})
        for variant, values in rates.items()
        for rate in values
    ]
    assert _rows(Results(samples)) == [
        [HELLO_SYNC, "1,000", "5.00", "1.00"],
        [OURS, "2,100 (1,900–2,500)", "5.00", "2.10"],
    ]


def test_without_a_floor_there_is_no_ratio() -> None:
    assert _rows(Results([Sample("rbm up", OURS, {"ready_seconds": 2.5})])) == [[OURS, "2.50"]]


def test_figure_that_a_variant_lacks_is_a_dash() -> None:
    samples = [Sample("s", "a", {"p50_ms": 1, "p99_ms": 2}), Sample("s", "b", {"p99_ms": 3})]
    assert _rows(Results(samples)) == [["a", "1.00", "2.00"], ["b", "–", "3.00"]]


def test_every_scenario_has_a_table() -> None:
    results = Results(sample_all())
    console, output = _console()
    print_results(console, results)
    assert [name for name in results.scenarios() if name not in output.getvalue()] == []


def test_figure_that_nobody_has_heard_of_is_shown_behind_those_that_are_known() -> None:
    results = Results([Sample("s", OURS, {"wishes_granted": 3, "p50_ms": 1})])
    assert order_figures(results, "s") == ["p50_ms", "wishes_granted"]


def test_every_target_is_listed_with_its_verdict() -> None:
    console, output = _console()
    print_targets(console, judge(Results([])))
    assert output.getvalue().count("not measured") == len(TARGETS)


def test_markdown_is_a_table_with_a_row_for_each_target() -> None:
    lines = write_markdown(judge(Results(sample_all()))).splitlines()
    assert len(lines) == 2 + len(TARGETS)
    assert {line.count("|") for line in lines} == {7}
    assert lines[2].startswith(f"| {TARGETS[0].sentence} | ")
    assert " | ≥ 2 | ≥ 3 | " in lines[2]


def test_number_has_three_digits_that_mean_something() -> None:
    written = [format_number(value) for value in (0, 0.0456, 1.234, 12.34, 123.4, 12345.6)]
    assert written == ["0", "0.046", "1.23", "12.3", "123", "12,346"]
