"""From a rate of messages to instances: by CPU, and by how many requests an instance holds at once."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from rbm_ops.capacity.functions import FUNCTIONS, Function
from rbm_ops.capacity.life import SEND, Life

# Cloud Run adds instances so that CPU and concurrency stay at 60 %
# (cloud.google.com/run/docs/about-instance-autoscaling, read 2026-11).
TARGET_UTILIZATION = 0.6


@dataclass(frozen=True, slots=True)
class Latencies:
    """Assumed: Google publishes neither. `service_ms` is one call to Pub/Sub or Firestore."""

    platform_ms: float = 200
    service_ms: float = 20


@dataclass(frozen=True, slots=True)
class Need:
    """What one function has to do at a rate, and how many instances that takes (`needed`: not rounded)."""

    function: Function
    requests_per_second: float
    cpu_ms: float
    latency_ms: float

    @property
    def cpu_seconds_per_second(self) -> float:
        return self.requests_per_second * self.cpu_ms / 1000

    @property
    def most_by_cpu(self) -> float:
        """Requests/s that one instance takes."""
        return self.function.cpu * TARGET_UTILIZATION * 1000 / self.cpu_ms

    @property
    def most_by_concurrency(self) -> float:
        """Requests/s that one instance takes."""
        return self.function.concurrency * TARGET_UTILIZATION * 1000 / self.latency_ms

    @property
    def most_per_instance(self) -> float:
        return min(self.most_by_cpu, self.most_by_concurrency)

    @property
    def needed(self) -> float:
        return self.requests_per_second / self.most_per_instance

    @property
    def instances(self) -> int:
        return max(math.ceil(self.needed), self.function.min_instances, 1)

    @property
    def is_bound_by_concurrency(self) -> bool:
        return self.most_by_concurrency < self.most_by_cpu

    @property
    def is_beyond_default(self) -> bool:
        return self.instances > self.function.max_instances


@dataclass(frozen=True, slots=True)
class Load:
    """`rate` messages/s, each with this life."""

    rate: float
    life: Life
    needs: Mapping[str, Need]

    @property
    def operations_per_second(self) -> float:
        """Reads and writes of the collections of messages."""
        return self.rate * (self.life.reads + self.life.writes)


def plan_load(rate: float, life: Life, cpu_ms: Mapping[str, float], latencies: Latencies) -> Load:
    """`cpu_ms`: of one request, by function."""
    requests, calls = life.requests(), life.calls_in_turn()
    return Load(
        rate,
        life,
        {
            function.name: Need(
                function,
                rate * requests[function.name],
                cpu_ms[function.name],
                cpu_ms[function.name]
                + latencies.service_ms * calls[function.name]
                + (latencies.platform_ms if function.name == SEND else 0),
            )
            for function in FUNCTIONS
        },
    )
