"""Google's REST APIs on a loopback: fixed answers by path, 404 for all that has none."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from rbm_ops.google_apis import ADDRESSES, GoogleApis

# A JSON answer, an HTTP status, or what makes one of the query or the body.
Answer = dict[str, Any] | int | Callable[[dict[str, Any]], dict[str, Any]]


@dataclass
class FalseGoogle:
    """`answers` by API and path, such as `pubsub/projects/p/topics`; `asked`: which came, with what."""

    answers: dict[str, Answer]
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def answer(self, path: str, said: dict[str, Any]) -> tuple[int, bytes]:
        self.asked.append((path, said))
        found = self.answers.get(path, 404)
        if callable(found):
            found = found(said)
        if isinstance(found, int):
            error = {"code": found, "message": f"status {found} was wanted\nPRIVATE"}
            return found, json.dumps({"error": error}).encode()
        return 200, json.dumps(found).encode()


@contextlib.contextmanager
def running_google(google: FalseGoogle) -> Iterator[GoogleApis]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _make_handler(google))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    host = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield GoogleApis({"Authorization": "Bearer x"}, {api: f"{host}/{api}" for api in ADDRESSES})
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _make_handler(google: FalseGoogle) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(dict(parse_qsl(urlsplit(self.path).query)))

        def do_POST(self) -> None:
            self._reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _reply(self, said: dict[str, Any]) -> None:
            status, body = google.answer(urlsplit(self.path).path.lstrip("/"), said)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
