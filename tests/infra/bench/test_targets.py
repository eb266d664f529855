"""Targets: what reaches them and what does not, and that they speak of what is measured."""

import pytest
from tests.infra.bench.figures import sample_all

from rbm_ops.bench import cold_start, correlate, growth, life, send, start_up, webhook
from rbm_ops.bench.measures import OURS, Results, Sample
from rbm_ops.bench.ratios import Median
from rbm_ops.bench.targets import FUNCTIONS, TARGETS, Target
from rbm_ops.bench.verdicts import Verdict, judge, name_missed

_AT_LEAST = Target("rate", Median("s", OURS, "rate"), must=2, aim=3, is_limit=False)
_AT_MOST = Target("cost", Median("s", OURS, "cost"), must=2, aim=1)


def _judge(target: Target, **figures: float) -> Verdict:
    return judge(Results([Sample("s", OURS, figures)]), [target])[0].verdict


@pytest.mark.parametrize(
    ("rate", "verdict"),
    [(1.99, Verdict.MISSED), (2, Verdict.MET), (2.99, Verdict.MET), (3, Verdict.AIM), (9, Verdict.AIM)],
)
def test_value_that_should_be_high_is_judged_from_below(rate: float, verdict: Verdict) -> None:
    assert _judge(_AT_LEAST, rate=rate) is verdict


@pytest.mark.parametrize(
    ("cost", "verdict"),
    [(2.01, Verdict.MISSED), (2, Verdict.MET), (1.01, Verdict.MET), (1, Verdict.AIM), (0, Verdict.AIM)],
)
def test_value_that_should_be_low_is_judged_from_above(cost: float, verdict: Verdict) -> None:
    assert _judge(_AT_MOST, cost=cost) is verdict


def test_what_was_not_measured_is_not_missed() -> None:
    judged = judge(Results([]))
    assert {each.verdict for each in judged} == {Verdict.NOT_MEASURED}
    assert name_missed(judged) == []


def test_what_is_missed_is_named() -> None:
    assert name_missed(
        judge(Results([Sample("s", OURS, {"rate": 1, "cost": 1})]), [_AT_LEAST, _AT_MOST])
    ) == ["rate"]


def test_every_target_can_be_computed_from_what_is_measured() -> None:
    judged = judge(Results(sample_all()))
    assert [each.target.sentence for each in judged if each.value is None] == []
    without_figures = [each.target.sentence for each in judged if len(each.beside) < len(each.target.beside)]
    assert without_figures == []


def test_every_aim_is_beyond_what_must_be_reached() -> None:
    assert all(
        target.aim < target.must if target.is_limit else target.aim > target.must for target in TARGETS
    )


def test_each_function_has_its_own_rows() -> None:
    sentences = [target.sentence for target in TARGETS]
    for what in ("cold start to first answer", "memory at rest"):
        named = [sentence.partition(",")[0] for sentence in sentences if what in sentence]
        assert named == list(FUNCTIONS)


def test_scenarios_are_named_as_their_modules_name_them() -> None:
    names = {sample.scenario for sample in sample_all()}
    assert {webhook.name_scenario(32), webhook.HALF_RATE, start_up.START_UP} <= names
    assert {cold_start.COLD_START, cold_start.WITH_IDENTITY} <= names
    assert {correlate.DISTINCT, correlate.DISTINCT_64, correlate.HOT_MESSAGE} <= names
    assert {life.ALONE, life.IN_FLIGHT} <= names
    assert {f"growth, {size:,} documents" for size in (min(growth.SIZES), max(growth.SIZES))} <= names
    assert f"send, {send.IN_FLIGHT[-1]} in flight" in names
