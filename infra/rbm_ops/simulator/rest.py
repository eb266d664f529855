"""The REST API that businesses call: routes, the checks in front of them, answers."""

import json

from aiohttp import web

from rbm_ops.simulator.checks import (
    check_agent_event,
    check_agent_message,
    invalid,
    require_parameter,
    require_phone_number,
    require_uuid,
)
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.platform import Platform
from rbm_ops.simulator.resources import AgentResource, Collection, JsonObject, short_agent_id

_ID_PARAMETERS: dict[Collection, str] = {"agentMessages": "messageId", "agentEvents": "eventId"}


class RestApi:
    def __init__(self, platform: Platform, agents: frozenset[str]) -> None:
        self._platform = platform
        self._agents = frozenset(map(short_agent_id, agents))

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/phones/{phone}/agentMessages", self._create_message),
            web.delete("/v1/phones/{phone}/agentMessages/{messageId}", self._delete_message),
            web.post("/v1/phones/{phone}/agentEvents", self._create_event),
        ]

    async def _create_message(self, request: web.Request) -> web.Response:
        resource = self._read_resource(request, "agentMessages")
        body = await read_json_object(request)
        check_agent_message(body)
        return web.json_response(await self._platform.create_message(resource, body))

    async def _delete_message(self, request: web.Request) -> web.Response:
        self._platform.revoke_message(self._read_resource(request, "agentMessages"))
        return web.json_response({})

    async def _create_event(self, request: web.Request) -> web.Response:
        resource = self._read_resource(request, "agentEvents")
        body = await read_json_object(request)
        check_agent_event(body)
        return web.json_response(self._platform.create_event(resource, body))

    def _read_resource(self, request: web.Request, collection: Collection) -> AgentResource:
        """The id stands in the query of a create and in the path of a delete."""
        _require_bearer_token(request)
        parameters = {**request.query, **request.match_info}
        phone_number = require_phone_number(parameters["phone"])
        resource_id = require_uuid(parameters, _ID_PARAMETERS[collection])
        agent_id = short_agent_id(require_parameter(parameters, "agentId"))
        if self._agents and agent_id not in self._agents:
            raise ApiError(Status.PERMISSION_DENIED)
        return AgentResource(agent_id, phone_number, collection, resource_id)


async def read_json_object(request: web.Request) -> JsonObject:
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise invalid("Invalid JSON payload received.") from error
    if not isinstance(body, dict):
        raise invalid("Invalid JSON payload received: not an object.")
    return body


def _require_bearer_token(request: web.Request) -> None:
    """Any token will do: whose it is is beyond this simulator."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ApiError(Status.UNAUTHENTICATED)
