"""Webhooks: registered with the handshake, of the partner or of one agent."""

from typing import Annotated

import msgspec

from rbm_ops.simulator.changes import ShortText
from rbm_ops.simulator.control import models
from rbm_ops.simulator.control.agents import AgentPath
from rbm_ops.simulator.control.operation import AnyOperation, Call, Group, Nothing, Operation
from rbm_ops.simulator.errors import Status
from rbm_ops.simulator.resources import JsonObject, short_agent_id
from rbm_ops.simulator.webhooks import PARTNER, Webhooks


class ClientToken(models.Model, frozen=True):
    client_token: ShortText


class Registration(ClientToken, frozen=True):
    url: Annotated[str, msgspec.Meta(pattern=r"^https?://\S", max_length=2000)]


async def _list_webhooks(call: Call[Nothing, Nothing]) -> JsonObject:
    return {"webhooks": call.simulation.webhooks.list()}


async def _register_partner(call: Call[Nothing, Registration]) -> models.Handshake:
    return await _register(call.simulation.webhooks, PARTNER, call.body)


async def _register_agent(call: Call[AgentPath, Registration]) -> models.Handshake:
    agent = call.simulation.agents.find(call.parameters.agent_id)
    return await _register(call.simulation.webhooks, agent.agent_id, call.body)


async def _register(webhooks: Webhooks, agent_id: str, registration: Registration) -> models.Handshake:
    result = await webhooks.register(agent_id, registration.url, registration.client_token)
    return msgspec.convert(result, models.Handshake, from_attributes=True)


async def _remove_webhook(call: Call[AgentPath, Nothing]) -> JsonObject:
    call.simulation.webhooks.remove(short_agent_id(call.parameters.agent_id))
    return {"webhooks": call.simulation.webhooks.list()}


async def _rotate_token(call: Call[Nothing, ClientToken]) -> JsonObject:
    call.simulation.webhooks.rotate_token(call.body.client_token)
    return {"webhooks": call.simulation.webhooks.list()}


_REGISTRATION = {"url": "http://127.0.0.1:8080/", "clientToken": "SJENCPGJESMGUFPY"}

OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        group=Group.WEBHOOKS,
        method="GET",
        path="/control/webhooks",
        summary="The webhooks",
        parameters=Nothing,
        body=Nothing,
        answer=models.Webhooks,
        handle=_list_webhooks,
    ),
    Operation(
        group=Group.WEBHOOKS,
        method="PUT",
        path="/control/webhooks/partner",
        summary="Register the partner's webhook; nothing is registered unless the handshake succeeds",
        parameters=Nothing,
        body=Registration,
        example=_REGISTRATION,
        answer=models.Handshake,
        errors=(Status.FAILED_PRECONDITION,),
        handle=_register_partner,
    ),
    Operation(
        group=Group.WEBHOOKS,
        method="PUT",
        path="/control/webhooks/agents/{agentId}",
        summary="Register an agent's own webhook, which takes precedence over the partner's",
        parameters=AgentPath,
        body=Registration,
        example=_REGISTRATION,
        answer=models.Handshake,
        errors=(Status.FAILED_PRECONDITION, Status.PERMISSION_DENIED),
        handle=_register_agent,
    ),
    Operation(
        group=Group.WEBHOOKS,
        method="DELETE",
        path="/control/webhooks/agents/{agentId}",
        summary="Remove an agent's own webhook",
        parameters=AgentPath,
        body=Nothing,
        answer=models.Webhooks,
        errors=(Status.NOT_FOUND,),
        handle=_remove_webhook,
    ),
    Operation(
        group=Group.WEBHOOKS,
        method="POST",
        path="/control/client-token",
        summary="Rotate the token that signs the partner webhook's callbacks; without a handshake",
        parameters=Nothing,
        body=ClientToken,
        example={"clientToken": "ANOTHERTOKEN"},
        answer=models.Webhooks,
        errors=(Status.FAILED_PRECONDITION,),
        handle=_rotate_token,
    ),
)
