"""What can be measured, by name; each module is loaded when it is chosen."""

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rbm_ops.bench.measures import Sample

if TYPE_CHECKING:
    from rbm_ops.bench.setting import Setting

# Until a function listens and is warm, and until it has ended.
_SERVING_SECONDS = 2.5


@dataclass(frozen=True, slots=True)
class Part:
    """A function of a module; `loads` of so many variants in each round, and `seconds` for what else it does.

    Both are what it was measured to take, and serve to say how long a run will be.
    """

    module: str
    function: str
    loads: int = 0
    seconds: float = 0

    def measure(self, setting: "Setting") -> Iterator[Sample]:
        module = importlib.import_module(f"rbm_ops.bench.{self.module}")
        measure: Callable[[Setting], Iterator[Sample]] = getattr(module, self.function)
        return measure(setting)


# In this order by default.
PARTS = {
    "webhook": Part("webhook", "measure_webhook", loads=22),
    "correlate": Part("correlate", "measure_correlate", loads=28),
    "send": Part("send", "measure_send", loads=24),
    "path": Part("path", "measure_path", seconds=30),
    "cold-start": Part("cold_start", "measure_cold_start", loads=5, seconds=45),
    "imports": Part("imports", "measure_imports", seconds=15),
    "growth": Part("growth", "measure_growth", seconds=60),
    "life": Part("life", "measure_life", seconds=10),
    "start-up": Part("start_up", "measure_start_up", seconds=20),
}


def estimate_seconds(names: Sequence[str], *, rounds: int, seconds: float) -> float:
    """How long it takes to measure these, roughly."""
    a_load = 1.3 * seconds + _SERVING_SECONDS
    return rounds * sum(PARTS[name].loads * a_load + PARTS[name].seconds for name in names)
