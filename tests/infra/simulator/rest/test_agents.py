"""The agents of a partner: a closed list of them, or an open house."""

import pytest

from rbm_ops.simulator.agents import Agent, Agents, LaunchState, UseCase
from rbm_ops.simulator.errors import ApiError, Status


def test_open_house_makes_an_agent_that_is_launched_everywhere() -> None:
    agents = Agents(is_open=True)
    agent = agents.find("new@rbm.goog")
    assert (agent.agent_id, agent.use_case, agent.launches) == (
        "new",
        UseCase.TRANSACTIONAL,
        {"*": LaunchState.LAUNCHED},
    )
    assert agents.find("new") is agent
    assert agents.list() == [agent]


def test_closed_list_knows_its_own_only() -> None:
    agents = Agents(is_open=False)
    agent = agents.make("ours@rbm.goog")
    assert agents.find("ours") is agent
    with pytest.raises(ApiError) as refusal:
        agents.find("theirs")
    assert refusal.value.status is Status.PERMISSION_DENIED


def test_open_house_has_an_end() -> None:
    agents = Agents(is_open=True)
    for number in range(1000):
        agents.find(f"agent-{number}")
    with pytest.raises(ApiError):
        agents.find("one-more")
    assert agents.find("agent-0").agent_id == "agent-0"


def test_agent_that_is_put_replaces_its_namesake() -> None:
    agents = Agents(is_open=False)
    agents.make("ours")
    other = Agent(agent_id="ours", use_case=UseCase.OTP)
    agents.put(other)
    assert agents.find("ours") is other


def test_launches_of_one_agent_are_its_own() -> None:
    agents = Agents(is_open=True)
    agents.find("one").launches["*"] = LaunchState.SUSPENDED
    assert agents.find("other").launches == {"*": LaunchState.LAUNCHED}
