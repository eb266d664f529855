"""One request for many: published again as one each, rehearsed, or refused whole."""

from typing import Any

import pytest
from tests.functions.usecases.sending import AGENT, CREATED, ORIGIN, Sending
from tests.support.payloads import request_bytes

from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ledger.domain.ledger import State
from rbm_ledger.domain.policies import AgentPolicy
from rbm_ledger.domain.requests import AgentNotServed, InvalidRequest
from rbm_ledger.usecases.rehearsing import Rehearsed
from rbm_ledger.usecases.splitting import Split

NUMBERS = ["+14155550101", "+14155550102", "+14155550103"]


def bulk_bytes(**changes: Any) -> bytes:
    fields: dict[str, Any] = {
        "phoneNumber": None,
        "idempotencyKey": "spring/1",
        "contentMessage": {"text": "Hello {{name}}"},
        "recipients": [{"phoneNumber": number, "values": {"name": number[-1]}} for number in NUMBERS],
    }
    return request_bytes(**{**fields, **changes})


async def split(sending: Sending, data: bytes) -> Split:
    taken = await sending.take_request(data, ORIGIN)
    assert isinstance(taken, Split)
    return taken


async def test_every_recipient_is_published_and_answered_with_its_id() -> None:
    sending = Sending([CREATED] * 3)
    recipients = (await split(sending, bulk_bytes())).describe()["recipients"]
    assert [recipient["phoneNumber"] for recipient in recipients] == NUMBERS
    assert (sending.api.calls, sending.ledger.documents) == ([], {})
    for message in sending.send_requests.messages:
        assert (await sending.take(message.data)).state is State.ACCEPTED
    assert sending.calls == [recipient["messageId"] for recipient in recipients]
    assert [(call.body or {})["contentMessage"]["text"] for call in sending.api.calls] == [
        "Hello 1",
        "Hello 2",
        "Hello 3",
    ]


async def test_split_that_was_not_confirmed_is_repeated_under_the_same_ids() -> None:
    sending = Sending([CREATED] * 3)
    sending.send_requests.failures = [NotConfirmed("Pub/Sub is down")]
    with pytest.raises(NotConfirmed):
        await split(sending, bulk_bytes())
    await split(sending, bulk_bytes())
    published = sending.send_requests.messages
    assert len(published) >= 3
    for message in published:
        await sending.take(message.data)
    assert len(sending.calls) == len(sending.list_documents("messages")) == 3


async def test_validated_split_publishes_nothing_and_shows_every_call() -> None:
    sending = Sending()
    described = (await split(sending, bulk_bytes(validateOnly=True))).describe()
    assert described["validateOnly"] is True
    assert [recipient["call"]["body"]["contentMessage"]["text"] for recipient in described["recipients"]] == [
        "Hello 1",
        "Hello 2",
        "Hello 3",
    ]
    assert sending.send_requests.messages == []


async def test_without_a_topic_a_split_is_refused_by_name() -> None:
    sending = Sending(has_send_requests=False)
    with pytest.raises(InvalidRequest, match="recipients: can't be taken here"):
        await split(sending, bulk_bytes())


@pytest.mark.parametrize(
    "policies",
    [{"other": AgentPolicy()}, {AGENT: AgentPolicy(sources=frozenset({"orders"}))}],
    ids=["agent", "source"],
)
async def test_split_for_an_agent_that_is_not_served_is_kept_whole(policies: dict[str, AgentPolicy]) -> None:
    sending = Sending(policies=policies)
    with pytest.raises(AgentNotServed) as raised:
        await split(sending, bulk_bytes())
    await sending.take_request.record_refusal(raised.value, bulk_bytes(), ORIGIN)
    assert sending.read_only("quarantine")["raw"] == bulk_bytes()
    assert sending.send_requests.messages == []


async def test_refused_split_is_kept_whole_and_told_to_whoever_asked() -> None:
    sending = Sending()
    data = bulk_bytes(ttl="soon", source="orders")
    with pytest.raises(InvalidRequest) as raised:
        await sending.take_request(data, ORIGIN)
    await sending.take_request.record_refusal(raised.value, data, ORIGIN)
    assert sending.read_only("quarantine")["raw"] == data
    [update] = sending.told
    assert update.items() >= {"kind": "message", "state": "rejected", "source": "orders"}.items()
    assert update["messageId"] == derive_message_id(AGENT, "spring/1")
    assert [fault["path"] for fault in update["faults"]] == ["ttl"]


# Rehearsal of one


async def rehearse(sending: Sending, **changes: Any) -> dict[str, Any]:
    taken = await sending.take_request(
        request_bytes(validateOnly=True, idempotencyKey="1", **changes), ORIGIN
    )
    assert isinstance(taken, Rehearsed)
    return taken.fields


async def test_rehearsal_shows_the_call_and_touches_nothing() -> None:
    sending = Sending()
    fields = await rehearse(sending)
    assert fields["wouldBe"] == "sent"
    assert fields["call"]["method"] == "POST"
    assert fields["call"]["query"] == {"messageId": fields["messageId"], "agentId": AGENT}
    assert fields["call"]["body"]["contentMessage"] == {"text": "Hello, world!"}
    assert (sending.api.calls, sending.ledger.documents, sending.updates.messages) == ([], {}, [])


async def test_rehearsal_names_the_id_that_the_real_request_will_have() -> None:
    sending = Sending()
    fields = await rehearse(sending)
    sent = await sending.take(request_bytes(idempotencyKey="1"))
    assert sent.request.message_id == fields["messageId"]
    assert (await rehearse(sending)).items() >= {"wouldBe": "answeredFromRecord", "state": "accepted"}.items()
    assert (await rehearse(sending, contentMessage={"text": "Other"}))["wouldBe"] == "refused"


async def test_rehearsal_foresees_a_suppression_and_a_pause() -> None:
    sending = Sending(policies={AGENT: AgentPolicy(prefixes=("+49",))})
    assert (await rehearse(sending)).items() >= {
        "wouldBe": "suppressed",
        "reason": "prefix_not_allowed",
    }.items()
    paused = Sending()
    paused.ledger.documents[("agents", AGENT)] = {"pausedAtMs": 1}
    assert (await rehearse(paused))["wouldBe"] == "held"


async def test_rehearsal_of_another_kind_shows_its_call() -> None:
    content = {"contentMessage": None, "messageTrafficType": None}
    assert (await rehearse(Sending(), **content, capability={}))["call"]["method"] == "GET"
    consent = await rehearse(Sending(), **content, consent={"state": "optedIn"})
    assert (consent["wouldBe"], "call" in consent) == ("recorded", False)


async def test_invalid_rehearsal_names_its_faults() -> None:
    with pytest.raises(InvalidRequest, match="ttl"):
        await rehearse(Sending(), ttl="soon")
