"""Harmless questions to the RBM platform: what a number that nobody has can show, and which agents it has."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import urllib3

from rbm_ledger.adapters.connections import make_pool
from rbm_ledger.adapters.rbm_api import HttpRbmApi
from rbm_ledger.domain.identifiers import shorten_agent_id
from rbm_ledger.domain.outcomes import NO_ANSWER
from rbm_ledger.domain.platform_calls import PlatformCall
from rbm_ops.doctor.observed import Unseen, short_name
from rbm_ops.doctor.platform_checks import endpoint_of
from rbm_ops.google_apis import GoogleApis, Refused

# Reserved for fiction: the answer is that it can't be reached, of an agent that the platform knows.
_PHONE_NUMBER = "+14155550100"
_TIMEOUT_SECONDS = 10.0


class _OneToken:
    def __init__(self, token: str) -> None:
        self._token = token

    def current(self, expired: str = "") -> str:  # noqa: ARG002
        return self._token


async def ask_capabilities(
    functions: Mapping[str, Any],
    agent_ids: Sequence[str],
    token: str,
    pool: urllib3.PoolManager | None = None,
) -> dict[str, Any]:
    """By agent id, where send would call for it."""
    api = HttpRbmApi(
        "",
        endpoint_of=lambda agent_id: endpoint_of(functions, agent_id),
        tokens=_OneToken(token),
        pool=pool or make_pool(_TIMEOUT_SECONDS),
        timeout_seconds=_TIMEOUT_SECONDS,
        clock=lambda: datetime.now(UTC),
    )
    return {agent_id: await _ask_capability(api, agent_id) for agent_id in agent_ids}


async def _ask_capability(api: HttpRbmApi, agent_id: str) -> dict[str, Any]:
    query = {"requestId": str(uuid.uuid4()), "agentId": agent_id}
    path = f"/v1/phones/{_PHONE_NUMBER}/capabilities"
    answer = await api.call(PlatformCall("GET", path, agent_id, query))
    status = None if answer.http_status == NO_ANSWER else answer.http_status
    return {"httpStatus": status, "message": answer.message}


def list_agents(apis: GoogleApis) -> dict[str, Any] | Unseen:
    """By agent id; `brands/-` are all of the partner account."""
    try:
        agents = apis.list("agents", "brands/-/agents", "agents")
    except Refused as refusal:
        return Unseen(f"the agents can't be listed: {refusal}")
    return {shorten_agent_id(short_name(agent["name"])): agent for agent in agents}
