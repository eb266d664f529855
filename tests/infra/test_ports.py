"""A port that was found stays free until the server for which it was found listens there."""

import socket
from contextlib import ExitStack

from rbm_ops.ports import find_free_port, is_listening

_MANY = 120


def _listen(port: int) -> socket.socket:
    server = socket.create_server(("127.0.0.1", port))  # with SO_REUSEADDR
    assert server.getsockname()[1] == port or port == 0
    return server


def test_port_that_was_found_is_offered_to_nobody_else_and_is_there_for_its_server() -> None:
    found = [find_free_port() for _ in range(_MANY)]
    with ExitStack() as servers:
        others = [servers.enter_context(_listen(0)).getsockname()[1] for _ in range(_MANY)]
        for port in found:
            assert not is_listening(port)
            servers.enter_context(_listen(port))
            assert is_listening(port)
    assert len({*found, *others}) == 2 * _MANY
