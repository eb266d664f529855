"""Load on a function that is served, and what it costs the function."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rbm_ops.bench.processes import BenchFailed, Measured, end, load_cpus, prepare_child


@dataclass(frozen=True, slots=True)
class Load:
    """`requests` are whole HTTP requests, sent in turn. `rate_per_second` 0: as fast as answers come."""

    requests: Sequence[bytes]
    connections: int
    seconds: float
    warm_up_seconds: float
    rate_per_second: float = 0


def drive(server: Measured, load: Load) -> dict[str, float]:
    """The figures of one round; raises BenchFailed where nothing was answered with 2xx."""
    with _started_generator() as generator:
        plan, reports = generator.stdin, generator.stdout
        if plan is None or reports is None:
            raise BenchFailed("The load generator has no pipes.")
        plan.write(json.dumps(_describe(load, server.port)).encode())
        plan.close()
        reports.readline()
        cpu_seconds = server.cpu_seconds()
        line = reports.readline()
        cpu_seconds = server.cpu_seconds() - cpu_seconds
        memory_mib = server.memory_mib()
    if not line:
        raise BenchFailed("The load generator has ended early.")
    return _figures(json.loads(line), cpu_seconds, memory_mib)


@contextlib.contextmanager
def _started_generator() -> "Iterator[subprocess.Popen[bytes]]":
    with subprocess.Popen(
        [sys.executable, "-m", "rbm_ops.bench.load"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # a Ctrl-C is for us, and we end it
        preexec_fn=prepare_child(load_cpus()),
    ) as generator:  # it closes the pipes
        try:
            yield generator
        finally:
            end(generator)


def http_request(path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """One POST as it goes over the wire."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def _describe(load: Load, port: int) -> dict[str, Any]:
    return {
        "port": port,
        "requests": [request.decode("latin-1") for request in load.requests],
        "connections": load.connections,
        "warm_up_seconds": load.warm_up_seconds,
        "seconds": load.seconds,
        "rate_per_second": load.rate_per_second,
    }


def _figures(report: Mapping[str, Any], cpu_seconds: float, memory_mib: float) -> dict[str, float]:
    latencies = report["latencies"]
    if not latencies:
        raise BenchFailed("Not one request was answered with 2xx.")
    return {
        "requests_per_second": len(latencies) / report["seconds"],
        "failures_percent": 100 * report["failures"] / (len(latencies) + report["failures"]),
        "p50_ms": _percentile_ms(latencies, 0.50),
        "p95_ms": _percentile_ms(latencies, 0.95),
        "p99_ms": _percentile_ms(latencies, 0.99),
        "cpu_ms_per_request": 1000 * cpu_seconds / len(latencies),
        "memory_mib": memory_mib,
    }


def _percentile_ms(latencies: Sequence[float], share: float) -> float:
    return 1000 * latencies[min(int(share * len(latencies)), len(latencies) - 1)]
