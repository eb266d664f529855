"""TCP ports on this machine: find a free one, wait until one answers."""

import os
import socket
import time
from collections import deque

_MOST_HELD = 128
# File descriptors, which end with the process: bound, though they never listen, so that the system offers
# their ports to nobody else.
_held: deque[int] = deque()


def find_free_port() -> int:
    """A port on which nobody listens, kept for whoever names it (with SO_REUSEADDR, as servers do).

    The last 128 that were found are given to nobody else while this process lives.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    port: int = holder.getsockname()[1]
    _held.append(holder.detach())
    if len(_held) > _MOST_HELD:
        os.close(_held.popleft())
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
