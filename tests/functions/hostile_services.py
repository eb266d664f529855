"""Google's services and the RBM platform, saying back whatever they were given, in every place there is."""

import contextlib
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc
from google.cloud.firestore_v1 import types as firestore
from google.pubsub_v1 import types as pubsub

_TYPES = {
    "Publish": (pubsub.PublishRequest.pb(), pubsub.PublishResponse.pb()),
    "BatchWrite": (firestore.BatchWriteRequest.pb(), firestore.BatchWriteResponse.pb()),
    "BatchGetDocuments": (firestore.BatchGetDocumentsRequest.pb(), firestore.BatchGetDocumentsResponse.pb()),
    "RunQuery": (firestore.RunQueryRequest.pb(), firestore.RunQueryResponse.pb()),
}
_STREAMS = {"BatchGetDocuments", "RunQuery"}
_FIELDS = ("stateRank", "events", "attempts", "fingerprints", "optedOutAtMs", "atMs", "fallback", "claim")
_INVALID = grpc.StatusCode.INVALID_ARGUMENT.value[0]


@dataclass
class HostileGoogle(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Pub/Sub and Firestore on one port: each call ends with `code`; None: it ends well.

    `words` are in every status; `refuses_writes`: also in that of each write. Documents are never there;
    `makes_no_sense`: all of them are, and hold `words` where they hold anything.
    """

    words: str
    code: grpc.StatusCode | None = None
    refuses_writes: bool = False
    makes_no_sense: bool = False
    called: set[str] = field(default_factory=set)
    host: str = ""

    def service(self, details: Any) -> Any:
        method = details.method.rpartition("/")[2]
        request, answer = _TYPES[method]
        make, call = grpc.unary_unary_rpc_method_handler, self._call
        if method in _STREAMS:
            make, call = grpc.unary_stream_rpc_method_handler, self._stream
        return make(partial(call, method), request.FromString, answer.SerializeToString)

    def _call(self, method: str, request: Any, context: Any) -> Any:
        self.called.add(method)
        if self.code is not None:
            context.abort(self.code, self.words)
        answer = _TYPES[method][1]()
        if method == "Publish":
            answer.message_ids.extend(str(index) for index, _ in enumerate(request.messages))
        for _ in getattr(request, "writes", ()):
            answer.status.add(code=_INVALID * self.refuses_writes, message=self.words)
            answer.write_results.add()
        return answer

    def _stream(self, method: str, request: Any, context: Any) -> Iterator[Any]:
        answer = self._call(method, request, context)
        for name in getattr(request, "documents", ()) if self.makes_no_sense else ():
            answer.found.name = name
            for field_name in _FIELDS:
                answer.found.fields[field_name].string_value = self.words
            yield answer


@contextlib.contextmanager
def running_google(words: str) -> Iterator[HostileGoogle]:
    google = HostileGoogle(words)
    server = grpc.server(ThreadPoolExecutor(16), handlers=(google,))
    google.host = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield google
    finally:
        server.stop(None).wait()


@dataclass
class HostilePlatform:
    """Answers with `status`; `form` is how: as an error, as a success, or as what is no HTTP at all."""

    status: int = 200
    form: str = "error"
    url: str = ""

    def answer(self, heard: str) -> bytes:
        said = json.dumps(heard)
        error = f'{{"error": {{"code": {said}, "status": {said}, "message": {said}}}}}'
        body = {"error": error, "echo": f'{{"name": {said}}}', "text": heard}[self.form.split()[0]].encode()
        odd = f": {heard!r}\r\nX-Odd\r\n" if self.form == "text odd" else ""
        return f"HTTP/1.1 {self.status} {heard!r}\r\n{odd}Content-Length: {len(body)}\r\n\r\n".encode() + body


@contextlib.contextmanager
def running_platform() -> Iterator[HostilePlatform]:
    platform = HostilePlatform()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            heard = f"{self.path} {self.headers['Authorization']} {body.decode()}"
            self.wfile.write(platform.answer(heard))
            self.close_connection = True

        do_POST = do_GET = do_DELETE = answer

        def log_message(self, *arguments: object) -> None:
            """Nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128  # every kind of request comes at once

    server = Server(("127.0.0.1", 0), Handler)
    platform.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
