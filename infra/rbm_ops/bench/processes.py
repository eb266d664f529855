"""Child processes that are measured: pinned to a CPU, their time and memory read from /proc (Linux).

Server and load never share a CPU where there are two: the server has the first one, all else the others.
"""

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rbm_ops.local.processes import die_with_parent
from rbm_ops.ports import is_listening

_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
_START_SECONDS = 30.0
_LOOK_AGAIN_SECONDS = 0.01


class BenchFailed(Exception):
    """A process did not do what is to be measured; the text says which, and why."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. `port` 0: nothing listens."""

    name: str
    arguments: Sequence[str]
    port: int = 0
    environment: Mapping[str, str] | None = None
    folder: Path | None = None


class Measured:
    """A process and all its children."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process = process
        self.port = port

    def cpu_seconds(self) -> float:
        """User and system time of all that live, and of their children that have ended."""
        return sum(map(_cpu_seconds, self._tree()))

    def memory_mib(self) -> float:
        """Proportional set size: what is shared counts once."""
        return sum(map(_pss_kib, self._tree())) / 1024

    def _tree(self) -> list[int]:
        found, waiting = [], [self.process.pid]
        while waiting:
            process_id = waiting.pop()
            found.append(process_id)
            with contextlib.suppress(OSError):
                children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text()
                waiting += map(int, children.split())
        return found


@contextlib.contextmanager
def running(program: Program, *, cpus: Sequence[int], log: Path) -> Iterator[Measured]:
    """The program, listening; ended at the end of the context; raises BenchFailed."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            program.arguments,
            env=_environment(program),
            cwd=program.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=prepare_child(cpus),
        )
    try:
        if program.port:
            _wait_until_listening(process, program, log)
        yield Measured(process, program.port)
    finally:
        end(process)


def _wait_until_listening(process: "subprocess.Popen[bytes]", program: Program, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not is_listening(program.port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise BenchFailed(f"{program.name} does not listen:\n{log.read_text()[-2000:]}")
        time.sleep(_LOOK_AGAIN_SECONDS)


def _environment(program: Program) -> dict[str, str]:
    """Ours but for what we have set for our own gRPC: a server forks its workers."""
    own = {name: value for name, value in os.environ.items() if name != "GRPC_ENABLE_FORK_SUPPORT"}
    return {**own, **(program.environment or {})}


def end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def prepare_child(cpus: Sequence[int]) -> Callable[[], None]:
    """For the child, before it begins: it keeps to these CPUs, and ends when we do."""

    def prepare() -> None:
        die_with_parent()
        if len(os.sched_getaffinity(0)) > 1:
            os.sched_setaffinity(0, cpus)

    return prepare


def server_cpus() -> list[int]:
    return _cpus()[:1]


def load_cpus() -> list[int]:
    return _cpus()[1:] or _cpus()


def _cpus() -> list[int]:
    if not hasattr(os, "sched_getaffinity"):
        raise BenchFailed("rbm bench reads /proc and pins processes: it needs Linux.")
    return sorted(os.sched_getaffinity(0))


def _cpu_seconds(process_id: int) -> float:
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _CLOCK_TICKS


def _pss_kib(process_id: int) -> int:
    try:
        lines = Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
