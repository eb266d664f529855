"""What can be asked of the platform depends on the key, which is never told."""

import json
from typing import Any

from tests.support.false_google import FalseGoogle, running_google

from rbm_ops.doctor.asking import list_agents
from rbm_ops.doctor.observed import Kind, Observed, System, Unseen
from rbm_ops.doctor.platform import observe_platform

_KEY = {"client_email": "x@p.iam.gserviceaccount.com", "private_key": "PRIVATE", "token_uri": "https://x"}
_REFUSED = Unseen("HTTP 403")


def _deployed(*, with_key: bool, value: Any) -> Observed:
    environment = {"RBM_CREDENTIALS_FILE": "/secrets/credentials/key.json"} if with_key else {}
    return Observed(
        System(Kind.DEPLOYED, "p"),
        {
            "functions": {"send": {"serviceConfig": {"environmentVariables": environment}}},
            "secrets": {"rbm-credentials": {"latest": {}, "value": value}},
        },
    )


async def test_system_without_a_key_can_be_asked_by_nobody_else() -> None:
    found = await observe_platform(_deployed(with_key=False, value=""), [])
    assert isinstance(found, Unseen)
    assert found.is_natural


async def test_key_that_may_not_be_read_is_not_judged() -> None:
    assert await observe_platform(_deployed(with_key=True, value=_REFUSED), []) == _REFUSED


async def test_key_that_is_none_gets_no_token_and_is_not_told() -> None:
    for value in (json.dumps(_KEY), "{}", "[]", "no JSON"):
        found = await observe_platform(_deployed(with_key=True, value=value), [])
        assert found["refused"]
        assert "PRIVATE" not in repr(found)


def test_agents_are_listed_by_their_short_ids() -> None:
    listed = {"agents": [{"name": "brands/b/agents/bank", "displayName": "Bank"}]}
    with running_google(FalseGoogle({"agents/brands/-/agents": listed})) as apis:
        assert list_agents(apis) == {"bank": listed["agents"][0]}


def test_agents_that_may_not_be_listed_are_not_known() -> None:
    with running_google(FalseGoogle({"agents/brands/-/agents": 403})) as apis:
        assert isinstance(list_agents(apis), Unseen)
