"""What an agent may do here: one policy for each, from the setting RBM_AGENTS."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rbm_ledger.domain.checks import find_faults, items, join, members, number, one_of, text
from rbm_ledger.domain.errors import Fault
from rbm_ledger.domain.identifiers import shorten_agent_id
from rbm_ledger.domain.json_bytes import JsonObject

# Whom to ask about an agent that is not named.
ANY_OTHER_AGENT = "*"

# May go to a user who has opted out: one-time passwords, notices on a service that was asked for, and the
# confirmation of the opt-out (guides/learn/best-practices, read 2026-04).
ALLOWED_WHEN_OPTED_OUT = frozenset({"AUTHENTICATION", "TRANSACTION", "SERVICEREQUEST", "ACKNOWLEDGEMENT"})


@dataclass(frozen=True, slots=True)
class AgentPolicy:
    """`sources` and `prefixes` empty: any. `endpoint` empty: that of all. `rate_per_second` None: no limit.

    Agents of one `brand` share their users' consent; empty: the agent has its own.
    """

    brand: str = ""
    endpoint: str = ""
    sources: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    rate_per_second: float | None = None
    allowed_when_opted_out: frozenset[str] = ALLOWED_WHEN_OPTED_OUT


@dataclass(frozen=True, slots=True)
class AgentPolicies:
    """By agent id in its short form; none at all: any agent, by the default policy."""

    by_agent: Mapping[str, AgentPolicy]

    def find(self, agent_id: str) -> AgentPolicy | None:
        """None for an agent that this deployment does not send as."""
        if not self.by_agent:
            return AgentPolicy()
        return self.by_agent.get(agent_id) or self.by_agent.get(ANY_OTHER_AGENT)

    def brand_of(self, agent_id: str) -> str:
        policy = self.find(agent_id)
        return policy.brand if policy else ""


_MAX_NAMES = 1000
_POLICY = members(
    {
        "brand": text(at_most=200, pattern=r"[^\s/]+", form="a name without blanks and slashes"),
        "endpoint": text(),
        "sources": items(text(at_most=256), at_least=1, at_most=_MAX_NAMES),
        "prefixes": items(
            text(pattern=r"\+[1-9]\d{0,14}", form='the start of a number like "+49"'),
            at_least=1,
            at_most=_MAX_NAMES,
        ),
        "ratePerSecond": number(at_least=0.01, at_most=100_000),
        "allowedWhenOptedOut": items(
            one_of(*sorted(ALLOWED_WHEN_OPTED_OUT)), at_most=len(ALLOWED_WHEN_OPTED_OUT)
        ),
    },
    closed=True,
)


def find_policy_faults(agents: JsonObject) -> Iterator[Fault]:
    """Of `{agentId: {"brand", "endpoint", "sources", "prefixes", "ratePerSecond", "allowedWhenOptedOut"}}`.

    Each member of a policy may be left out.
    """
    short_ids = [shorten_agent_id(agent_id) for agent_id in agents]
    for agent_id, policy in agents.items():
        if not shorten_agent_id(agent_id).strip():
            yield Fault("", "has an agent without a name")
        if short_ids.count(agent_id) > 1:
            yield Fault(join("", agent_id), "is named twice, with and without @rbm.goog")
        yield from find_faults(_POLICY, policy, join("", agent_id))


def read_policies(agents: JsonObject) -> AgentPolicies:
    """Of checked fields."""
    return AgentPolicies({shorten_agent_id(name): _read_policy(fields) for name, fields in agents.items()})


def _read_policy(fields: JsonObject) -> AgentPolicy:
    return AgentPolicy(
        brand=fields.get("brand", ""),
        endpoint=fields.get("endpoint", "").rstrip("/"),
        sources=frozenset(fields.get("sources", ())),
        prefixes=tuple(fields.get("prefixes", ())),
        rate_per_second=fields.get("ratePerSecond"),
        allowed_when_opted_out=frozenset(fields.get("allowedWhenOptedOut", ALLOWED_WHEN_OPTED_OUT)),
    )
