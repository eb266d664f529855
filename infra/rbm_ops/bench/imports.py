"""Scenario: what a function imports, in interpreters of their own.

One table of CPU time and number of modules: on emulators, and with what an identity takes in the cloud. Then
for each function the ten dearest modules, as Python's own `-X importtime` tells them: by themselves, and with
all that they import first.
"""

import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from rbm_ops.bench.measures import Sample
from rbm_ops.bench.processes import BenchFailed, prepare_child, server_cpus
from rbm_ops.bench.setting import Setting
from rbm_ops.bench.variants import our_program

IMPORT = "import"
FRAMEWORK, FRAMEWORK_ASYNC = "functions_framework", "functions_framework.aio"
FUNCTIONS = ("webhook", "correlate", "send")
# What a function loads by its first call in the cloud, where it is somebody.
LOAD_IDENTITY = "from rbm_ledger.adapters.channels import prepare_channels; prepare_channels('')"
_DEAREST = 10
_TIMEOUT_SECONDS = 60.0

# What a function says of its own start goes to the same output, before this.
_MEASURE = "import sys, time; {}; print(); print(time.process_time(), len(sys.modules))"
_LINE = re.compile(r"^import time: +(\d+) \| +(\d+) \| +(\S+)$", re.M)

Times = dict[str, Mapping[str, float]]


def measure_imports(setting: Setting) -> Iterator[Sample]:
    statements = {module: f"import {module}" for module in (FRAMEWORK, FRAMEWORK_ASYNC, *FUNCTIONS)}
    statements |= {f"{module}, with an identity": f"import {module}; {LOAD_IDENTITY}" for module in FUNCTIONS}
    for number in range(setting.rounds):
        for variant, statement in statements.items():
            setting.report(f"{IMPORT}: {variant} ({number + 1} of {setting.rounds})")
            yield Sample(IMPORT, variant, _measure_import(setting, variant.partition(",")[0], statement))
    for function in FUNCTIONS:
        setting.report(f"{IMPORT} of {function}, by module")
        rounds = [_trace_import(setting, function) for _ in range(setting.rounds)]
        for module in find_dearest(rounds):
            for times in rounds:
                yield Sample(f"{IMPORT} of {function}", module, times[module])


def read_import_times(trace: str) -> Times:
    """Each module's own and whole time, from what `-X importtime` prints in microseconds."""
    return {
        module: {"self_ms": int(own) / 1000, "cumulative_ms": int(whole) / 1000}
        for own, whole, module in _LINE.findall(trace)
    }


def find_dearest(rounds: list[Times]) -> list[str]:
    """Those that every round has, by the median of their whole time."""
    common = set.intersection(*map(set, rounds))
    whole = {
        module: statistics.median(times[module]["cumulative_ms"] for times in rounds) for module in common
    }
    return sorted(whole, key=whole.__getitem__, reverse=True)[:_DEAREST]


def _measure_import(setting: Setting, module: str, statement: str) -> dict[str, float]:
    """CPU time from the start of the interpreter on."""
    said = _run(setting, module, "-c", _MEASURE.format(statement)).stdout
    cpu_seconds, modules = said.rpartition("\n\n")[2].split()
    return {"cpu_ms": 1000 * float(cpu_seconds), "modules": float(modules)}


def _trace_import(setting: Setting, module: str) -> Times:
    return read_import_times(_run(setting, module, "-X", "importtime", "-c", f"import {module}").stderr)


def _run(setting: Setting, module: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """With the settings and in the folder of the function, where it is one."""
    folder, environment = _surroundings(setting, module)
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        preexec_fn=prepare_child(server_cpus()),
    )
    if result.returncode:
        raise BenchFailed(f"{module} can't be imported:\n{result.stderr[-2000:]}")
    return result


def _surroundings(setting: Setting, module: str) -> tuple[Path | None, Mapping[str, str]]:
    if module not in FUNCTIONS:
        return None, {}
    program = our_program(module, setting.addresses)
    return program.folder, program.environment or {}
