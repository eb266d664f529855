"""What is computed from the results of one run."""

from collections.abc import Callable
from dataclasses import dataclass

from rbm_ops.bench.measures import OURS, Results

Compute = Callable[[Results], float | None]


@dataclass(frozen=True, slots=True)
class Median:
    """Of a figure, over all rounds."""

    scenario: str
    variant: str
    figure: str

    def __call__(self, results: Results) -> float | None:
        return results.median(self.scenario, self.variant, self.figure)


@dataclass(frozen=True, slots=True)
class Ratio:
    """None where one of the two was not measured, or the second is nothing."""

    of: Compute
    to: Compute

    def __call__(self, results: Results) -> float | None:
        of, to = self.of(results), self.to(results)
        return of / to if of is not None and to else None


@dataclass(frozen=True, slots=True)
class Sum:
    """None where one of the two was not measured."""

    one: Compute
    other: Compute

    def __call__(self, results: Results) -> float | None:
        one, other = self.one(results), self.other(results)
        return one + other if one is not None and other is not None else None


def compare(scenario: str, figure: str, to: str, of: str = OURS) -> Ratio:
    """Two variants of a scenario."""
    return Ratio(Median(scenario, of, figure), Median(scenario, to, figure))


def compare_scenarios(of: str, to: str, figure: str, variant: str = OURS) -> Ratio:
    """A variant in two scenarios."""
    return Ratio(Median(of, variant, figure), Median(to, variant, figure))
