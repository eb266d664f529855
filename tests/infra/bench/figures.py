"""Results that nobody measured: every scenario, variant and figure that targets and plot speak of."""

from collections.abc import Iterator

from rbm_ops.bench.measures import (
    HELLO_ASYNC,
    HELLO_SYNC,
    OURS,
    OURS_UPDATES_ON,
    USUAL,
    USUAL_BATCHED,
    USUAL_EACH,
    USUAL_MERGE,
    USUAL_UPDATES_ON,
    Sample,
)

_FLOOR = (HELLO_SYNC, HELLO_ASYNC)
_CORRELATE = (*_FLOOR, USUAL, USUAL_MERGE, OURS, OURS_UPDATES_ON)
_LOAD = (
    "requests_per_second",
    "failures_percent",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "cpu_ms_per_request",
    "memory_mib",
)
_START = ("first_answer_ms", "cpu_ms", "memory_mib")
_EACH_FUNCTION = [f"{way}, {name}" for way in (USUAL, OURS) for name in ("webhook", "correlate", "send")]

_MEASURED = [
    ("webhook, 32 connections", (*_FLOOR, USUAL_EACH, USUAL_BATCHED, OURS), _LOAD),
    ("webhook at half of its maximum rate", (HELLO_ASYNC, OURS), _LOAD),
    ("correlate, 16 in flight", _CORRELATE, _LOAD),
    ("correlate, 64 in flight", _CORRELATE, (*_LOAD, "firestore_calls_per_event")),
    ("correlate, one hot message, 16 in flight", _CORRELATE, _LOAD),
    ("send, 64 in flight", (*_FLOOR, USUAL, USUAL_UPDATES_ON, OURS, OURS_UPDATES_ON), _LOAD),
    ("cold start", (*_FLOOR, *_EACH_FUNCTION), _START),
    ("cold start, with the modules of an identity", (HELLO_ASYNC, *_EACH_FUNCTION[3:]), _START),
    ("rbm up", (OURS, "Google's emulators"), ("ready_seconds",)),
    *(
        (name, (USUAL, OURS, OURS_UPDATES_ON), ("operations_per_message", "firestore_calls_per_event"))
        for name in ("a message's life", "a message's life, 64 in flight")
    ),
    *(
        (
            f"growth, {size} documents",
            (OURS_UPDATES_ON,),
            ("cpu_ms_per_event", "emulator_cpu_ms_per_event", "p50_ms"),
        )
        for size in ("1,000", "1,000,000")
    ),
]


def sample_all(rounds: int = 3) -> Iterator[Sample]:
    """Each figure is like no other, and moves a little from round to round."""
    for number in range(rounds):
        for scenario, variants, figures in _MEASURED:
            for place, variant in enumerate(variants, start=1):
                values = {name: 10.0 * place + index + number / 8 for index, name in enumerate(figures)}
                yield Sample(scenario, variant, values)
