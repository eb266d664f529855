"""The meter over gRPC, `rbm.emulators.Meter` beside the services that it counts; both ends of it."""

import dataclasses
from collections.abc import Iterable
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct

from rbm_ops.emulators.meter import Counts, Meter
from rbm_ops.emulators.rpc import ServicerContext, ServiceTable, Unary

_SERVICE = "rbm.emulators.Meter"
_TIMEOUT_SECONDS = 10


def meter_table(meter: Meter) -> ServiceTable:
    """`Read` takes `{documents: [full name]}` and answers the Counts; `Reset` begins anew."""

    async def read(request: Any, _context: ServicerContext) -> Any:
        return _pack(dataclasses.asdict(meter.read(_unpack(request).get("documents", ()))))

    async def reset(_request: Any, _context: ServicerContext) -> Any:
        meter.reset()
        return Empty()

    return ServiceTable(_SERVICE, {"Read": Unary(read, Struct), "Reset": Unary(reset, Empty)})


def read_meter(host: str, documents: Iterable[str] = ()) -> Counts | None:
    """What the emulators at this address have counted; None where they do not count: Google's own.

    `documents` are full names: `projects/…/documents/…`.
    """
    try:
        answer = _call(host, "Read", _pack({"documents": list(documents)}), Struct)
    except grpc.RpcError as error:
        if error.code() is grpc.StatusCode.UNIMPLEMENTED:
            return None
        raise
    return Counts(**{name: _whole(value) for name, value in _unpack(answer).items()})


def reset_meter(host: str) -> None:
    _call(host, "Reset", Empty(), Empty)


def _call(host: str, method: str, request: Any, answer: Any) -> Any:
    with grpc.insecure_channel(host) as channel:
        call = channel.unary_unary(
            f"/{_SERVICE}/{method}",
            request_serializer=type(request).SerializeToString,
            response_deserializer=answer.FromString,
        )
        return call(request, timeout=_TIMEOUT_SECONDS, wait_for_ready=True)


def _pack(fields: dict[str, Any]) -> Any:
    packed = Struct()
    packed.update(fields)
    return packed


def _unpack(packed: Any) -> dict[str, Any]:
    fields: dict[str, Any] = MessageToDict(packed)
    return fields


def _whole(value: Any) -> Any:
    """A Struct knows no integers."""
    return {name: int(count) for name, count in value.items()} if isinstance(value, dict) else int(value)
