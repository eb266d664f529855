"""Scenario: from the start of a process until it has answered one real request, and the memory it has then.

Emulators ask for no identity; one start loads what that takes in the cloud all the same. Two more show what
byte code decides: one that finds none at all, and one that finds none of our own modules, as in an image that
was built without a date (infra/functions.tf).
"""

import contextlib
import dataclasses
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rbm_ops.bench.bodies import push_requests, receipts, webhook_requests
from rbm_ops.bench.driving import Load, drive
from rbm_ops.bench.imports import LOAD_IDENTITY
from rbm_ops.bench.measures import (
    HELLO_ASYNC,
    HELLO_SYNC,
    OURS,
    USUAL,
    USUAL_EACH,
    USUAL_UPDATES_ON,
    Sample,
)
from rbm_ops.bench.processes import BenchFailed, Measured, Program, load_cpus, running, server_cpus
from rbm_ops.bench.rounds import is_look
from rbm_ops.bench.send import make_send_requests, post_request, send_variants
from rbm_ops.bench.setting import Setting
from rbm_ops.bench.variants import (
    Variant,
    correlate_variants,
    find_program,
    hello_variants,
    our_program,
    webhook_variants,
)

COLD_START = "cold start"
WITH_IDENTITY = "cold start, with the modules of an identity"
WITHOUT_BYTE_CODE = "cold start, no byte code"
WITHOUT_OUR_BYTE_CODE = "cold start, no byte code of our own modules"
UNDER_LOAD = "memory under load"

# A start is short, and the next one may be half as long again: fewer say little.
_LEAST_ROUNDS = 5
_PATIENCE_SECONDS = 30.0
_CONNECTIONS = 32
_REQUESTS = 2000


@dataclass(frozen=True, slots=True)
class _Start:
    """A function, and what it is asked; `make_requests(n)` are n that were never sent before."""

    variant: Variant
    make_requests: Callable[[int], list[bytes]]

    def changed(self, *, folder: Path | None = None, environment: Mapping[str, str]) -> "_Start":
        program = self.variant.program
        changed = dataclasses.replace(
            program,
            folder=folder or program.folder,
            environment={**(program.environment or {}), **environment},
        )
        return _Start(Variant(self.variant.name, changed), self.make_requests)


def measure_cold_start(setting: Setting) -> Iterator[Sample]:
    """Five rounds at least, where there is time for more than a look. The simulator shares the load's CPU."""
    port = setting.addresses.port("simulator")
    simulator = Program("simulator", (sys.executable, "-m", "rbm_ops.simulator", "--port", str(port)), port)
    with running(simulator, cpus=load_cpus(), log=setting.log(simulator)):
        starts = _starts(setting)
        rounds = setting.rounds if is_look(setting) else max(setting.rounds, _LEAST_ROUNDS)
        yield from _measure(setting, COLD_START, starts, rounds)
        yield from _measure_under_load(
            setting, [*_of(starts, HELLO_SYNC), *_of(starts, HELLO_ASYNC), *_of(starts, OURS)]
        )
        if not is_look(setting):
            yield from _measure(setting, WITH_IDENTITY, _with_identity(setting, starts), rounds)
            ours = _without_our_byte_code(setting, starts)
            yield from _measure(setting, WITHOUT_OUR_BYTE_CODE, ours, rounds)
            none = _without_byte_code(setting, starts)
            yield from _measure(setting, WITHOUT_BYTE_CODE, none, setting.rounds)


def _starts(setting: Setting) -> list[_Start]:
    platform = f"http://{setting.addresses.simulator}"
    make_requests = {"webhook": webhook_requests, "correlate": _make_pushes, "send": _make_posts}
    usual = {
        "webhook": find_program(webhook_variants(setting.addresses), USUAL_EACH),
        "correlate": find_program(correlate_variants(setting.addresses), USUAL),
        "send": find_program(send_variants(setting, platform), USUAL_UPDATES_ON),
    }
    ours = {name: our_program(name, setting.addresses) for name in usual}
    return [
        *(_Start(variant, webhook_requests) for variant in hello_variants()),
        *(_Start(Variant(f"{USUAL}, {name}", usual[name]), make_requests[name]) for name in usual),
        *(_Start(Variant(f"{OURS}, {name}", ours[name]), make_requests[name]) for name in ours),
    ]


def _make_pushes(count: int) -> list[bytes]:
    return push_requests(receipts(count))


def _make_posts(count: int) -> list[bytes]:
    return [post_request(request) for request in make_send_requests(count)]


def _with_identity(setting: Setting, starts: Sequence[_Start]) -> list[_Start]:
    """Loaded by the interpreter before it begins with the function: which comes first does not matter."""
    folder = setting.folder / "identity"
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(LOAD_IDENTITY)
    identity = {"PYTHONPATH": str(folder)}
    return [*_of(starts, HELLO_ASYNC), *(start.changed(environment=identity) for start in _of(starts, OURS))]


def _without_byte_code(setting: Setting, starts: Sequence[_Start]) -> list[_Start]:
    nowhere = {"PYTHONPYCACHEPREFIX": str(setting.folder / "nowhere"), "PYTHONDONTWRITEBYTECODE": "1"}
    return [start.changed(environment=nowhere) for start in starts]


def _without_our_byte_code(setting: Setting, starts: Sequence[_Start]) -> list[_Start]:
    """From a copy of the sources, for which nothing is written; the async hello-world as it is."""
    ours = _of(starts, OURS)
    copy = setting.folder / "sources"
    sources = ours[0].variant.program.folder or Path()
    shutil.copytree(sources, copy, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    environment = {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    changed = (start.changed(folder=copy, environment=environment) for start in ours)
    return [*_of(starts, HELLO_ASYNC), *changed]


def _of(starts: Sequence[_Start], kind: str) -> list[_Start]:
    return [start for start in starts if start.variant.name.startswith(kind)]


def _measure(setting: Setting, scenario: str, starts: Sequence[_Start], rounds: int) -> Iterator[Sample]:
    for number in range(rounds):
        for start in starts:
            setting.report(f"{scenario}: {start.variant.name} ({number + 1} of {rounds})")
            [request] = start.make_requests(1)
            began_at = time.perf_counter()
            with _begun(setting, start) as server:
                answered_at = _wait_for_answer(server, request, setting.log(start.variant.program))
                figures = {
                    "first_answer_ms": 1000 * (answered_at - began_at),
                    "cpu_ms": 1000 * server.cpu_seconds(),
                    "memory_mib": server.memory_mib(),
                }
            yield Sample(scenario, start.variant.name, figures)


def _measure_under_load(setting: Setting, starts: Sequence[_Start]) -> Iterator[Sample]:
    for number in range(setting.rounds):
        for start in starts:
            setting.report(f"{UNDER_LOAD}: {start.variant.name} ({number + 1} of {setting.rounds})")
            requests = start.make_requests(_REQUESTS)
            load = Load(requests[1:], _CONNECTIONS, setting.seconds, setting.warm_up_seconds)
            with _begun(setting, start) as server:
                _wait_for_answer(server, requests[0], setting.log(start.variant.program))
                at_rest_mib = server.memory_mib()
                under_load_mib = drive(server, load)["memory_mib"]
            figures = {"at_rest_mib": at_rest_mib, "memory_mib": under_load_mib}
            yield Sample(UNDER_LOAD, start.variant.name, figures)


@contextlib.contextmanager
def _begun(setting: Setting, start: _Start) -> Iterator[Measured]:
    """From the first moment: not yet listening."""
    program = start.variant.program
    unheard = dataclasses.replace(program, port=0)
    with running(unheard, cpus=server_cpus(), log=setting.log(program)) as server:
        server.port = program.port
        yield server


def _wait_for_answer(server: Measured, request: bytes, log: Path) -> float:
    """When it came, on the performance counter; raises BenchFailed where it is not 2xx."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        answer = _ask(server.port, request)
        if answer.startswith(b"HTTP/1.1 2"):
            return time.perf_counter()
        if answer or server.process.poll() is not None or time.monotonic() > deadline:
            raise BenchFailed(f"No first answer but {answer[:100]!r}:\n{log.read_text()[-2000:]}")
        time.sleep(0.001)


def _ask(port: int, request: bytes) -> bytes:
    """The beginning of the answer; empty while nobody listens."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_SECONDS) as connection:
            connection.sendall(request)
            return connection.recv(4096)
    except ConnectionError:
        return b""
