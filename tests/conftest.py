"""Emulators, started once per run: ours always, Google's where they are installed."""

import contextlib
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings

import rbm_ops.before_grpc  # noqa: F401 - its place is before all others
from rbm_ops.emulators import google
from rbm_ops.ports import find_free_port, wait_until_listening

# Enough to find what is wrong, little enough for every commit. In CI the inputs are the same each time.
settings.register_profile(
    "ledger",
    max_examples=40,
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],  # a busy machine is not a fault
)
settings.load_profile("ledger")


@dataclass(frozen=True, slots=True)
class Emulators:
    """Where a Pub/Sub and a Firestore emulator answer, as `host:port`."""

    kind: str
    pubsub_host: str
    firestore_host: str


def pytest_report_header() -> str:
    missing = _missing_google_emulators()
    return f"Google's emulators: {missing or 'found, the contract suites run against them too'}"


def pytest_sessionstart(session: pytest.Session) -> None:
    missing = _missing_google_emulators()
    if missing and os.environ.get("CI"):
        raise pytest.UsageError(f"CI needs Google's emulators. {missing}")


def _missing_google_emulators() -> str:
    try:
        google.firestore_command(1)
        google.pubsub_command(1)
    except google.EmulatorsMissing as missing:
        return str(missing)
    return ""


@pytest.fixture(scope="session")
def embedded_emulators() -> Iterator[Emulators]:
    pubsub_port, firestore_port = find_free_port(), find_free_port()
    command = [sys.executable, "-m", "rbm_ops.emulators"]
    command += ["--pubsub-port", str(pubsub_port), "--firestore-port", str(firestore_port)]
    with _running(command, pubsub_port), _port_open(firestore_port):
        yield Emulators("embedded", f"127.0.0.1:{pubsub_port}", f"127.0.0.1:{firestore_port}")


@pytest.fixture(scope="session")
def google_emulators() -> Iterator[Emulators]:
    if missing := _missing_google_emulators():
        pytest.skip(missing)
    pubsub_port, firestore_port = find_free_port(), find_free_port()
    with (
        _running(google.pubsub_command(pubsub_port), pubsub_port),
        _running(google.firestore_command(firestore_port), firestore_port),
    ):
        yield Emulators("google", f"127.0.0.1:{pubsub_port}", f"127.0.0.1:{firestore_port}")


@pytest.fixture(scope="session", params=["embedded", "google"])
def emulators(request: pytest.FixtureRequest) -> Emulators:
    """Each contract test runs against our emulators and against Google's."""
    found: Emulators = request.getfixturevalue(f"{request.param}_emulators")
    return found


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    """What a test sets, or a client of Google's that it opens, is not the next one's."""
    with patch.dict(os.environ):
        yield


@pytest.fixture
def project() -> str:
    """A project of its own per test: both kinds of emulator keep projects apart."""
    return f"test-{uuid.uuid4().hex[:12]}"


@contextlib.contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with _port_open(port):
            yield
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextlib.contextmanager
def _port_open(port: int) -> Iterator[None]:
    assert wait_until_listening(port, timeout_seconds=60), f"nothing listens on port {port}"
    yield
