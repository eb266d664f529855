"""Serve one gRPC service from a table of async methods, without generated code."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import grpc

from rbm_ops.emulators.meter import Meter

ServicerContext = Any  # grpc.aio.ServicerContext; grpcio ships no types
UnaryCall = Callable[[Any, ServicerContext], Awaitable[Any]]
StreamCall = Callable[[Any, ServicerContext], AsyncIterator[Any]]


@dataclass(frozen=True, slots=True)
class Unary:
    """One request, one answer. `request` is the plain protobuf class (`SomeRequest.pb()`)."""

    call: UnaryCall
    request: Any


@dataclass(frozen=True, slots=True)
class ServerStream:
    """One request, a stream of answers."""

    call: StreamCall
    request: Any


@dataclass(frozen=True, slots=True)
class BidiStream:
    """A stream of requests (the handler's first argument), a stream of answers."""

    call: StreamCall
    request: Any


class ServiceTable(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Routes `/{service}/{Method}` by a table; an unlisted method answers UNIMPLEMENTED and names itself."""

    def __init__(self, service: str, methods: dict[str, Unary | ServerStream | BidiStream]) -> None:
        self._prefix = f"/{service}/"
        self._handlers = {name: _method_handler(method) for name, method in methods.items()}

    def service(self, handler_call_details: Any) -> Any:
        path: str = handler_call_details.method
        if not path.startswith(self._prefix):
            return None
        name = path.removeprefix(self._prefix)
        return self._handlers.get(name) or _unimplemented(path)


class Metered(grpc.GenericRpcHandler):  # type: ignore[misc]
    """The same service, its calls counted."""

    def __init__(self, handler: grpc.GenericRpcHandler, meter: Meter) -> None:
        self._handler = handler
        self._meter = meter

    def service(self, handler_call_details: Any) -> Any:
        found = self._handler.service(handler_call_details)
        if found is not None:
            self._meter.note_call(handler_call_details.method)
        return found


def _method_handler(method: Unary | ServerStream | BidiStream) -> Any:
    make = {
        Unary: grpc.unary_unary_rpc_method_handler,
        ServerStream: grpc.unary_stream_rpc_method_handler,
        BidiStream: grpc.stream_stream_rpc_method_handler,
    }[type(method)]
    return make(
        method.call,
        request_deserializer=method.request.FromString,
        response_serializer=_serialize,
    )


def _serialize(message: Any) -> bytes:
    data: bytes = message.SerializeToString()
    return data


def _unimplemented(path: str) -> Any:
    async def refuse(_requests: AsyncIterator[bytes], context: ServicerContext) -> AsyncIterator[bytes]:
        await context.abort(
            grpc.StatusCode.UNIMPLEMENTED, f"The embedded emulator does not know the call {path}."
        )
        yield b""

    return grpc.stream_stream_rpc_method_handler(refuse)
