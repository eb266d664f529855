"""Whom a request is from and whom it is to; what was found is noted on the request for the log of calls."""

from aiohttp import web

from rbm_ops.simulator.agents import Agent, Agents
from rbm_ops.simulator.checks import require_id, require_parameter, require_phone_number
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.phones import Phone, Phones
from rbm_ops.simulator.resources import AgentResource, Collection, JsonObject, short_agent_id
from rbm_ops.simulator.rest.choices import ApiChoices
from rbm_ops.simulator.rest.notes import AGENT_ID, PHONE_NUMBER, RESOURCE

_ID_PARAMETERS: dict[Collection, str] = {"agentMessages": "messageId", "agentEvents": "eventId"}


class Directory:
    def __init__(self, agents: Agents, phones: Phones, choices: ApiChoices) -> None:
        self._agents = agents
        self._phones = phones
        self._choices = choices

    def find_agent(self, request: web.Request, body: JsonObject | None = None) -> Agent:
        """By `agentId` in the body, where there can be one, or in the query."""
        parameters = body if body and "agentId" in body else request.query
        agent_id = require_parameter(parameters, "agentId")
        if not self._choices.takes_full_agent_ids and short_agent_id(agent_id) != agent_id:
            raise ApiError(Status.PERMISSION_DENIED)
        agent = self._agents.find(agent_id)
        request[AGENT_ID] = agent.agent_id
        return agent

    def find_phone(self, request: web.Request) -> Phone:
        phone_number = require_phone_number(request.match_info["phone"])
        request[PHONE_NUMBER] = phone_number
        return self._phones.find(phone_number)

    def name_resource(self, request: web.Request, agent: Agent, collection: Collection) -> AgentResource:
        """The id stands in the query of a create and in the path of a delete."""
        parameter = _ID_PARAMETERS[collection]
        parameters = request.match_info if parameter in request.match_info else request.query
        resource_id = require_id(parameters, parameter, strict=self._choices.strict_ids)
        resource = AgentResource(agent.agent_id, request[PHONE_NUMBER], collection, resource_id)
        request[RESOURCE] = resource
        return resource
