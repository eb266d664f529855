"""One round of one variant, where a scenario has more to say than `Setting.measure_load` takes."""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import replace

from rbm_ops.bench.driving import Load, drive
from rbm_ops.bench.measures import OURS, Sample
from rbm_ops.bench.processes import BenchFailed, Measured, running, server_cpus
from rbm_ops.bench.setting import Setting
from rbm_ops.bench.variants import Variant
from rbm_ops.emulators.meter_service import read_meter

_LOOK_SECONDS = 1.0
_NOTHING_ANSWERED = {"requests_per_second": 0.0, "failures_percent": 100.0}

Drive = Callable[[Measured, Load], dict[str, float]]


def is_look(setting: Setting) -> bool:
    """Whether so little time is given that only the gist of a scenario can be measured."""
    return setting.seconds < _LOOK_SECONDS


def measure_round(
    setting: Setting, scenario: str, variant: Variant, load: Load, number: int, drive_it: Drive = drive
) -> Sample:
    """`number` counts from 0. Raises BenchFailed."""
    setting.report(f"{scenario}: {variant.name} ({number + 1} of {setting.rounds})")
    with running(variant.program, cpus=server_cpus(), log=setting.log(variant.program)) as server:
        return Sample(scenario, variant.name, drive_it(server, load))


def drive_contended(server: Measured, load: Load) -> dict[str, float]:
    """As `drive`, for what may fail under contention: that nothing was answered is a figure too."""
    try:
        return drive(server, load)
    except BenchFailed:
        return dict(_NOTHING_ANSWERED)


def warm_up(server: Measured, load: Load) -> Load:
    """By the first half of the requests; returns the load of the others, which begins warm."""
    half = len(load.requests) // 2
    drive(
        server, replace(load, requests=load.requests[:half], seconds=load.warm_up_seconds, warm_up_seconds=0)
    )
    return replace(load, requests=load.requests[half:], warm_up_seconds=0)


def drive_metered(emulator: str, server: Measured, load: Load) -> dict[str, float]:
    """With the calls of Firestore per event, if this emulator counts them; the warm-up goes apart."""
    rest = warm_up(server, load)
    before = read_meter(emulator)
    figures = drive(server, rest)
    after = read_meter(emulator)
    if before and after:
        events = figures["requests_per_second"] * load.seconds
        figures["firestore_calls_per_event"] = (after.firestore_calls - before.firestore_calls) / events
        figures["billed_operations_per_event"] = (after.operations - before.operations) / events
    return figures


def find_maximum_rate(samples: Iterable[Sample]) -> float:
    """Requests per second of ours, the median."""
    return statistics.median(
        sample.figures["requests_per_second"] for sample in samples if sample.variant == OURS
    )
