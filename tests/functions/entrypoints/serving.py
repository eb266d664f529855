"""Functions served as in production: the framework's own command, in the folder that is deployed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rbm_ops.ports import find_free_port, wait_until_listening

FUNCTIONS_FOLDER = Path(__file__).parents[3] / "functions"
FUNCTIONS = ("webhook", "correlate", "send")
START_SECONDS = 60
PATIENCE_SECONDS = 30

_FRAMEWORK = Path(sys.executable).with_name("functions-framework")
_INHERITED = ("HOME", "LANG", "PATH")

Settings = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ServedFunction:
    name: str
    port: int
    stdout: Path
    stderr: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def read_log(self) -> list[dict[str, Any]]:
        """Every entry so far; fails on a line that is not JSON."""
        return [json.loads(line) for line in self.stdout.read_text().splitlines()]

    def wait_until_logged(self, event: str, count: int) -> None:
        """Returns once so many entries have this name."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while sum(entry["event"] == event for entry in self.read_log()) < count:
            assert time.monotonic() < deadline, f"{self.name} did not log {event} {count} times"
            time.sleep(0.02)


def environment(settings: Settings) -> dict[str, str]:
    """These settings and no other that this machine may happen to have."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ} | dict(settings)


def framework_command(name: str, port: int) -> list[str]:
    address = ("--host", "127.0.0.1", "--port", str(port))
    return [str(_FRAMEWORK), "--source", f"{name}.py", "--target", name, *address]


@contextlib.contextmanager
def serve(settings: Mapping[str, Settings], folder: Path) -> Iterator[dict[str, ServedFunction]]:
    """Each function that `settings` names, started side by side; what they print goes to `folder`."""
    with contextlib.ExitStack() as running:
        served = {name: running.enter_context(_started(name, settings[name], folder)) for name in settings}
        for function in served.values():
            listens = wait_until_listening(function.port, timeout_seconds=START_SECONDS)
            assert listens, f"{function.name} did not start:\n{function.stderr.read_text()}"
        yield served


@contextlib.contextmanager
def _started(name: str, settings: Settings, folder: Path) -> Iterator[ServedFunction]:
    function = ServedFunction(name, find_free_port(), folder / f"{name}.out", folder / f"{name}.err")
    with function.stdout.open("wb") as stdout, function.stderr.open("wb") as stderr:
        process = subprocess.Popen(
            framework_command(name, function.port),
            cwd=FUNCTIONS_FOLDER,
            env=environment(settings),
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
    try:
        yield function
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # gunicorn's worker would outlive its master
        process.wait()
