"""Scenario: `rbm up`, from the start of the command until other commands find it ready."""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rbm_ops.bench.measures import OURS, Sample
from rbm_ops.bench.processes import BenchFailed, Measured, Program, load_cpus, running, server_cpus
from rbm_ops.bench.rounds import is_look
from rbm_ops.bench.setting import Setting
from rbm_ops.emulators import google
from rbm_ops.local.addresses import DEFAULT_PORT_BASE, PORT_NAMES, find_running
from rbm_ops.ports import is_listening

START_UP = "rbm up"
WITH_GOOGLE = "Google's emulators"
_PATIENCE_SECONDS = 90.0


def measure_start_up(setting: Setting) -> Iterator[Sample]:
    """With ours, and with Google's emulators where they are installed."""
    kinds = {OURS: "embedded"} | ({} if is_look(setting) or _is_google_missing() else {WITH_GOOGLE: "google"})
    for number in range(setting.rounds):
        for variant, emulators in kinds.items():
            setting.report(f"{START_UP}: {variant} ({number + 1} of {setting.rounds})")
            yield Sample(START_UP, variant, {"ready_seconds": _start(emulators, setting.folder / "up.log")})


def _start(emulators: str, log: Path) -> float:
    """Seconds until it was ready."""
    command = [str(Path(sys.executable).with_name("rbm")), "up", "--emulators", emulators]
    command += ["--port-base", str(_find_port_row())]
    with tempfile.TemporaryDirectory(prefix="rbm-bench-") as folder:
        up = Program("rbm up", command, environment={"RBM_STATE_DIR": folder})
        started_at = time.monotonic()
        with running(up, cpus=sorted({*server_cpus(), *load_cpus()}), log=log) as measured:
            try:
                return _wait_until_ready(measured, Path(folder), log) - started_at
            finally:
                measured.process.terminate()
                measured.process.wait(_PATIENCE_SECONDS)  # it ends children of its own first


def _wait_until_ready(measured: Measured, folder: Path, log: Path) -> float:
    """When it was, on the monotonic clock; raises BenchFailed."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while find_running(folder) is None:
        if measured.process.poll() is not None or time.monotonic() > deadline:
            raise BenchFailed(f"rbm up is not ready:\n{log.read_text()[-2000:]}")
        time.sleep(0.01)
    return time.monotonic()


def _find_port_row() -> int:
    """The first of as many free ports in a row as a cloud takes, clear of a cloud that runs as usual."""
    for base in range(DEFAULT_PORT_BASE + 1000, 32_000, len(PORT_NAMES)):
        if not any(map(is_listening, range(base, base + len(PORT_NAMES)))):
            return base
    raise BenchFailed("There is no row of free ports.")


def _is_google_missing() -> bool:
    try:
        google.firestore_command(1)
        google.pubsub_command(1)
    except google.EmulatorsMissing:
        return True
    return False
