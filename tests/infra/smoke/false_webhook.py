"""What may stand where webhook should: each kind of call gets one answer."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Answer:
    """`is_late`: it never comes."""

    status: int
    body: bytes
    content_type: str
    is_late: bool = False


@contextlib.contextmanager
def running_webhook(*, delivery: Answer | None = None, handshake: Answer | None = None) -> Iterator[str]:
    """Its address. Without a `handshake` it is answered as webhook does, with the secret."""
    is_over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if "secret" in body:
                self._answer(handshake or Answer(200, body["secret"].encode(), "text/plain"))
            else:
                assert delivery is not None
                self._answer(delivery)

        def _answer(self, answer: Answer) -> None:
            if answer.is_late:
                is_over.wait()
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Nothing to standard error."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            is_over.set()
            server.shutdown()
            thread.join()
