"""Agents: what they are for, where they are launched, and who tests them."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.phones import Phone
from rbm_ops.simulator.regions import Region
from rbm_ops.simulator.resources import short_agent_id

EVERY_CARRIER = "*"
# Only agents that a caller makes up are counted; a run of nonsense must not fill the memory.
_MOST_AGENTS = 1000
_AGENT_ID = re.compile(r"[\w.-]{1,200}", re.ASCII)


class UseCase(StrEnum):
    """Source: guides/learn/agent-use-cases, 2026."""

    OTP = "OTP"
    TRANSACTIONAL = "TRANSACTIONAL"
    PROMOTIONAL = "PROMOTIONAL"
    MULTI_USE = "MULTI_USE"


class LaunchState(StrEnum):
    """Source: reference/rest/v1/AgentLaunchEvent, April 2026."""

    UNLAUNCHED = "UNLAUNCHED"
    PENDING = "PENDING"
    LAUNCHED = "LAUNCHED"
    REJECTED = "REJECTED"
    SUSPENDED = "SUSPENDED"


class InviteStatus(StrEnum):
    """Source: guides/build/test, April 2026."""

    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"


@dataclass(slots=True, kw_only=True)
class Agent:
    """`agent_id` is the short one; `launches` goes by carrier, or `*` for all that are not named."""

    agent_id: str
    display_name: str = ""
    color: str = "#0b57d0"
    use_case: UseCase = UseCase.TRANSACTIONAL
    hosting_region: Region = Region.US
    launches: dict[str, LaunchState] = field(default_factory=lambda: {EVERY_CARRIER: LaunchState.LAUNCHED})
    testers: dict[str, InviteStatus] = field(default_factory=dict)

    def is_launched_for(self, phone: Phone) -> bool:
        everywhere_else = self.launches.get(EVERY_CARRIER, LaunchState.UNLAUNCHED)
        return self.launches.get(phone.carrier, everywhere_else) is LaunchState.LAUNCHED

    def reaches(self, phone: Phone) -> bool:
        """Until it is launched an agent talks to accepted testers only (guides/build/test, April 2026)."""
        is_tester = self.testers.get(phone.phone_number) is InviteStatus.ACCEPTED
        return is_tester or self.is_launched_for(phone)

    def check_reach(self, phone: Phone) -> None:
        """403 for an agent without a launch, 404 for one that is launched, but not with this carrier.

        Source: guides/build/test and JAVA; reference/rest/v1/phones.agentMessages/create. Assumed: only
        LAUNCHED counts as launched; SUSPENDED, PENDING and REJECTED do not.
        """
        if self.reaches(phone):
            return
        if LaunchState.LAUNCHED in self.launches.values():
            raise ApiError(Status.NOT_FOUND)
        raise ApiError(
            Status.PERMISSION_DENIED,
            f"The agent {self.agent_id} is not launched, and the phone number is not an accepted tester.",
        )


class Agents:
    """All agents of the partner. An open house makes an agent, launched everywhere, for whoever names it."""

    def __init__(self, *, is_open: bool) -> None:
        self._is_open = is_open
        self._agents: dict[str, Agent] = {}

    def find(self, agent_id: str) -> Agent:
        """By either spelling; PERMISSION_DENIED for one that is not of this partner."""
        if agent := self._agents.get(short_agent_id(agent_id)):
            return agent
        if self._is_open and len(self._agents) < _MOST_AGENTS:
            return self.make(agent_id)
        raise ApiError(Status.PERMISSION_DENIED)

    def make(self, agent_id: str) -> Agent:
        """The agent of this id, new if need be; INVALID_ARGUMENT where nothing can have that id."""
        short_id = short_agent_id(agent_id)
        if not _AGENT_ID.fullmatch(short_id):
            raise ApiError(Status.INVALID_ARGUMENT, "The parameter agentId is not an agent's identifier.")
        return self._agents.setdefault(short_id, Agent(agent_id=short_id, display_name=short_id))

    def put(self, agent: Agent) -> None:
        self._agents[agent.agent_id] = agent

    def clear(self) -> None:
        self._agents.clear()

    def list(self) -> list[Agent]:
        return list(self._agents.values())
