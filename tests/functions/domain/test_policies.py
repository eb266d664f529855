"""What the setting RBM_AGENTS may say of an agent, and what each of its faults is told."""

from typing import Any

import pytest

from rbm_ledger.domain.policies import (
    ALLOWED_WHEN_OPTED_OUT,
    ANY_OTHER_AGENT,
    AgentPolicies,
    AgentPolicy,
    find_policy_faults,
    read_policies,
)

WHOLE = {
    "brand": "growing-tree",
    "endpoint": "https://europe-rcsbusinessmessaging.googleapis.com/",
    "sources": ["orders"],
    "prefixes": ["+49", "+1415"],
    "ratePerSecond": 50,
    "allowedWhenOptedOut": [],
}


def test_policy_is_read_whole_under_the_short_name() -> None:
    agents = {"growing-tree-bank@rbm.goog": WHOLE}
    assert list(find_policy_faults(agents)) == []
    assert read_policies(agents) == AgentPolicies(
        {
            "growing-tree-bank": AgentPolicy(
                brand="growing-tree",
                endpoint="https://europe-rcsbusinessmessaging.googleapis.com",
                sources=frozenset({"orders"}),
                prefixes=("+49", "+1415"),
                rate_per_second=50,
                allowed_when_opted_out=frozenset(),
            )
        }
    )


def test_empty_policy_lets_everything_pass() -> None:
    policy = read_policies({"a": {}}).find("a")
    assert policy == AgentPolicy()
    assert policy.allowed_when_opted_out == ALLOWED_WHEN_OPTED_OUT


def test_agent_that_is_not_named_has_the_policy_of_any_other_or_none() -> None:
    assert read_policies({"a": WHOLE}).find("b") is None
    named = read_policies({"a": {}, ANY_OTHER_AGENT: {"brand": "other"}})
    assert (named.brand_of("a"), named.brand_of("b")) == ("", "other")
    assert AgentPolicies({}).find("b") == AgentPolicy()


WRONG: dict[str, tuple[Any, str]] = {
    "no object": ([], "a"),
    "a misspelt member": ({"rate": 1}, "a.rate"),
    "a brand with a slash": ({"brand": "a/b"}, "a.brand"),
    "no sources": ({"sources": []}, "a.sources"),
    "no prefixes": ({"prefixes": []}, "a.prefixes"),
    "a prefix without +": ({"prefixes": ["49"]}, "a.prefixes[0]"),
    "a rate of zero": ({"ratePerSecond": 0}, "a.ratePerSecond"),
    "an unknown traffic type": ({"allowedWhenOptedOut": ["OTP"]}, "a.allowedWhenOptedOut[0]"),
    "promotions after all": ({"allowedWhenOptedOut": ["PROMOTION"]}, "a.allowedWhenOptedOut[0]"),
}


@pytest.mark.parametrize(("policy", "path"), WRONG.values(), ids=WRONG)
def test_fault_of_a_policy_is_named_by_agent_and_member(policy: Any, path: str) -> None:
    assert [fault.path for fault in find_policy_faults({"a": policy, "b": {}})] == [path]


def test_agent_without_a_name_is_a_fault() -> None:
    assert [str(fault) for fault in find_policy_faults({"@rbm.goog": {}})] == ["has an agent without a name"]


def test_agent_that_is_named_twice_is_a_fault() -> None:
    twice = {"a": {"prefixes": ["+49"]}, "a@rbm.goog": {}, "b": {}}
    assert [str(fault) for fault in find_policy_faults(twice)] == [
        "a: is named twice, with and without @rbm.goog"
    ]
