"""Samples become medians with their spread, and ratios where both sides were measured."""

from rbm_ops.bench.measures import OURS, USUAL, Results, Sample, Spread
from rbm_ops.bench.ratios import Median, Ratio, Sum, compare


def _results(**rates: list[float]) -> Results:
    return Results(
        Sample("webhook", variant, {"requests_per_second": rate})
        for variant, values in rates.items()
        for rate in values
    )


def test_several_rounds_give_the_median_and_the_extremes() -> None:
    spread = _results(ours=[3, 1, 8]).spread("webhook", "ours", "requests_per_second")
    assert spread == Spread(median=3, lowest=1, highest=8)


def test_what_was_not_measured_has_no_median() -> None:
    results = _results(ours=[1])
    assert results.median("webhook", "ours", "p50_ms") is None
    assert results.median("webhook", "theirs", "requests_per_second") is None
    assert results.median("correlate", "ours", "requests_per_second") is None


def test_rounds_without_a_figure_do_not_count_for_it() -> None:
    results = Results([Sample("a", OURS, {"p50_ms": 4}), Sample("a", OURS, {"p99_ms": 9})])
    assert results.median("a", OURS, "p50_ms") == 4


def test_scenarios_and_variants_are_named_once_in_the_order_of_measuring() -> None:
    names = [("b", USUAL), ("a", OURS), ("b", OURS), ("b", USUAL)]
    results = Results(Sample(scenario, variant, {}) for scenario, variant in names)
    assert results.scenarios() == ("b", "a")
    assert results.variants("b") == (USUAL, OURS)


def test_ratio_is_that_of_the_medians() -> None:
    results = _results(ours=[10, 30, 20], usual=[4, 5, 90])
    assert compare("webhook", "requests_per_second", "usual", "ours")(results) == 4


def test_ratio_to_nothing_is_none() -> None:
    results = _results(ours=[10], usual=[0])
    ours, usual, other = (
        Median("webhook", name, "requests_per_second") for name in ("ours", "usual", "other")
    )
    assert Ratio(ours, usual)(results) is None
    assert Ratio(ours, other)(results) is None
    assert Ratio(other, ours)(results) is None
    assert Ratio(usual, ours)(results) == 0


def test_sum_needs_both() -> None:
    results = _results(ours=[10], usual=[4])
    ours, usual, other = (
        Median("webhook", name, "requests_per_second") for name in ("ours", "usual", "other")
    )
    assert Sum(ours, usual)(results) == 14
    assert Sum(ours, other)(results) is None
