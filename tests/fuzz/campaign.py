"""Many inputs for one target: what broke, what took longest, how far the memory grew."""

import base64
import resource
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.fuzz.targets import Target


@dataclass
class Finding:
    """A broken promise, by where it shows. `example`: the shortest input that breaks it; base64 when told."""

    error: str
    place: str
    example: bytes
    count: int = 1

    def describe(self) -> dict[str, Any]:
        return {**asdict(self), "example": base64.b64encode(self.example).decode()}


@dataclass
class Campaign:
    """Called with an input, it runs the target and remembers; nothing is raised."""

    name: str
    target: Target
    engine: str
    inputs: int = 0
    input_bytes: int = 0
    slowest_seconds: float = 0.0
    seconds: float = 0.0
    memory_growth_mib: float = 0.0
    note: str = ""
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)

    def __call__(self, data: bytes) -> None:
        self.inputs += 1
        self.input_bytes += len(data)
        started = time.perf_counter()
        try:
            self.target.run(data)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            self._keep(error, data)
        self.slowest_seconds = max(self.slowest_seconds, time.perf_counter() - started)

    def measure(self, work: Callable[["Campaign"], None]) -> "Campaign":
        started, before = time.perf_counter(), peak_mib()
        work(self)
        self.seconds = time.perf_counter() - started
        self.memory_growth_mib = peak_mib() - before
        return self

    def describe(self) -> dict[str, Any]:
        numbers = {
            "inputs": self.inputs,
            "inputBytes": self.input_bytes,
            "seconds": round(self.seconds, 1),
            "slowestSeconds": round(self.slowest_seconds, 4),
            "memoryGrowthMib": round(self.memory_growth_mib, 1),
        }
        found = [finding.describe() for finding in self.findings.values()]
        return {"target": self.name, "engine": self.engine, **numbers, "note": self.note, "findings": found}

    def _keep(self, error: Exception, data: bytes) -> None:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{frame.filename.rpartition('/')[2]}:{frame.name}"
        finding = Finding(f"{type(error).__name__}: {error}"[:300], place, data)
        known = self.findings.setdefault((type(error).__name__, place), finding)
        if known is not finding:
            known.count += 1
            if len(data) < len(known.example):
                known.example = data


def peak_mib() -> float:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
