"""Agents: read, changed, tested, launched."""

import pytest

from rbm_ops.simulator.changes import AgentChange

NUMBER = "+4915155501234"
AGENT_ID = "growing-tree-bank"
AGENT = f"agents/{AGENT_ID}"


@pytest.fixture
async def agent(control) -> dict:
    _, agent = await control("PATCH", AGENT, {})
    return agent


async def test_agent_is_made_by_its_first_change(control, agent: dict) -> None:
    assert agent == {
        "agentId": AGENT_ID,
        "displayName": AGENT_ID,
        "color": "#0b57d0",
        "useCase": "TRANSACTIONAL",
        "hostingRegion": "us",
        "launches": {"*": "LAUNCHED"},
        "testers": {},
    }
    assert await control("GET", "agents") == (200, {"agents": [agent]})


async def test_agent_has_two_spellings(control, agent: dict) -> None:
    assert await control("GET", f"{AGENT}@rbm.goog") == (200, agent)


@pytest.mark.parametrize(
    "change",
    [
        {"displayName": "Growing Tree Bank"},
        {"color": "#123abc"},
        {"useCase": "MULTI_USE"},
        {"hostingRegion": "europe"},
        {"launches": {"T-Mobile": "PENDING"}},
        {"testers": {NUMBER: "DECLINED"}},
    ],
)
async def test_change_changes_that_and_nothing_else(control, agent: dict, change: dict) -> None:
    assert await control("PATCH", AGENT, change) == (200, agent | change)
    assert await control("GET", AGENT) == (200, agent | change)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"color": "red"}, "$.color"),
        ({"useCase": "FUN"}, "$.useCase"),
        ({"launches": {"*": "YES"}}, "$.launches"),
        ({"testers": {"me": "ACCEPTED"}}, "$.testers"),
        ({"name": "x"}, "name"),
    ],
)
async def test_impossible_change_is_refused(refusal, change: dict, fault: str) -> None:
    status, message = await refusal("PATCH", AGENT, change)
    assert status == "INVALID_ARGUMENT"
    assert fault in message


async def test_tester_comes_and_goes(control, agent: dict) -> None:
    path = f"{AGENT}/testers/{NUMBER}"
    _, invited = await control("PUT", path, {"inviteStatus": "PENDING"})
    assert invited["testers"] == {NUMBER: "PENDING"}
    assert await control("DELETE", path) == (200, agent)


async def test_whoever_is_no_tester_is_not_removed(refusal, agent: dict) -> None:
    assert (await refusal("DELETE", f"{AGENT}/testers/{NUMBER}"))[0] == "NOT_FOUND"


async def test_launch_changes_one_carrier_and_is_told(control, agent: dict, simulator, webhook) -> None:
    body = {"regionId": "T-Mobile", "newLaunchState": "SUSPENDED", "comment": "Spam."}
    _, answer = await control("POST", f"{AGENT}/launches", body)
    event = answer["event"]
    states = event["oldLaunchState"], event["newLaunchState"]
    assert (event["regionId"], states, event["comment"]) == ("T-Mobile", ("UNLAUNCHED", "SUSPENDED"), "Spam.")
    assert event["agentId"] == f"{AGENT_ID}@rbm.goog"
    _, changed = await control("GET", AGENT)
    assert changed["launches"] == {"*": "LAUNCHED", "T-Mobile": "SUSPENDED"}
    await simulator.advance(1)
    assert webhook.events == [event]
    assert webhook.requests[0]["headers"]["X-Goog-Webhook-Type"] == "agent_callback"


async def test_each_launch_is_an_event_of_its_own(control, agent: dict) -> None:
    body = {"regionId": "*", "newLaunchState": "LAUNCHED"}
    answers = [await control("POST", f"{AGENT}/launches", body) for _ in range(2)]
    assert len({answer["event"]["eventId"] for _, answer in answers}) == 2


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PUT", f"/testers/{NUMBER}", {"inviteStatus": "ACCEPTED"}),
        ("DELETE", f"/testers/{NUMBER}", None),
        ("POST", "/launches", {"regionId": "*", "newLaunchState": "LAUNCHED"}),
    ],
)
async def test_closed_house_knows_its_agents_only(simulate, method: str, path: str, body) -> None:
    async with simulate(agents={"other": AgentChange()}) as (_, business):
        status, _ = await business.call(method, f"/control/{AGENT}{path}", json=body)
        assert status == 403
        status, _ = await business.call("PATCH", f"/control/{AGENT}", json={})
        assert status == 200
        status, _ = await business.call("GET", f"/control/{AGENT}")
        assert status == 200
