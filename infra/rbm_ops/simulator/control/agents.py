"""Agents: what they are for, where they are launched, and who tests them."""

import msgspec

from rbm_ops.simulator import agents
from rbm_ops.simulator.agents import InviteStatus, LaunchState
from rbm_ops.simulator.changes import AgentChange, AgentId, PhoneNumber, ShortText
from rbm_ops.simulator.control import models
from rbm_ops.simulator.control.operation import AnyOperation, Call, Group, Nothing, Operation
from rbm_ops.simulator.errors import ApiError, Status


class AgentPath(models.Model, frozen=True):
    agent_id: AgentId


class TesterPath(AgentPath, frozen=True):
    phone: PhoneNumber


class Invitation(models.Model, frozen=True):
    invite_status: InviteStatus


class Launch(models.Model, frozen=True):
    """`region_id` names a carrier as the agent's `launches` do, or is `*`."""

    region_id: ShortText
    new_launch_state: LaunchState
    comment: ShortText = ""


def _describe_agent(agent: agents.Agent) -> models.Agent:
    return msgspec.convert(agent, models.Agent, from_attributes=True)


async def _list_agents(call: Call[Nothing, Nothing]) -> models.Agents:
    return models.Agents(agents=[_describe_agent(agent) for agent in call.simulation.agents.list()])


async def _show_agent(call: Call[AgentPath, Nothing]) -> models.Agent:
    return _describe_agent(call.simulation.agents.find(call.parameters.agent_id))


async def _change_agent(call: Call[AgentPath, AgentChange]) -> models.Agent:
    agent = call.simulation.agents.make(call.parameters.agent_id)
    call.body.apply_to(agent)
    return _describe_agent(agent)


async def _put_tester(call: Call[TesterPath, Invitation]) -> models.Agent:
    agent = call.simulation.agents.find(call.parameters.agent_id)
    agent.testers[call.parameters.phone] = call.body.invite_status
    return _describe_agent(agent)


async def _remove_tester(call: Call[TesterPath, Nothing]) -> models.Agent:
    agent = call.simulation.agents.find(call.parameters.agent_id)
    if agent.testers.pop(call.parameters.phone, None) is None:
        raise ApiError(Status.NOT_FOUND)
    return _describe_agent(agent)


async def _launch(call: Call[AgentPath, Launch]) -> models.Event:
    launch = call.body
    event = call.simulation.launches.change(
        call.parameters.agent_id, launch.region_id, launch.new_launch_state, launch.comment
    )
    return models.Event(event=event)


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        group=Group.AGENTS,
        method="GET",
        path="/control/agents",
        summary="The agents of the partner",
        parameters=Nothing,
        body=Nothing,
        answer=models.Agents,
        handle=_list_agents,
    ),
    Operation(
        group=Group.AGENTS,
        method="GET",
        path="/control/agents/{agentId}",
        summary="One agent",
        parameters=AgentPath,
        body=Nothing,
        answer=models.Agent,
        errors=(Status.PERMISSION_DENIED,),
        handle=_show_agent,
    ),
    Operation(
        group=Group.AGENTS,
        method="PATCH",
        path="/control/agents/{agentId}",
        summary="Change an agent, or make it",
        parameters=AgentPath,
        body=AgentChange,
        example={"displayName": "Growing Tree Bank", "color": "#0b57d0"},
        answer=models.Agent,
        handle=_change_agent,
    ),
    Operation(
        group=Group.AGENTS,
        method="PUT",
        path="/control/agents/{agentId}/testers/{phone}",
        summary="Make a phone a tester, in whatever state its invitation is to be",
        parameters=TesterPath,
        body=Invitation,
        example={"inviteStatus": "ACCEPTED"},
        answer=models.Agent,
        errors=(Status.PERMISSION_DENIED,),
        handle=_put_tester,
    ),
    Operation(
        group=Group.AGENTS,
        method="DELETE",
        path="/control/agents/{agentId}/testers/{phone}",
        summary="Make a phone no tester",
        parameters=TesterPath,
        body=Nothing,
        answer=models.Agent,
        errors=(Status.PERMISSION_DENIED, Status.NOT_FOUND),
        handle=_remove_tester,
    ),
    Operation(
        group=Group.AGENTS,
        method="POST",
        path="/control/agents/{agentId}/launches",
        summary="Change the launch state with one carrier, or all others; the webhook is told",
        parameters=AgentPath,
        body=Launch,
        example={"regionId": "*", "newLaunchState": "SUSPENDED"},
        answer=models.Event,
        errors=(Status.PERMISSION_DENIED,),
        handle=_launch,
    ),
)
