"""Whether the RBM platform takes the key, for the agents, at the endpoints that are set.

The section `platform`: `refused`, why there is no token, or empty; `capabilities`, by agent id what was
answered to a question about a number that nobody has (`httpStatus`, `message`); `agents`, by agent id what
the Business Communications API lists.
"""

import contextlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from rbm_ledger.domain.identifiers import shorten_agent_id
from rbm_ledger.domain.policies import ANY_OTHER_AGENT
from rbm_ledger.environment import Environment
from rbm_ops.doctor.findings import Check, Fault
from rbm_ops.doctor.mends import add_version
from rbm_ops.doctor.observed import NotSeen, Observed, System, Unseen, known

# guides/build/agents, read 2026-04, names the regions; their names in the API are assumed.
_ENDPOINT_REGIONS = {"NORTH_AMERICA": "us", "EUROPE": "europe", "ASIA_PACIFIC": "asia"}
_GLOBAL_ENDPOINT = "https://rcsbusinessmessaging.googleapis.com"
# Reachable, or not: either way the platform knows the agent. 429: it knows it too well.
_ANSWERED = (200, 404, 429)
_MENDS_OF_AGENTS = ("terraform apply, with another value of the variable agents", "variable agents")


def make_checks(_: System) -> list[Check]:
    return [
        Check("agents of send", _find_bad_policies),
        Check("RBM key matches its agents", _find_refusals),
        Check("endpoints are the agents' regions", _find_wrong_regions),
    ]


def named_agents(functions: Mapping[str, Any]) -> list[str]:
    """Those that have a policy of their own, in the short form."""
    return [shorten_agent_id(agent) for agent in _policies(functions) if agent != ANY_OTHER_AGENT]


def endpoint_of(functions: Mapping[str, Any], agent_id: str) -> str:
    """Where send calls for it."""
    policies = {shorten_agent_id(agent): policy for agent, policy in _policies(functions).items()}
    policy = policies.get(agent_id) or policies.get(ANY_OTHER_AGENT) or {}
    return str(policy.get("endpoint") or _environment(functions).get("RBM_API_ENDPOINT", _GLOBAL_ENDPOINT))


def _find_bad_policies(observed: Observed) -> Iterator[Fault]:
    """As send itself reads them when it starts."""
    setting = Environment(_environment(observed.section("functions")))
    setting.agents("RBM_AGENTS")
    for fault in setting.faults:
        yield Fault(f"{fault.path} {fault.problem}: send does not start", *_MENDS_OF_AGENTS)


def _find_refusals(observed: Observed) -> Iterator[Fault]:
    platform = observed.section("platform")
    mend = (
        f"{add_version(observed.system, f'{observed.system.prefix}-credentials')} (the partner account's key)"
    )
    if platform.get("refused"):
        yield Fault(f"Google gives no token for it ({platform['refused']})", mend)
        return
    asked = known(platform["capabilities"])
    for agent_id, answer in asked.items():
        status = answer["httpStatus"]
        if status in (401, 403):
            what = f"the platform refuses it for {agent_id}: {status} {answer['message']}".rstrip()
            yield Fault(what, f"{mend}, or the agent's name in the variable agents")
        elif status == 400:
            yield Fault(f"the platform does not know {agent_id}: 400 {answer['message']}", "variable agents")
        elif status not in _ANSWERED:
            raise NotSeen(
                Unseen(f"the platform did not answer for {agent_id} ({status or answer['message']})")
            )
    if not asked:
        raise NotSeen(Unseen("no agent is named: rbm doctor --agent ID", is_natural=True))


def _find_wrong_regions(observed: Observed) -> Iterator[Fault]:
    functions = observed.section("functions")
    agents = known(observed.section("platform")["agents"])
    for agent_id, agent in agents.items():
        hosted = agent.get("rcsBusinessMessagingAgent", {}).get("hostingRegion", "")
        region, endpoint = _ENDPOINT_REGIONS.get(hosted), endpoint_of(functions, agent_id)
        if region and not endpoint.startswith((f"https://{region}-", _GLOBAL_ENDPOINT)):
            yield Fault(
                f"{agent_id} is hosted in {hosted}, and send calls {endpoint}",
                f'terraform apply -var=\'agents={{"{agent_id}"={{region="{region}"}}}}\' '
                "(with what else agents holds), or the variable rbm_api_endpoint",
            )


def _policies(functions: Mapping[str, Any]) -> dict[str, Any]:
    """Those that can be read; of the others a check of its own tells."""
    policies = None
    with contextlib.suppress(ValueError, RecursionError):
        policies = json.loads(_environment(functions).get("RBM_AGENTS", "{}"))
    if not isinstance(policies, dict):
        return {}
    return {agent: policy for agent, policy in policies.items() if isinstance(policy, dict)}


def _environment(functions: Mapping[str, Any]) -> Mapping[str, str]:
    environment: Mapping[str, str] = (
        functions.get("send", {}).get("serviceConfig", {}).get("environmentVariables", {})
    )
    return environment
