"""CPU per request of each function, as `rbm bench` has measured it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import rbm_ops.bench
from rbm_ops.bench.kept import Kept, read_kept
from rbm_ops.bench.measures import OURS, OURS_UPDATES_ON, Results
from rbm_ops.bench.problems import NotKept
from rbm_ops.capacity.life import CORRELATE, SEND, WEBHOOK

RESULTS = Path(rbm_ops.bench.__file__).parent / "results.json"
FIGURE = "cpu_ms_per_request"
_HOW_TO_MEASURE = "measure with rbm bench webhook correlate send --json FILE, and name it by --results"

_SCENARIOS = {
    WEBHOOK: "webhook, 32 connections",
    CORRELATE: "correlate, 16 in flight",
    SEND: "send, 64 in flight",
}
# In the order in which they are taken.
_VARIANTS: Mapping[bool, Mapping[str, tuple[str, ...]]] = {
    True: {WEBHOOK: (OURS,), CORRELATE: (OURS_UPDATES_ON,), SEND: (OURS_UPDATES_ON, OURS)},
    False: {WEBHOOK: (OURS,), CORRELATE: (OURS,), SEND: (OURS,)},
}


class NoFigures(Exception):
    """There are no results, or they lack a figure that is needed; the text says which, and how to get it."""


@dataclass(frozen=True, slots=True)
class CpuFigure:
    """The median over all rounds."""

    scenario: str
    variant: str
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The figure of each function, and when and on what it was measured."""

    date: str
    machine: str
    figures: Mapping[str, CpuFigure]


def read_measured(file: Path, *, has_updates: bool) -> Measured:
    """Raises NoFigures."""
    kept = _read(file)
    variants = _VARIANTS[has_updates]
    return Measured(
        kept.date,
        ", ".join(f"{name} {value}" for name, value in kept.machine.items()),
        {
            function: _find_figure(kept.results, scenario, variants[function], file)
            for function, scenario in _SCENARIOS.items()
        },
    )


def _read(file: Path) -> Kept:
    try:
        return read_kept(file)
    except NotKept as problem:
        raise NoFigures(f"{problem}: {_HOW_TO_MEASURE}") from problem


def _find_figure(results: Results, scenario: str, variants: tuple[str, ...], file: Path) -> CpuFigure:
    for variant in variants:
        cpu_ms = results.median(scenario, variant, FIGURE)
        if cpu_ms is not None:
            return CpuFigure(scenario, variant, cpu_ms)
    wanted = " or ".join(f'"{variant}"' for variant in variants)
    raise NoFigures(f'{file} has no {FIGURE} of scenario "{scenario}", variant {wanted}: {_HOW_TO_MEASURE}')
