"""What `-X importtime` prints, read: the dearest modules by the median over all rounds."""

import pytest

from rbm_ops.bench.imports import find_dearest, read_import_times

TRACE = """\
import time: self [us] | cumulative | imported package
import time:       120 |        120 |   encodings.aliases
import time:       350 |       1470 | encodings
a line of the module's own
import time:      2000 |     110470 | webhook
"""


def test_trace_is_read_in_milliseconds() -> None:
    assert read_import_times(TRACE) == {
        "encodings.aliases": {"self_ms": 0.12, "cumulative_ms": 0.12},
        "encodings": {"self_ms": 0.35, "cumulative_ms": 1.47},
        "webhook": {"self_ms": 2.0, "cumulative_ms": 110.47},
    }


def times(**cumulative_ms: float) -> dict[str, dict[str, float]]:
    return {module: {"self_ms": 0.1, "cumulative_ms": each} for module, each in cumulative_ms.items()}


def test_dearest_are_ordered_by_their_median() -> None:
    rounds = [times(grpc=50, flask=40), times(grpc=30, flask=41), times(grpc=31, flask=90)]
    assert find_dearest(rounds) == ["flask", "grpc"]


def test_module_that_one_round_lacks_is_left_out() -> None:
    assert find_dearest([times(grpc=50, flask=40), times(grpc=30)]) == ["grpc"]


@pytest.mark.parametrize("count", [3, 30])
def test_no_more_than_ten_are_listed(count: int) -> None:
    assert len(find_dearest([times(**{f"module_{n}": n for n in range(count)})])) == min(count, 10)
