"""The simulator as a process of its own."""

import signal
import subprocess
import sys
import urllib.request

import pytest

from rbm_ops.ports import find_free_port, wait_until_listening
from rbm_ops.simulator.fates import describe_fates

COMMAND = [sys.executable, "-m", "rbm_ops.simulator"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_the_process_silently(number: signal.Signals) -> None:
    port = find_free_port()
    options = ["--port", str(port), "--webhook-url", "http://127.0.0.1:9/", "--client-token", "token"]
    options += ["--agents", "a,b", "--seed", "7", "--pace", "0.5", "--reused-id", "409"]
    process = subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert wait_until_listening(port, timeout_seconds=30)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            assert answer.status == 200
    finally:
        process.send_signal(number)
    output = process.communicate(timeout=30)
    assert (process.returncode, *output) == (0, b"", b"")


def test_list_shows_the_fates() -> None:
    listing = subprocess.run([*COMMAND, "--list"], capture_output=True, check=True, timeout=30)
    assert listing.stdout.decode().strip() == describe_fates()
