"""A gRPC service on this machine that fails and answers as a test wants."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.cloud.firestore_v1 import types as firestore
from google.pubsub_v1 import types as pubsub
from tests.functions.adapters.request_gate import RequestGate

from rbm_ops.emulators.rpc import BidiStream, ServerStream, ServiceTable, Unary

PublishRequest, PublishResponse = pubsub.PublishRequest.pb(), pubsub.PublishResponse.pb()
BatchWriteRequest, BatchWriteResponse = firestore.BatchWriteRequest.pb(), firestore.BatchWriteResponse.pb()
RunQueryRequest, RunQueryResponse = firestore.RunQueryRequest.pb(), firestore.RunQueryResponse.pb()
BatchGetRequest, BatchGetResponse = (
    firestore.BatchGetDocumentsRequest.pb(),
    firestore.BatchGetDocumentsResponse.pb(),
)

# What the real services take in one request, and a little more.
_OPTIONS = [("grpc.max_receive_message_length", 12_000_000)]


@dataclass
class ScriptedMethod(RequestGate):
    """Fails once with each of `failures`, then answers."""

    answer: Callable[[Any], Any]
    failures: list[grpc.StatusCode] = field(default_factory=list)
    metadata: list[Mapping[str, str]] = field(default_factory=list)
    words: str = "as the test wants"

    async def call(self, request: Any, context: Any) -> Any:
        self.metadata.append(dict(context.invocation_metadata()))
        await self.admit(request)
        if self.failures:
            await context.abort(self.failures.pop(0), self.words)
        return self.answer(request)

    async def stream(self, request: Any, context: Any) -> AsyncIterator[Any]:
        for answer in await self.call(request, context):
            yield answer


@contextlib.asynccontextmanager
async def serving(handler: grpc.GenericRpcHandler, port: int = 0) -> AsyncIterator[str]:
    """Where the service answers, as `host:port`."""
    server = grpc.aio.server(options=_OPTIONS)
    server.add_generic_rpc_handlers((handler,))
    port = server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await server.stop(grace=None)


def publisher_service(publish: ScriptedMethod) -> ServiceTable:
    return ServiceTable("google.pubsub.v1.Publisher", {"Publish": Unary(publish.call, PublishRequest)})


def firestore_service(
    batch_write: ScriptedMethod | None = None,
    batch_get: ScriptedMethod | None = None,
    run_query: ScriptedMethod | None = None,
) -> ServiceTable:
    methods: dict[str, Unary | ServerStream | BidiStream] = {}
    if batch_write:
        methods["BatchWrite"] = Unary(batch_write.call, BatchWriteRequest)
    if batch_get:
        methods["BatchGetDocuments"] = ServerStream(batch_get.stream, BatchGetRequest)
    if run_query:
        methods["RunQuery"] = ServerStream(run_query.stream, RunQueryRequest)
    return ServiceTable("google.firestore.v1.Firestore", methods)


def confirm_messages(request: Any) -> Any:
    """An id for each message: its own data, so that results can be told apart."""
    return PublishResponse(message_ids=[message.data.decode()[:20] for message in request.messages])
