"""What the RBM platform says to the key that send uses."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from google.auth.exceptions import GoogleAuthError
from google.oauth2 import service_account

from rbm_ledger.domain.identifiers import shorten_agent_id
from rbm_ops.doctor.asking import ask_capabilities, list_agents
from rbm_ops.doctor.grant_checks import uses_key
from rbm_ops.doctor.observed import NotSeen, Observed, Unseen
from rbm_ops.doctor.platform_checks import named_agents
from rbm_ops.google_apis import GoogleApis, authorize

_SCOPES = (
    "https://www.googleapis.com/auth/rcsbusinessmessaging",
    "https://www.googleapis.com/auth/businesscommunications",
)
_OWN_IDENTITY = Unseen("send calls as its own identity, which nobody else can try", is_natural=True)


async def observe_platform(observed: Observed, agent_ids: Sequence[str]) -> Any:
    """The section `platform`; it is asked about the agents named here or in RBM_AGENTS, else about all."""
    try:
        if not uses_key(observed):
            return _OWN_IDENTITY
        functions = observed.section("functions")
    except NotSeen as problem:
        return problem.unseen
    key = observed.sections["secrets"][f"{observed.system.prefix}-credentials"]["value"]
    if not isinstance(key, str):
        return key
    try:
        headers = await asyncio.to_thread(_authorize, key)
    except (GoogleAuthError, ValueError, TypeError, AttributeError, KeyError) as error:
        # Its text may repeat what is in the key.
        return {"refused": type(error).__name__, "capabilities": {}, "agents": Unseen("there is no token")}
    agents = await asyncio.to_thread(list_agents, GoogleApis(headers))
    chosen = [shorten_agent_id(agent_id) for agent_id in agent_ids] or named_agents(functions)
    if not chosen and not isinstance(agents, Unseen):
        chosen = list(agents)
    token = headers["Authorization"].removeprefix("Bearer ")
    return {
        "refused": "",
        "capabilities": await ask_capabilities(functions, chosen, token),
        "agents": agents,
    }


def _authorize(key: str) -> dict[str, str]:
    """Raises GoogleAuthError, or what google-auth lets through of a key that is none."""
    credentials = service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
        json.loads(key), scopes=_SCOPES
    )
    return authorize(credentials)
