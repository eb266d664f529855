"""What a benchmark yields: samples, and what they say together."""

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

HELLO_SYNC = "hello-world, sync"
HELLO_ASYNC = "hello-world, async"
USUAL = "the usual way"
OURS = "ours"

USUAL_EACH = f"{USUAL}, each published by itself"
USUAL_BATCHED = f"{USUAL}, the client's own batching"
USUAL_MERGE = f"{USUAL}, a merge for each event"
USUAL_UPDATES_ON = f"{USUAL}, updates on"
OURS_UPDATES_ON = f"{OURS}, updates on"


@dataclass(frozen=True, slots=True)
class Sample:
    """The figures of one variant in one round; each figure's name ends in its unit."""

    scenario: str
    variant: str
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Spread:
    """Of one figure over all rounds."""

    median: float
    lowest: float
    highest: float


class Results:
    """All samples of one run."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self.samples = tuple(samples)

    def spread(self, scenario: str, variant: str, figure: str) -> Spread | None:
        """None where nothing was measured."""
        values = [
            sample.figures[figure]
            for sample in self.samples
            if (sample.scenario, sample.variant) == (scenario, variant) and figure in sample.figures
        ]
        return Spread(statistics.median(values), min(values), max(values)) if values else None

    def median(self, scenario: str, variant: str, figure: str) -> float | None:
        spread = self.spread(scenario, variant, figure)
        return spread.median if spread else None

    def scenarios(self) -> tuple[str, ...]:
        """In the order in which they were measured."""
        return tuple(dict.fromkeys(sample.scenario for sample in self.samples))

    def variants(self, scenario: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(sample.variant for sample in self.samples if sample.scenario == scenario))
