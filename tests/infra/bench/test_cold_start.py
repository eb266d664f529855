"""A look at cold starts: every function answers its first real request, and its figures are complete."""

from rbm_ops.bench.cold_start import COLD_START, UNDER_LOAD, measure_cold_start
from rbm_ops.bench.measures import HELLO_ASYNC, HELLO_SYNC, OURS, USUAL
from rbm_ops.bench.setting import bench_setting

FUNCTIONS = ("webhook", "correlate", "send")


def test_a_look_starts_every_function_and_each_answers() -> None:
    with bench_setting(is_google=False, rounds=1, seconds=0.4, report=lambda _step: None) as setting:
        samples = {
            (sample.scenario, sample.variant): sample.figures for sample in measure_cold_start(setting)
        }
    hello, ours = [HELLO_SYNC, HELLO_ASYNC], [f"{OURS}, {name}" for name in FUNCTIONS]
    usual = [f"{USUAL}, {name}" for name in FUNCTIONS]
    assert set(samples) == {
        *((COLD_START, variant) for variant in (*hello, *usual, *ours)),
        *((UNDER_LOAD, variant) for variant in (*hello, *ours)),
    }
    for variant in (*hello, *usual, *ours):
        started = samples[COLD_START, variant]
        assert started.keys() == {"first_answer_ms", "cpu_ms", "memory_mib"}
        assert started["cpu_ms"] > 0
    for variant in (*hello, *ours):
        assert (
            samples[UNDER_LOAD, variant]["memory_mib"] > samples[UNDER_LOAD, variant]["at_rest_mib"] / 2 > 0
        )
