"""Between one instance and Google's services: its calls pass, or are refused, held, half done, trapped."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

import grpc
from tests.faults.points import Moment, Traps

from rbm_ledger.adapters.message_types import load_message

_TYPES = "google.cloud.firestore_v1.types.firestore"
_BatchWriteRequest = load_message(_TYPES, "BatchWriteRequest")
_BatchWriteResponse = load_message(_TYPES, "BatchWriteResponse")
_OPTIONS = (
    ("grpc.max_reconnect_backoff_ms", 500),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_receive_message_length", 64 << 20),
)
_CALLS = {
    "/google.pubsub.v1.Publisher/Publish": "publish",
    "/google.firestore.v1.Firestore/BatchWrite": "write",
    "/google.firestore.v1.Firestore/BatchGetDocuments": "read",
    "/google.firestore.v1.Firestore/RunQuery": "query",
}
_STREAMS = frozenset({"read", "query"})
_UPSTREAM_SECONDS = 30.0


class Harm(StrEnum):
    """REFUSE: nobody hears of the call. LOSE: it is done, and answered with an error. HOLD: it is late.
    HALVE: some writes of a batch are done, others are refused.
    """

    REFUSE = "refuse"
    LOSE = "lose"
    HOLD = "hold"
    HALVE = "halve"


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What befalls `ratio` of these calls: publish, write, read, query."""

    harm: Harm
    calls: frozenset[str]
    ratio: float = 1.0
    code: Any = grpc.StatusCode.UNAVAILABLE
    hold_seconds: float = 0.0


class GrpcGate:
    """`upstreams`: where each service answers, by the first part of its name: pubsub, firestore."""

    def __init__(self, instance: str, upstreams: Mapping[str, str], traps: Traps, dice: Random) -> None:
        self.disturbance: Disturbance | None = None
        self.disturbed = 0
        self._instance, self._upstreams, self._traps, self._dice = instance, upstreams, traps, dice

    async def start(self, port: int) -> None:
        self._channels = {
            service: grpc.aio.insecure_channel(address, options=_OPTIONS)
            for service, address in self._upstreams.items()
        }
        self._server = grpc.aio.server(options=_OPTIONS)
        self._server.add_generic_rpc_handlers([_Router(self)])
        self._server.add_insecure_port(f"127.0.0.1:{port}")
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop(grace=0)
        for channel in self._channels.values():
            await channel.close()

    async def pass_unary(self, method: str, request: bytes, context: Any) -> bytes:
        call = _CALLS.get(method, "")
        harmed = await self._meet(call, context)
        if harmed is not None and harmed.harm is Harm.HALVE:
            return await self._halve(method, request, context, harmed)
        answer: bytes = (await self._forward(method, request, context))[0]
        await self._part(call, harmed, context)
        return answer

    async def pass_stream(self, method: str, request: bytes, context: Any) -> AsyncIterator[bytes]:
        """The answers together: what is lost is lost as a whole."""
        call = _CALLS[method]
        harmed = await self._meet(call, context)
        answers = await self._forward(method, request, context)
        await self._part(call, harmed, context)
        for answer in answers:
            yield answer

    async def _meet(self, call: str, context: Any) -> Disturbance | None:
        """What happens before the call is made; the disturbance that has hit it."""
        if await self._traps.spring(self._instance, call, Moment.BEFORE):
            await context.abort(grpc.StatusCode.UNAVAILABLE, "killed before the call")
        found = self.disturbance
        if found is None or call not in found.calls or self._dice.random() >= found.ratio:
            return None
        self.disturbed += 1
        if found.harm is Harm.HOLD:
            await asyncio.sleep(found.hold_seconds)
        elif found.harm is Harm.REFUSE:
            await context.abort(found.code, "refused on purpose")
        return found

    async def _part(self, call: str, harmed: Disturbance | None, context: Any) -> None:
        """What happens after it was made."""
        if await self._traps.spring(self._instance, call, Moment.AFTER):
            await context.abort(grpc.StatusCode.UNAVAILABLE, "killed after the call")
        if harmed is not None and harmed.harm is Harm.LOSE:
            await context.abort(harmed.code, "done, and not told")

    async def _forward(self, method: str, request: bytes, context: Any) -> list[bytes]:
        channel = self._channels[method.split(".")[1]]
        metadata = [
            (name, value)
            for name, value in context.invocation_metadata()
            if name in ("authorization", "x-goog-request-params")
        ]
        try:
            if _CALLS.get(method) in _STREAMS:
                stream = channel.unary_stream(method)
                return [each async for each in stream(request, timeout=_UPSTREAM_SECONDS, metadata=metadata)]
            return [await channel.unary_unary(method)(request, timeout=_UPSTREAM_SECONDS, metadata=metadata)]
        except grpc.aio.AioRpcError as error:
            await context.abort(error.code(), error.details())
            raise AssertionError from error

    async def _halve(self, method: str, request: bytes, context: Any, harmed: Disturbance) -> bytes:
        whole = _BatchWriteRequest.FromString(request)
        done = [self._dice.random() < 0.5 for _ in whole.writes]
        part = _BatchWriteRequest(database=whole.database, writes=itertools.compress(whole.writes, done))
        told = _BatchWriteResponse()
        if part.writes:
            forwarded = await self._forward(method, part.SerializeToString(), context)
            told = _BatchWriteResponse.FromString(forwarded[0])
        results, statuses = iter(told.write_results), iter(told.status)
        answer = _BatchWriteResponse()
        for is_done in done:
            result, status = answer.write_results.add(), answer.status.add()
            if is_done:
                result.CopyFrom(next(results))
                status.CopyFrom(next(statuses))
            else:
                status.code, status.message = harmed.code.value[0], "this one was refused on purpose"
        return bytes(answer.SerializeToString())


class _Router(grpc.GenericRpcHandler):
    """Bytes in, bytes out: no message is decoded that need not be."""

    def __init__(self, gate: GrpcGate) -> None:
        self._gate = gate

    def service(self, handler_call_details: Any) -> Any:
        method: str = handler_call_details.method
        if _CALLS.get(method) in _STREAMS:

            async def stream(request: bytes, context: Any) -> AsyncIterator[bytes]:
                async for answer in self._gate.pass_stream(method, request, context):
                    yield answer

            return grpc.unary_stream_rpc_method_handler(stream)

        async def unary(request: bytes, context: Any) -> bytes:
            return await self._gate.pass_unary(method, request, context)

        return grpc.unary_unary_rpc_method_handler(unary)
