"""What has to be reached: ratios of medians within one run, but for what is counted, and `rbm up`."""

from dataclasses import dataclass

from rbm_ops.bench.measures import (
    HELLO_ASYNC,
    HELLO_SYNC,
    OURS,
    OURS_UPDATES_ON,
    USUAL,
    USUAL_BATCHED,
    USUAL_EACH,
    USUAL_MERGE,
)
from rbm_ops.bench.ratios import Compute, Median, Ratio, Sum, compare, compare_scenarios

FUNCTIONS = ("webhook", "correlate", "send")


@dataclass(frozen=True, slots=True)
class Target:
    """`is_limit`: the value may be at most `must`, else it must be at least that; so with `aim`.

    `beside`: figures that say more about the same thing, by what they are.
    """

    sentence: str
    compute: Compute
    must: float
    aim: float
    is_limit: bool = True
    unit: str = ""
    beside: tuple[tuple[str, Compute], ...] = ()


_WEBHOOK = "webhook, 32 connections"
_CORRELATE, _CORRELATE_64 = "correlate, 16 in flight", "correlate, 64 in flight"
_HOT = "correlate, one hot message, 16 in flight"
_LIFE, _LIVES = "a message's life", "a message's life, 64 in flight"
_COLD, _IDENTITY = "cold start", "cold start, with the modules of an identity"
_THOUSAND, _MILLION = "growth, 1,000 documents", "growth, 1,000,000 documents"
_RATE = "requests_per_second"
_CPU = "cpu_ms_per_request"
_CALLS = "firestore_calls_per_event"
_OPERATIONS = "operations_per_message"
_EVENT_CPU = ("cpu_ms_per_event", "emulator_cpu_ms_per_event")

_WEBHOOK_TARGETS = (
    Target(
        "webhook, verified and durably published, 32 connections: requests/s ÷ hello-world's",
        compare(_WEBHOOK, _RATE, HELLO_SYNC),
        must=2.0,
        aim=3.0,
        is_limit=False,
        beside=(
            (USUAL_EACH, compare(_WEBHOOK, _RATE, HELLO_SYNC, USUAL_EACH)),
            (USUAL_BATCHED, compare(_WEBHOOK, _RATE, HELLO_SYNC, USUAL_BATCHED)),
            (HELLO_ASYNC, compare(_WEBHOOK, _RATE, HELLO_SYNC, HELLO_ASYNC)),
        ),
    ),
    Target(
        "webhook, CPU per request ÷ the usual way's, each published by itself",
        compare(_WEBHOOK, _CPU, USUAL_EACH),
        must=0.3,
        aim=0.1,
        beside=(("÷ that with the client's own batching", compare(_WEBHOOK, _CPU, USUAL_BATCHED)),),
    ),
    Target(
        "webhook, p99 at half of its maximum rate ÷ async hello-world's at the same rate",
        compare("webhook at half of its maximum rate", "p99_ms", HELLO_ASYNC),
        must=3.0,
        aim=2.0,
    ),
)

_CORRELATE_TARGETS = (
    Target(
        "correlate by push body, 16 in flight, updates off: events/s ÷ hello-world's requests/s",
        compare(_CORRELATE, _RATE, HELLO_SYNC),
        must=1.2,
        aim=1.8,
        is_limit=False,
        beside=(
            (f"{USUAL}, a transaction for each", compare(_CORRELATE, _RATE, HELLO_SYNC, USUAL)),
            (USUAL_MERGE, compare(_CORRELATE, _RATE, HELLO_SYNC, USUAL_MERGE)),
            ("updates on", compare(_CORRELATE, _RATE, HELLO_SYNC, OURS_UPDATES_ON)),
        ),
    ),
    Target(
        "correlate, one hot document, updates off: events/s ÷ distinct documents'",
        compare_scenarios(_HOT, _CORRELATE, _RATE),
        must=0.7,
        aim=1.0,
        is_limit=False,
        beside=(
            (f"{USUAL}, a transaction for each", compare_scenarios(_HOT, _CORRELATE, _RATE, USUAL)),
            ("updates on", compare_scenarios(_HOT, _CORRELATE, _RATE, OURS_UPDATES_ON)),
            (f"{USUAL}, failed %", Median(_HOT, USUAL, "failures_percent")),
        ),
    ),
    Target(
        "correlate, Firestore calls per event, 64 in flight, updates off",
        Median(_CORRELATE_64, OURS, _CALLS),
        must=0.2,
        aim=0.05,
        beside=(
            (f"{USUAL}, a transaction for each", Median(_CORRELATE_64, USUAL, _CALLS)),
            ("updates on", Median(_CORRELATE_64, OURS_UPDATES_ON, _CALLS)),
            ("send too, updates on", Median(_LIVES, OURS_UPDATES_ON, _CALLS)),
        ),
    ),
)

_LIFE_TARGET = Target(
    "billed operations per message life (accepted, delivered, read; updates on)",
    Median(_LIFE, OURS_UPDATES_ON, _OPERATIONS),
    must=6,
    aim=5,
    beside=(
        ("of many, 64 in flight", Median(_LIVES, OURS_UPDATES_ON, _OPERATIONS)),
        (f"{USUAL}, without updates", Median(_LIFE, USUAL, _OPERATIONS)),
        ("updates off", Median(_LIFE, OURS, _OPERATIONS)),
    ),
)


def _start_target(name: str, what: str, figure: str) -> Target:
    """Each function is an instance of its own. Emulators ask for no identity; the cloud does."""
    ours = f"{OURS}, {name}"
    return Target(
        f"{name}, {what} ÷ hello-world's",
        compare(_COLD, figure, HELLO_SYNC, ours),
        must=1.8,
        aim=1.3,
        beside=(
            (USUAL, compare(_COLD, figure, HELLO_SYNC, f"{USUAL}, {name}")),
            ("÷ async hello-world's", compare(_COLD, figure, HELLO_ASYNC, ours)),
            ("with the modules of an identity", _compare_with_identity(figure, ours)),
        ),
    )


def _compare_with_identity(figure: str, variant: str) -> Ratio:
    """To the same hello-world, which has none."""
    return Ratio(Median(_IDENTITY, variant, figure), Median(_COLD, HELLO_SYNC, figure))


def _growth(figure: str) -> Ratio:
    return compare_scenarios(_MILLION, _THOUSAND, figure, OURS_UPDATES_ON)


def _whole_cpu(scenario: str) -> Compute:
    """Of the function and of the emulator, which has to find the document."""
    function, emulator = (Median(scenario, OURS_UPDATES_ON, name) for name in _EVENT_CPU)
    return Sum(function, emulator)


_GROWTH_TARGET = Target(
    "CPU per event (function and emulator) at 1 million documents ÷ at 1 thousand",
    Ratio(_whole_cpu(_MILLION), _whole_cpu(_THOUSAND)),
    must=1.1,
    aim=1.0,
    beside=(
        ("of the function alone", _growth(_EVENT_CPU[0])),
        ("of the emulator alone", _growth(_EVENT_CPU[1])),
        ("p50", _growth("p50_ms")),
    ),
)

_START_UP_TARGET = Target(
    "rbm up ready, embedded",
    Median("rbm up", OURS, "ready_seconds"),
    must=4,
    aim=2,
    unit=" s",
    beside=(("with Google's emulators", Median("rbm up", "Google's emulators", "ready_seconds")),),
)

TARGETS = (
    *_WEBHOOK_TARGETS,
    *_CORRELATE_TARGETS,
    _LIFE_TARGET,
    *(_start_target(name, "cold start to first answer", "first_answer_ms") for name in FUNCTIONS),
    *(_start_target(name, "memory at rest", "memory_mib") for name in FUNCTIONS),
    _START_UP_TARGET,
    _GROWTH_TARGET,
)
