"""All operations of the control API, and their routes."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

from rbm_ops.simulator.control import (
    agents,
    callbacks,
    clock,
    conversations,
    document,
    messages,
    phones,
    webhooks,
    wire,
)
from rbm_ops.simulator.control.operation import AnyOperation, Call, Nothing, Operation, RawOperation
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.rest.requests import answer_json, read_json_object
from rbm_ops.simulator.simulation import Simulation

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_DESCRIBED: tuple[AnyOperation, ...] = (
    *phones.OPERATIONS,
    *conversations.OPERATIONS,
    *agents.OPERATIONS,
    *webhooks.OPERATIONS,
    *callbacks.OPERATIONS,
    *messages.OPERATIONS,
    *wire.OPERATIONS,
    *clock.OPERATIONS,
)
OPERATIONS: tuple[AnyOperation, ...] = (*_DESCRIBED, *document.make_operations(_DESCRIBED))


class ControlApi:
    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def routes(self) -> list[web.RouteDef]:
        return [self._make_route(operation) for operation in OPERATIONS]

    def _make_route(self, operation: AnyOperation) -> web.RouteDef:
        if isinstance(operation, RawOperation):
            return web.get(operation.path, self._respond_raw(operation))
        return web.route(operation.method, operation.path, self._answer_json(operation))

    def _respond_raw(self, operation: RawOperation) -> Handler:
        async def respond(request: web.Request) -> web.StreamResponse:
            return await operation.respond(self._simulation, request)

        return respond

    def _answer_json(self, operation: Operation[Any, Any]) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            parameters = _convert({**request.query, **request.match_info}, operation.parameters, strict=False)
            body = Nothing()
            if operation.body is not Nothing:
                body = _convert(await read_json_object(request), operation.body, strict=True)
            return answer_json(await operation.handle(Call(self._simulation, parameters, body)))

        return answer


def _convert(value: object, model: Any, *, strict: bool) -> Any:
    """INVALID_ARGUMENT names the path of the fault. Not strict: text may stand for a number."""
    try:
        return msgspec.convert(value, model, strict=strict)
    except msgspec.ValidationError as fault:
        raise ApiError(Status.INVALID_ARGUMENT, str(fault)) from None
