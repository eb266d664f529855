"""The wire log's view of the REST API: one record for each call, with its answer."""

import time

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from rbm_ops.simulator.clock import Clock
from rbm_ops.simulator.resources import JsonObject, format_time
from rbm_ops.simulator.rest.notes import AGENT_ID, BODY, PHONE_NUMBER, RESOURCE, RPC
from rbm_ops.simulator.wire import WireLog

# A larger body is named by its size: the log keeps thousands of them.
_MAX_KEPT_BYTES = 32 * 1024


def make_call_recorder(wire: WireLog, clock: Clock) -> Middleware:
    @web.middleware
    async def record_call(request: web.Request, handler: Handler) -> web.StreamResponse:
        started_at = time.perf_counter()
        response: web.StreamResponse | None = None
        try:
            response = await handler(request)
            return response
        finally:
            if RPC in request:
                latency_ms = round((time.perf_counter() - started_at) * 1000, 2)
                wire.add(
                    _describe_call(request, response, time=format_time(clock.now()), latency_ms=latency_ms)
                )

    return record_call


def _describe_call(
    request: web.Request, response: web.StreamResponse | None, *, time: str, latency_ms: float
) -> JsonObject:
    """`httpStatus` 0: the caller went away before the answer."""
    answer = _decode_answer(response)
    return {
        "kind": "call",
        "time": time,
        "rpc": request[RPC],
        "method": request.method,
        "path": request.path_qs,
        **_describe_target(request),
        "httpStatus": response.status if response is not None else 0,
        "status": _status_of(response, answer),
        "latencyMs": latency_ms,
        "request": _keep_small(request),
        "answer": answer,
    }


def _describe_target(request: web.Request) -> JsonObject:
    """Whom the call is about, as far as it was understood."""
    resource = request.get(RESOURCE)
    target = {
        "agentId": request.get(AGENT_ID),
        "phoneNumber": request.get(PHONE_NUMBER),
        "messageId": resource.resource_id if resource else None,
    }
    return {name: value for name, value in target.items() if value is not None}


def _keep_small(request: web.Request) -> JsonObject | None:
    size_bytes = request.content_length or 0
    if size_bytes > _MAX_KEPT_BYTES:
        return {"omitted": f"{size_bytes} bytes"}
    return request.get(BODY)


def _decode_answer(response: web.StreamResponse | None) -> JsonObject:
    if not isinstance(response, web.Response) or not isinstance(response.body, bytes):
        return {}
    if len(response.body) > _MAX_KEPT_BYTES:
        return {"omitted": f"{len(response.body)} bytes"}
    answer = msgspec.json.decode(response.body)
    return answer if isinstance(answer, dict) else {}


def _status_of(response: web.StreamResponse | None, answer: JsonObject) -> str:
    if response is None:
        return "NO_ANSWER"
    error = answer.get("error")
    return str(error["status"]) if isinstance(error, dict) else "OK"
