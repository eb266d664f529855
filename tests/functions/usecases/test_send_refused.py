"""Requests that can never succeed: no call is made, every reason is kept, and whoever asked is told."""

import hashlib
from typing import Any

import pytest
from tests.functions.domain.strategies import HOSTILE_BYTES
from tests.functions.usecases.sending import (
    AGENT,
    MESSAGE,
    ORIGIN,
    PHONE,
    REQUEST,
    REQUESTED,
    SENDER,
    Sending,
)
from tests.support.payloads import request_bytes

from rbm_ledger.domain.errors import Disposition, NotConfirmed
from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ledger.domain.ledger import State, message_path
from rbm_ledger.domain.policies import AgentPolicy
from rbm_ledger.domain.requests import AgentNotServed, InvalidRequest

TWO_FAULTS: dict[str, Any] = {"ttl": "soon", "messageTrafficType": "SPAM"}


async def refuse(sending: Sending, data: bytes) -> InvalidRequest:
    """As the entry point does with a published request."""
    with pytest.raises(InvalidRequest) as raised:
        await sending.take(data)
    await sending.take_request.record_refusal(raised.value, data, ORIGIN)
    return raised.value


async def test_invalid_request_is_never_called_and_nothing_is_recorded_by_itself() -> None:
    sending = Sending()
    with pytest.raises(InvalidRequest) as raised:
        await sending.take(request_bytes(**TWO_FAULTS))
    assert {fault.path for fault in raised.value.faults} == set(TWO_FAULTS)
    assert raised.value.disposition is Disposition.REJECT
    assert sending.calls == []
    assert sending.ledger.documents == {}


async def test_refused_request_is_recorded_and_told_with_every_fault() -> None:
    sending = Sending()
    refusal = await refuse(sending, request_bytes(messageId=MESSAGE, **SENDER, **TWO_FAULTS))
    faults = [{"path": fault.path, "problem": fault.problem} for fault in refusal.faults]
    assert sending.record == {
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "messageId": MESSAGE,
        "stateRank": State.REJECTED,
        "requestedTime": REQUESTED,
        "faults": faults,
        **SENDER,
    }
    [update] = sending.told
    assert update.items() >= {"kind": "message", "state": "rejected", "faults": faults, **SENDER}.items()


async def test_repeat_of_a_refused_request_changes_nothing() -> None:
    sending = Sending()
    await refuse(sending, request_bytes(**TWO_FAULTS))
    once = sending.record
    await refuse(sending, request_bytes(**TWO_FAULTS))
    assert sending.record == once


async def test_refusal_that_could_not_be_recorded_raises() -> None:
    sending = Sending()
    sending.ledger.failures = [NotConfirmed("Firestore is down")]
    with pytest.raises(NotConfirmed):
        await refuse(sending, request_bytes(**TWO_FAULTS))


async def test_refused_request_without_a_sound_id_is_recorded_under_that_of_its_delivery() -> None:
    sending = Sending()
    await refuse(sending, request_bytes(messageId="no UUID", phoneNumber="unknown"))
    assert set(sending.ledger.documents) == {
        message_path(AGENT, derive_message_id(AGENT, ORIGIN.fallback_key))
    }
    assert "phoneNumber" not in sending.record


async def test_agent_that_is_not_served_is_refused_without_a_call() -> None:
    sending = Sending(policies={"another-agent": AgentPolicy()})
    refusal = await refuse(sending, request_bytes(messageId=MESSAGE))
    assert isinstance(refusal, AgentNotServed)
    assert sending.calls == []
    assert sending.record["stateRank"] == State.REJECTED
    assert [fault["path"] for fault in sending.record["faults"]] == ["agentId"]


@pytest.mark.parametrize("policies", [{}, {AGENT: AgentPolicy()}], ids=["all", "listed"])
@pytest.mark.parametrize("agent_id", [AGENT, f"{AGENT}@rbm.goog"])
async def test_agent_that_is_served_is_sent_as_in_either_spelling(
    policies: dict[str, AgentPolicy], agent_id: str
) -> None:
    sending = Sending(policies=policies)
    sent = await sending.take(request_bytes(agentId=agent_id))
    assert sent.state is State.ACCEPTED
    assert sending.record["agentId"] == AGENT


async def test_source_that_may_not_send_as_the_agent_is_refused_and_recorded_with_its_name() -> None:
    sending = Sending(policies={AGENT: AgentPolicy(sources=frozenset({"campaigns"}))})
    refusal = await refuse(sending, REQUEST)
    assert isinstance(refusal, AgentNotServed)
    assert sending.calls == []
    assert [fault["path"] for fault in sending.record["faults"]] == ["source"]
    assert sending.told[0].items() >= {"state": "rejected", **SENDER}.items()


async def test_invalid_repeat_of_a_message_that_was_sent_leaves_it_as_it_is() -> None:
    sending = Sending()
    await sending.take()
    await refuse(sending, request_bytes(messageId=MESSAGE, **TWO_FAULTS))
    assert sending.record["stateRank"] == State.ACCEPTED
    assert "faults" not in sending.record
    [conflict] = sending.record["conflicts"]
    assert {fault["path"] for fault in conflict["faults"]} == set(TWO_FAULTS)
    assert [(update["kind"], update["state"]) for update in sending.told] == [
        ("message", "accepted"),
        ("conflict", "refused"),
    ]


@pytest.mark.parametrize(
    "data",
    [*HOSTILE_BYTES.values(), request_bytes(agentId=None), request_bytes(agentId="no agent")],
    ids=[*HOSTILE_BYTES, "no agent", "agent that is none"],
)
async def test_request_that_does_not_name_its_agent_is_kept_raw_and_not_told(data: bytes) -> None:
    sending = Sending()
    refusal = await refuse(sending, data)
    assert set(sending.ledger.documents) == {("quarantine", hashlib.sha256(data).hexdigest())}
    assert sending.read_only("quarantine") == {"family": "SendRequest", "reason": str(refusal), "raw": data}
    assert sending.updates.messages == []


async def test_huge_request_is_kept_as_far_as_a_document_can_hold() -> None:
    sending = Sending()
    await refuse(sending, b"x" * 5_000_000)
    assert 100_000 < len(sending.read_only("quarantine")["raw"]) < 1 << 20


async def test_refused_agent_event_with_the_key_of_a_message_leaves_that_alone() -> None:
    sending = Sending()
    sent = await sending.take(request_bytes(idempotencyKey="turn-7"))
    event = {"contentMessage": None, "messageTrafficType": None, "agentEvent": {"eventType": "READ"}}
    await refuse(sending, request_bytes(idempotencyKey="turn-7", **event))
    message_id = sent.request.message_id
    assert "conflicts" not in sending.ledger.documents[message_path(AGENT, message_id)]
    [refused] = [update for update in sending.told if update["messageId"] != message_id]
    assert (refused["kind"], refused["state"]) == ("message", "rejected")


@pytest.mark.parametrize(
    "changes",
    [
        {**TWO_FAULTS, "messageId": MESSAGE},
        {"phoneNumber": None, "recipients": [{"phoneNumber": "no number"}]},
        {"agentId": None},
        {"agentId": "another-agent"},
    ],
    ids=["faults", "for many", "no agent", "agent that is not served"],
)
async def test_refused_request_that_was_only_to_be_validated_leaves_nothing_behind(
    changes: dict[str, Any],
) -> None:
    sending = Sending(policies={AGENT: AgentPolicy()})
    await refuse(sending, request_bytes(validateOnly=True, **changes))
    assert (sending.ledger.documents, sending.told) == ({}, [])


async def test_request_that_says_validate_only_wrongly_is_recorded_as_any_other() -> None:
    sending = Sending()
    await refuse(sending, request_bytes(messageId=MESSAGE, validateOnly="yes"))
    assert [fault["path"] for fault in sending.record["faults"]] == ["validateOnly"]
