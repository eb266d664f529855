"""TCP ports on this machine: find a free one, wait until one answers."""

import socket
import time


def find_free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until_listening(port: int, *, timeout_seconds: float) -> bool:
    """True as soon as the port accepts a connection, False when the time is up."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if is_listening(port):
            return True
        time.sleep(0.02)
    return False
