"""Until its launch an agent reaches testers only, and after it the carriers that it was launched with."""

import pytest
from tests.infra.simulator.conftest import AGENT_ID

from rbm_ops.simulator.agents import InviteStatus, LaunchState

PHONE_NUMBER = "+14155550101"
EVENT_ID = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"


@pytest.fixture
def agent(simulator):
    return simulator.simulation.agents.find(AGENT_ID)


async def create_event(business) -> int:
    path = f"/v1/phones/{PHONE_NUMBER}/agentEvents"
    parameters = {"eventId": EVENT_ID, "agentId": AGENT_ID}
    status, _ = await business.call("POST", path, params=parameters, json={"eventType": "IS_TYPING"})
    return status


async def get_capabilities(business) -> int:
    path = f"/v1/phones/{PHONE_NUMBER}/capabilities"
    status, _ = await business.call("GET", path, params={"agentId": AGENT_ID})
    return status


@pytest.mark.parametrize("state", [state for state in LaunchState if state is not LaunchState.LAUNCHED])
async def test_unlaunched_agent_answers_permission_denied(business, agent, state: LaunchState) -> None:
    agent.launches = {"*": state}
    status, answer = await business.create(PHONE_NUMBER)
    assert (status, answer["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert "tester" in answer["error"]["message"]
    assert await create_event(business) == 403
    assert await get_capabilities(business) == 404


async def test_agent_launched_with_another_carrier_answers_not_found(business, agent) -> None:
    agent.launches = {"Verizon": LaunchState.LAUNCHED}
    status, answer = await business.create(PHONE_NUMBER)
    assert (status, answer["error"]["status"]) == (404, "NOT_FOUND")
    assert await create_event(business) == 404
    assert await get_capabilities(business) == 404


async def test_launch_with_a_carrier_counts_more_than_that_with_the_rest(business, agent) -> None:
    agent.launches = {"*": LaunchState.LAUNCHED, "T-Mobile": LaunchState.SUSPENDED}
    assert (await business.create(PHONE_NUMBER))[0] == 404
    assert (await business.create("+491715550101"))[0] == 200


@pytest.mark.parametrize(
    ("invite", "status"),
    [(InviteStatus.ACCEPTED, 200), (InviteStatus.PENDING, 403), (InviteStatus.DECLINED, 403)],
)
async def test_unlaunched_agent_reaches_testers_who_accepted(
    business, agent, invite: InviteStatus, status: int
) -> None:
    agent.launches, agent.testers = {}, {PHONE_NUMBER: invite}
    assert (await business.create(PHONE_NUMBER))[0] == status
    assert await create_event(business) == status
    assert await get_capabilities(business) == (200 if status == 200 else 404)
