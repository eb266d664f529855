"""The nouns of the API: resources, their names, and how time is written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

JsonObject: TypeAlias = dict[str, Any]
Collection: TypeAlias = Literal["agentMessages", "agentEvents"]
# A wait that somebody chooses: a year is beyond all that the platform keeps.
Seconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=366 * 24 * 3600)]
Copies: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=100)]

_AGENT_DOMAIN = "@rbm.goog"


def short_agent_id(agent_id: str) -> str:
    """`growing-tree-bank` for both spellings: Google's samples send this one."""
    return agent_id.removesuffix(_AGENT_DOMAIN)


def full_agent_id(agent_id: str) -> str:
    """`growing-tree-bank@rbm.goog`, as every callback spells it."""
    return short_agent_id(agent_id) + _AGENT_DOMAIN


def format_time(time: datetime, timespec: str = "microseconds") -> str:
    """RFC 3339 in UTC, ending in `Z`."""
    return time.isoformat(timespec=timespec).replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class AgentResource:
    """An agentMessage or agentEvent, addressed to one phone by one agent (short id)."""

    agent_id: str
    phone_number: str
    collection: Collection
    resource_id: str

    @property
    def name(self) -> str:
        return f"phones/{self.phone_number}/{self.collection}/{self.resource_id}"

    @property
    def used_id(self) -> tuple[str, str]:
        """An id counts once per agent, over messages and events together."""
        return self.agent_id, self.resource_id
