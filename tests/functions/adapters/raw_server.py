"""A server that answers each connection with the same bytes, whatever they are."""

import contextlib
import socket
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """Its address, `http://127.0.0.1:PORT`. A request is read to the end of its headers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, answer), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve(listener: socket.socket, answer: bytes) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.settimeout(10)
                _read_headers(connection)
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)
                connection.settimeout(0.5)
                while connection.recv(65536):
                    pass


def _read_headers(connection: socket.socket) -> None:
    received = b""
    while b"\r\n\r\n" not in received and (part := connection.recv(65536)):
        received += part
