"""Whether the key matches agents and regions follows from what the platform has said."""

import json
from typing import Any

import pytest

from rbm_ops.doctor.findings import Finding, Verdict, run_checks
from rbm_ops.doctor.observed import Kind, Observed, System, Unseen
from rbm_ops.doctor.platform_checks import endpoint_of, make_checks, named_agents

_GLOBAL = "https://rcsbusinessmessaging.googleapis.com"
_EUROPE = "https://europe-rcsbusinessmessaging.googleapis.com"
_SYSTEM = System(Kind.DEPLOYED, "p")


def _functions(policies: dict[str, Any] | None = None, endpoint: str = _GLOBAL) -> dict[str, Any]:
    environment = {"RBM_API_ENDPOINT": endpoint, "RBM_AGENTS": json.dumps(policies or {})}
    return {"send": {"serviceConfig": {"environmentVariables": environment}}}


def _examine(
    *,
    capabilities: dict[str, Any] | None = None,
    agents: Any = None,
    refused: str = "",
    functions: dict[str, Any] | None = None,
) -> dict[str, Finding]:
    platform = {"refused": refused, "capabilities": capabilities or {}, "agents": agents or {}}
    observed = Observed(_SYSTEM, {"platform": platform, "functions": functions or _functions()})
    return {finding.check: finding for finding in run_checks(make_checks(_SYSTEM), observed)}


_KEY = "RBM key matches its agents"
_REGIONS = "endpoints are the agents' regions"


@pytest.mark.parametrize("status", [200, 404, 429])
def test_agent_that_the_platform_knows_is_well(status: int) -> None:
    found = _examine(capabilities={"bank": {"httpStatus": status, "message": ""}})
    assert found[_KEY].verdict is Verdict.WELL


@pytest.mark.parametrize(
    ("status", "mend"),
    [
        (401, "gcloud secrets versions add rbm-credentials"),
        (403, "variable agents"),
        (400, "variable agents"),
    ],
)
def test_agent_that_the_key_is_not_for_is_named(status: int, mend: str) -> None:
    found = _examine(capabilities={"bank": {"httpStatus": status, "message": "said so"}})[_KEY]
    assert found.verdict is Verdict.FAULT
    assert "bank" in found.detail
    assert "said so" in found.detail
    assert mend in found.mend


def test_key_that_gets_no_token_is_a_fault() -> None:
    found = _examine(refused="RefreshError")[_KEY]
    assert (found.verdict, "RefreshError" in found.detail) == (Verdict.FAULT, True)


@pytest.mark.parametrize("status", [None, 500, 503])
def test_platform_that_does_not_answer_says_nothing(status: int | None) -> None:
    found = _examine(capabilities={"bank": {"httpStatus": status, "message": "Timeout"}})[_KEY]
    assert (found.verdict, found.is_natural) == (Verdict.NOT_CHECKED, False)


def test_fault_of_one_agent_is_told_though_another_was_not_answered_for() -> None:
    platform = {"refused": "", "agents": {}, "capabilities": {}}
    platform["capabilities"] = {
        "bank": {"httpStatus": 403, "message": ""},
        "shop": {"httpStatus": 503, "message": ""},
    }
    observed = Observed(_SYSTEM, {"platform": platform, "functions": _functions()})
    verdicts = [each.verdict for each in run_checks(make_checks(_SYSTEM), observed) if each.check == _KEY]
    assert verdicts == [Verdict.FAULT, Verdict.NOT_CHECKED]


def _hosted(region: str) -> dict[str, Any]:
    return {"bank": {"rcsBusinessMessagingAgent": {"hostingRegion": region}}}


@pytest.mark.parametrize(
    ("region", "endpoint", "verdict"),
    [
        ("EUROPE", _EUROPE, Verdict.WELL),
        ("EUROPE", _GLOBAL, Verdict.WELL),
        ("NORTH_AMERICA", _EUROPE, Verdict.FAULT),
        ("A_REGION_TO_COME", _EUROPE, Verdict.WELL),
    ],
)
def test_endpoint_of_another_region_is_named(region: str, endpoint: str, verdict: Verdict) -> None:
    found = _examine(agents=_hosted(region), functions=_functions(endpoint=endpoint))[_REGIONS]
    assert found.verdict is verdict
    assert verdict is Verdict.WELL or 'region="us"' in found.mend


def test_agents_that_may_not_be_listed_are_not_judged() -> None:
    assert _examine(agents=Unseen("HTTP 403"))[_REGIONS].verdict is Verdict.NOT_CHECKED


def test_endpoint_is_that_of_the_agents_policy_before_that_of_all() -> None:
    functions = _functions({"bank@rbm.goog": {"endpoint": _EUROPE}, "*": {}}, _GLOBAL)
    assert named_agents(functions) == ["bank"]
    assert endpoint_of(functions, "bank") == _EUROPE
    assert endpoint_of(functions, "shop") == _GLOBAL


@pytest.mark.parametrize("text", ["{bad", "[]", "7", '{"bank": "europe"}'])
def test_policies_that_are_none_are_a_fault_and_no_crash(text: str) -> None:
    functions = _functions()
    functions["send"]["serviceConfig"]["environmentVariables"]["RBM_AGENTS"] = text
    assert endpoint_of(functions, "bank") == _GLOBAL
    assert named_agents(functions) in ([], ["bank"])
    found = _examine(agents=_hosted("EUROPE"), functions=functions)
    assert found[_REGIONS].verdict is Verdict.WELL
    fault = found["agents of send"]
    assert fault.verdict is Verdict.FAULT
    assert "RBM_AGENTS" in fault.detail
    assert "variable agents" in fault.mend


def test_policies_that_can_be_read_are_well() -> None:
    functions = _functions({"bank@rbm.goog": {"endpoint": _EUROPE}, "*": {}})
    assert _examine(functions=functions)["agents of send"].verdict is Verdict.WELL
