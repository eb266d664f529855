"""A request that can never succeed: every reason, and what it still says about itself."""

from typing import Any

import pytest
from tests.functions.domain.builders import FALLBACK_ID, MESSAGE, parse_one, refuse
from tests.functions.domain.strategies import HOSTILE_BYTES
from tests.support.payloads import request_bytes

from rbm_ledger.domain.checks import MAX_FAULTS
from rbm_ledger.domain.errors import Disposition
from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ledger.domain.policies import ANY_OTHER_AGENT, AgentPolicies, AgentPolicy
from rbm_ledger.domain.requests import AgentNotServed, Claim, Sender, check_agent


def fault_paths(**changes: Any) -> list[str]:
    return [fault.path for fault in refuse(request_bytes(**changes)).faults]


@pytest.mark.parametrize("member", ["agentId", "phoneNumber"])
def test_what_every_request_needs_is_missed(member: str) -> None:
    assert fault_paths(**{member: None}) == [member]


def test_request_of_no_kind_or_of_two_is_a_fault() -> None:
    assert "needs exactly one of contentMessage, revoke" in str(refuse(request_bytes(contentMessage=None)))
    assert "exactly one is allowed" in str(
        refuse(request_bytes("file-by-url", revoke={"messageId": MESSAGE}))
    )


def test_misspelt_member_is_a_fault() -> None:
    assert fault_paths(idempotencykey="a") == ["idempotencykey"]


def test_all_faults_are_named_at_once() -> None:
    paths = fault_paths(
        agentId="a b",
        phoneNumber=None,
        contentMessage={"text": "", "suggestions": [{"reply": {"text": "x" * 26}}]},
        messageTrafficType="SPAM",
        ttl="1h",
        expireTime="2099-01-01T00:00:00Z",
        messageId="1",
        idempotencyKey="",
        surprise=1,
    )
    assert sorted(paths) == [
        *("", "", "agentId", "contentMessage.suggestions[0].reply.postbackData"),
        *("contentMessage.suggestions[0].reply.text", "contentMessage.text", "expireTime", "idempotencyKey"),
        *("messageId", "messageTrafficType", "phoneNumber", "surprise", "ttl"),
    ]


@pytest.mark.parametrize("data", HOSTILE_BYTES.values(), ids=HOSTILE_BYTES)
def test_hostile_bytes_are_an_invalid_request_of_nobody(data: bytes) -> None:
    error = refuse(data)
    assert error.claim is None
    assert error.disposition is Disposition.REJECT


def test_claim_of_an_invalid_request_is_what_is_sound_in_it() -> None:
    error = refuse(
        request_bytes(
            agentId="growing-tree-bank@rbm.goog",
            phoneNumber="1",
            messageId=MESSAGE.upper(),
            source="orders",
            clientReference=7,
            labels={"campaign": "none"},
        )
    )
    assert error.claim == Claim("growing-tree-bank", "", MESSAGE, Sender("orders", "", {"campaign": "none"}))


@pytest.mark.parametrize(
    ("naming", "message_id"),
    [
        ({"idempotencyKey": "order-1"}, derive_message_id("growing-tree-bank", "order-1")),
        ({}, FALLBACK_ID),
        ({"messageId": "no uuid"}, FALLBACK_ID),
        ({"idempotencyKey": 7}, FALLBACK_ID),
        (
            {"messageId": "no uuid", "idempotencyKey": "order-1"},
            derive_message_id("growing-tree-bank", "order-1"),
        ),
    ],
)
def test_claim_has_the_message_id_that_the_request_would_have_had(
    naming: dict[str, Any], message_id: str
) -> None:
    claim = refuse(request_bytes(contentMessage={}, **naming)).claim
    assert claim is not None
    assert claim.message_id == message_id


def test_claim_of_an_agent_event_has_the_id_of_an_event() -> None:
    """Never that of the message with the same key, which another request may have made."""
    claim = refuse(request_bytes(contentMessage=None, idempotencyKey="order-1", agentEvent={})).claim
    assert claim is not None
    assert claim.message_id == derive_message_id("growing-tree-bank", "order-1#agentEvent")


@pytest.mark.parametrize("agent_id", [None, "", "a/b", 7])
def test_request_that_names_no_agent_claims_nothing(agent_id: object) -> None:
    assert refuse(request_bytes(agentId=agent_id)).claim is None


@pytest.mark.parametrize(
    "changes",
    [
        {"contentMessage": {"text": "a", "suggestions": [7] * 20_000}},
        {"labels": {f"{number}": 7 for number in range(20_000)}},
        {f"unknown{number}": 1 for number in range(20_000)},
        {"x" * 100_000: 1},
        {"labels": {"x" * 100_000: 1}},
        {"contentMessage": {"text": "a", "suggestions": [{"y" * 100_000: {}, "reply": 7}]}},
    ],
    ids=["suggestions", "labels", "members", "a long name", "a long label", "a long name far down"],
)
def test_faults_of_a_hostile_request_are_bounded(changes: dict[str, Any]) -> None:
    error = refuse(request_bytes(**changes))
    assert 0 < len(error.faults) <= MAX_FAULTS + 6
    assert len(str(error)) < 50_000


POLICY = AgentPolicy(sources=frozenset({"orders", "campaigns"}))


@pytest.mark.parametrize(
    ("by_agent", "policy"),
    [
        ({}, AgentPolicy()),
        ({"growing-tree-bank": POLICY}, POLICY),
        ({"growing-tree-bank": POLICY, ANY_OTHER_AGENT: AgentPolicy()}, POLICY),
        ({"other": AgentPolicy(), ANY_OTHER_AGENT: POLICY}, POLICY),
    ],
    ids=["none is named", "named", "named beside others", "any other"],
)
def test_agent_that_is_served_has_its_policy(by_agent: dict[str, AgentPolicy], policy: AgentPolicy) -> None:
    request = parse_one(request_bytes(agentId="growing-tree-bank@rbm.goog", source="orders"))
    assert check_agent(request, AgentPolicies(by_agent)) == policy


def test_agent_that_is_not_served_is_refused_with_a_claim() -> None:
    request = parse_one(request_bytes(messageId=MESSAGE, source="orders"))
    with pytest.raises(AgentNotServed) as raised:
        check_agent(request, AgentPolicies({"other": AgentPolicy()}))
    assert [fault.path for fault in raised.value.faults] == ["agentId"]
    assert raised.value.claim == Claim("growing-tree-bank", "+14155550101", MESSAGE, Sender("orders"))


@pytest.mark.parametrize("source", [None, "marketing"])
def test_source_that_may_not_send_as_the_agent_is_refused(source: str | None) -> None:
    request = parse_one(request_bytes(source=source))
    with pytest.raises(
        AgentNotServed, match="source: must be one of campaigns, orders to send as this agent"
    ):
        check_agent(request, AgentPolicies({"growing-tree-bank": POLICY}))


def test_faults_never_repeat_what_a_member_says() -> None:
    assert "SECRET" not in str(refuse(request_bytes(phoneNumber="SECRET", ttl="SECRET", source=["SECRET"])))


@pytest.mark.parametrize(
    "changes",
    [
        {"name-of-a-customer": 1},
        {"labels": {"name-of-a-customer": 1}},
        {"revoke": {"messageId": MESSAGE, "name-of-a-customer": 1}},
        {"phoneNumber": None, "recipients": [{"phoneNumber": "+14155550101", "name-of-a-customer": 1}]},
    ],
    ids=["member", "label", "member of a member", "member of a recipient"],
)
def test_name_of_a_strangers_member_is_told_and_not_logged(changes: dict[str, Any]) -> None:
    refusal = refuse(request_bytes(idempotencyKey="k", **changes))
    assert "name-of-a-customer" in str(refusal)
    assert "name-of-a-customer" not in refusal.reason
    assert "…: " in refusal.reason
