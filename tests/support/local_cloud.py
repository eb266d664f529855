"""Run the `rbm` command as a person does, in a folder of its own, and see what it leaves behind."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rbm_ops.local.addresses import PORT_NAMES
from rbm_ops.ports import is_listening

PATIENCE_SECONDS = 90
_BIN = Path(sys.executable).parent


def find_port_row() -> str:
    """The first of as many free ports in a row as a cloud takes, below those that connections get."""
    start = 20_000 + os.getpid() % 1000 * 10
    rows = (range(base, base + len(PORT_NAMES)) for base in range(start, 32_000, 10))
    return str(next(row for row in rows if not any(map(is_listening, row)))[0])


def wait_until(condition: Callable[[], object], *, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Rbm:
    """`rbm` with a state folder of its own. Without gcloud and Java unless `path` brings them."""

    state_folder: Path
    path: str = str(_BIN)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PATH": self.path, "RBM_STATE_DIR": str(self.state_folder)}

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(_BIN / "rbm"), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    @contextlib.contextmanager
    def started(self, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
        """The command in the background; asked to end when the block does, if it has not."""
        process = subprocess.Popen(
            [str(_BIN / "rbm"), *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.communicate(timeout=PATIENCE_SECONDS)

    def running(self, folder: str = "") -> Mapping[str, object]:
        """What the file of the running cloud says; empty when there is none."""
        try:
            running: dict[str, object] = json.loads((self.state_folder / folder / "running.json").read_text())
        except (OSError, ValueError):
            return {}
        return running

    def wait_until_ready(self) -> None:
        wait_until(lambda: self.running().get("is_ready"), what="the local cloud is ready")

    def process_ids(self, folder: str = "") -> dict[str, int]:
        found = self.running(folder).get("process_ids", {})
        assert isinstance(found, dict)
        return found


def is_alive(process_id: int) -> bool:
    """False for a zombie too: nobody has fetched its status, but it runs no more."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
