"""A request that can never succeed: every reason, and what it still says about itself."""

from typing import Any

import pytest
from tests.functions.domain.builders import FALLBACK_ID, MESSAGE, ORIGIN, refuse
from tests.functions.domain.strategies import HOSTILE_BYTES
from tests.support.payloads import request_bytes

from rbm_ledger.domain.checks import MAX_FAULTS
from rbm_ledger.domain.errors import Disposition
from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ledger.domain.requests import AgentNotServed, Claim, Sender, check_agent, parse_request


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


@pytest.mark.parametrize("agents", [set(), {"growing-tree-bank"}, {"other", "growing-tree-bank"}])
def test_agent_that_is_served_or_any_where_none_is_named_passes(agents: set[str]) -> None:
    request = parse_request(request_bytes(agentId="growing-tree-bank@rbm.goog"), ORIGIN)
    check_agent(request, agents)
    assert request.agent_id == "growing-tree-bank"


def test_agent_that_is_not_served_is_refused_with_a_claim() -> None:
    request = parse_request(request_bytes(messageId=MESSAGE, source="orders"), ORIGIN)
    with pytest.raises(AgentNotServed) as raised:
        check_agent(request, {"other"})
    assert [fault.path for fault in raised.value.faults] == ["agentId"]
    assert raised.value.claim == Claim("growing-tree-bank", "+14155550101", MESSAGE, Sender("orders"))


def test_faults_never_repeat_what_a_member_says() -> None:
    assert "SECRET" not in str(refuse(request_bytes(phoneNumber="SECRET", ttl="SECRET", source=["SECRET"])))
