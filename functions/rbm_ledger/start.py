"""The end of a function's start: what was loaded is put aside, and it is said whether it came from byte code.

Python that finds no byte code, or one that does not belong to its source, compiles anew and says nothing: the
start takes several times as long, on every new instance. So each package that decides over a start is looked
at, by a few of its modules; all of them would take as long as a request.
"""

import gc
import importlib.util
import math
import os
import struct
import sys
import time
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from types import ModuleType

from rbm_ledger.logs import Severity, log, take_library_reports

# Python's own, the framework's, Google's, ours: each gets its byte code in another step of a build.
_PACKAGES = ("asyncio", "functions_framework", "google", "grpc", "rbm_ledger", "starlette")
_MODULES_EACH = 5

# Magic number, flags, then time and size of the source, or its hash: PEP 552.
_HEADER = struct.Struct("<4sIII")


def finish_start(event: str) -> None:
    """To be called when all is imported: one entry, a warning where whole packages had to be compiled."""
    take_library_reports()
    gc.freeze()  # else each full collection walks all of it, for tens of milliseconds amid the requests
    compiled_anew = find_compiled_anew(sys.modules, process_started_at())
    log(
        event,
        Severity.WARNING if compiled_anew else Severity.INFO,
        modules=len(sys.modules),
        load_cpu_seconds=round(time.process_time(), 3),
        has_byte_code=not compiled_anew,
        compiled_anew=", ".join(compiled_anew),
    )


def find_compiled_anew(modules: Mapping[str, ModuleType], started_at: float) -> tuple[str, ...]:
    """The packages most of whose modules were compiled by this process; one module may have been edited."""
    names = tuple(modules)  # another thread may import at this moment
    compiled_anew = []
    for package in _PACKAGES:
        within = (name for name in names if name == package or name.startswith(f"{package}."))
        files = (_find_files(modules[name]) for name in within)
        verdicts = [
            is_from_byte_code(*found, started_at) for found in islice(filter(None, files), _MODULES_EACH)
        ]
        if 2 * sum(verdicts) < len(verdicts):
            compiled_anew.append(package)
    return tuple(compiled_anew)


def is_from_byte_code(source: str, cached: str, started_at: float) -> bool:
    """Whether a process that started then could take `cached` for `source`.

    Byte code that is younger was written by the process itself, after it had compiled.
    """
    try:
        with open(cached, "rb") as file:
            made_at = os.fstat(file.fileno()).st_mtime
            magic, flags, *stamp = _HEADER.unpack(file.read(_HEADER.size))
        found = os.stat(source)
    except (OSError, struct.error):
        return False
    belongs = flags != 0 or stamp == [int(found.st_mtime) & 0xFFFFFFFF, found.st_size & 0xFFFFFFFF]
    return made_at < started_at and magic == importlib.util.MAGIC_NUMBER and belongs


def process_started_at() -> float:
    """In seconds since 1970, up to one too early; infinity where the system is not Linux."""
    try:
        process = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        system = Path("/proc/stat").read_text().partition("\nbtime ")[2].split(maxsplit=1)
        return int(system[0]) + int(process[19]) // os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        return math.inf


def _find_files(module: ModuleType) -> tuple[str, str] | None:
    """Source and byte code; None for what is neither, such as a namespace or an extension."""
    spec = module.__spec__
    if spec is None or not spec.origin or not spec.cached:
        return None
    return spec.origin, spec.cached
