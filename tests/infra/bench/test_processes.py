"""What is said of a process is said of its children too; and none is left behind."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rbm_ops.bench.processes import Program, load_cpus, running, server_cpus
from rbm_ops.ports import find_free_port, is_listening

_PATIENCE_SECONDS = 30
_ALLOCATED_MIB = 64
_BURNT_SECONDS = 0.2

_LISTEN = "import socket, sys, time; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); "
_WAIT = "time.sleep(600)"
_BURN = f"import time\nwhile time.process_time() < {_BURNT_SECONDS}: pass\n"


def _program(code: str, *arguments: str, port: int = 0) -> Program:
    return Program("probe", (sys.executable, "-c", code, *arguments), port)


def _wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_program_listens_inside_the_context_and_is_gone_after_it(tmp_path: Path) -> None:
    port = find_free_port()
    program = _program(_LISTEN + _WAIT, str(port), port=port)
    with running(program, cpus=load_cpus(), log=tmp_path / "log") as measured:
        assert is_listening(port)
        assert measured.process.poll() is None
    assert not is_listening(port)
    assert measured.process.poll() is not None


def test_program_is_gone_after_an_error_too(tmp_path: Path) -> None:
    waiting = running(_program("import time; " + _WAIT), cpus=load_cpus(), log=tmp_path / "log")
    measured = waiting.__enter__()
    assert not waiting.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert measured.process.poll() is not None


def test_program_runs_on_the_cpus_that_it_was_given(tmp_path: Path) -> None:
    code = "import os, pathlib, sys; pathlib.Path(sys.argv[1]).write_text(str(os.sched_getaffinity(0)))"
    with running(
        _program(code, str(tmp_path / "cpus")), cpus=server_cpus(), log=tmp_path / "log"
    ) as measured:
        measured.process.wait(_PATIENCE_SECONDS)
    expected = server_cpus() if len(os.sched_getaffinity(0)) > 1 else sorted(os.sched_getaffinity(0))
    assert (tmp_path / "cpus").read_text() == str(set(expected))


@pytest.mark.parametrize("end", ["", _WAIT], ids=["child has ended", "child lives"])
def test_cpu_time_of_children_counts(end: str, tmp_path: Path) -> None:
    done = tmp_path / "done"
    child = f"{_BURN}import pathlib; pathlib.Path({str(done)!r}).touch(); {end}"
    code = f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', {child!r}]); {_WAIT}"
    with running(_program(code), cpus=load_cpus(), log=tmp_path / "log") as measured:
        _wait_until(done.exists)
        _wait_until(lambda: measured.cpu_seconds() >= _BURNT_SECONDS)


def test_memory_is_what_the_process_holds(tmp_path: Path) -> None:
    port = find_free_port()
    code = f"held = b'x' * ({_ALLOCATED_MIB} << 20); {_LISTEN}{_WAIT}"
    program = _program(code, str(port), port=port)
    with running(program, cpus=load_cpus(), log=tmp_path / "log") as measured:
        assert measured.memory_mib() > _ALLOCATED_MIB


def test_process_that_has_ended_costs_nothing(tmp_path: Path) -> None:
    with running(_program(""), cpus=load_cpus(), log=tmp_path / "log") as measured:
        measured.process.wait(_PATIENCE_SECONDS)
        assert (measured.cpu_seconds(), measured.memory_mib()) == (0, 0)


def test_what_a_program_says_is_in_its_log(tmp_path: Path) -> None:
    with running(_program("print('Hello')"), cpus=load_cpus(), log=tmp_path / "log") as measured:
        measured.process.wait(_PATIENCE_SECONDS)
    assert (tmp_path / "log").read_text() == "Hello\n"
