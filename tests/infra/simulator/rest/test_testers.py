"""phones.testers and phones.dialogflowMessages."""

import asyncio

import pytest
from tests.infra.simulator.conftest import AGENT_ID

from rbm_ops.simulator.agents import InviteStatus

PHONE_NUMBER = "+14155550101"
DAY_SECONDS = 24 * 3600


async def invite(business, phone_number: str = PHONE_NUMBER, agent_id: str = AGENT_ID):
    return await business.call("POST", f"/v1/phones/{phone_number}/testers", params={"agentId": agent_id})


async def invite_many(business, numbers: range) -> set[int]:
    calls = [invite(business, f"+1415777{1000 + number}") for number in numbers]
    return {status for status, _ in await asyncio.gather(*calls)}


async def test_invite_is_pending(simulator, business) -> None:
    answer = {"name": f"phones/{PHONE_NUMBER}/testers", "inviteStatus": "PENDING"}
    assert await invite(business) == (200, answer)
    testers = simulator.simulation.agents.find(AGENT_ID).testers
    assert testers == {PHONE_NUMBER: InviteStatus.PENDING}


async def test_invite_to_a_phone_without_rcs_answers_not_found(simulator, business) -> None:
    simulator.simulation.phones.find(PHONE_NUMBER).has_rcs = False
    assert (await invite(business))[0] == 404


async def test_tester_who_accepted_stays_one(simulator, business) -> None:
    simulator.simulation.agents.find(AGENT_ID).testers[PHONE_NUMBER] = InviteStatus.ACCEPTED
    _, answer = await invite(business)
    assert answer["inviteStatus"] == "ACCEPTED"


async def test_tester_who_declined_has_to_be_removed_first(simulator, business) -> None:
    testers = simulator.simulation.agents.find(AGENT_ID).testers
    testers[PHONE_NUMBER] = InviteStatus.DECLINED
    status, answer = await invite(business)
    assert (status, answer["error"]["status"]) == (400, "FAILED_PRECONDITION")
    del testers[PHONE_NUMBER]
    assert (await invite(business))[0] == 200


async def test_agent_has_20_invites_a_day(simulator, business) -> None:
    assert await invite_many(business, range(20)) == {200}
    status, answer = await invite(business)
    assert (status, answer["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert (await invite(business, agent_id="other"))[0] == 200
    assert await invite_many(business, range(1)) == {200}
    await simulator.advance(DAY_SECONDS)
    assert (await invite(business))[0] == 200


async def test_agent_has_200_invites_in_all(simulator, business) -> None:
    for day in range(10):
        assert await invite_many(business, range(20 * day, 20 * day + 20)) == {200}
        await simulator.advance(DAY_SECONDS)
    assert (await invite(business))[0] == 429


@pytest.mark.parametrize("body", [{}, {"dialogflowEvent": {"intent": "a"}}])
async def test_dialogflow_is_not_enabled(business, body: dict) -> None:
    path = f"/v1/phones/{PHONE_NUMBER}/dialogflowMessages"
    status, answer = await business.call("POST", path, params={"agentId": AGENT_ID}, json=body)
    assert (status, answer["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert "Dialogflow" in answer["error"]["message"]
