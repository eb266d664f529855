"""A call that is refused: the status and text that the client gets instead of an answer."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.error_details_pb2 import ErrorInfo  # type: ignore[import-untyped]
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]

from rbm_ops.emulators.pubsub.messages import plain
from rbm_ops.emulators.rpc import BidiStream, ServerStream, ServicerContext, Unary, UnaryCall

ServiceMethods = dict[str, Unary | ServerStream | BidiStream]
_Call = Callable[[Any], Awaitable[Any]]


class CallRefused(Exception):
    """Ends a call; `reasons` becomes an ErrorInfo, which clients read for exactly-once delivery."""

    def __init__(self, code: Any, text: str, reasons: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.reasons = reasons or {}


def not_found(text: str) -> CallRefused:
    return CallRefused(grpc.StatusCode.NOT_FOUND, text)


def already_exists(text: str) -> CallRefused:
    return CallRefused(grpc.StatusCode.ALREADY_EXISTS, text)


def invalid_argument(text: str) -> CallRefused:
    return CallRefused(grpc.StatusCode.INVALID_ARGUMENT, text)


def unavailable(text: str) -> CallRefused:
    return CallRefused(grpc.StatusCode.UNAVAILABLE, text)


def answer_each(calls: Mapping[str, tuple[_Call, Any]]) -> ServiceMethods:
    """Serve calls by name (method, proto-plus request class); a CallRefused that one raises is its answer."""
    return {name: Unary(_answering(call), plain(request)) for name, (call, request) in calls.items()}


def _answering(call: _Call) -> UnaryCall:
    async def answer(request: Any, context: ServicerContext) -> Any:
        try:
            return await call(request)
        except CallRefused as refused:
            return await abort(context, refused)

    return answer


async def abort(context: ServicerContext, refused: CallRefused) -> Any:
    return await context.abort(refused.code, refused.text, _trailing_metadata(refused))


def _trailing_metadata(refused: CallRefused) -> tuple[tuple[str, bytes], ...]:
    if not refused.reasons:
        return ()
    info = ErrorInfo(
        reason="EXACTLY_ONCE_ACKID_FAILURE", domain="pubsub.googleapis.com", metadata=refused.reasons
    )
    detail = AnyMessage()
    detail.Pack(info)
    status = Status(code=refused.code.value[0], message=refused.text, details=[detail])
    return (("grpc-status-details-bin", status.SerializeToString()),)
