"""What becomes of a request: the call, the record, the update, and what is left to do."""

from datetime import timedelta

import pytest
from tests.functions.usecases.sending import (
    AGENT,
    CREATED,
    DOCUMENT,
    MESSAGE,
    NOW,
    ORIGIN,
    PHONE,
    REQUESTED,
    RETENTION,
    SENDER,
    SENT,
    SETTLED,
    UNAVAILABLE,
    UNSETTLED,
    Sending,
    attempt_element,
    refusal,
)
from tests.support.payloads import request_bytes

from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ledger.domain.ledger import State, message_path
from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.usecases.send import CallAgain, Throttled


async def test_accepted_message_is_recorded_whole() -> None:
    sending = Sending()
    sent = await sending.take()
    assert sending.record == {
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "messageId": MESSAGE,
        "stateRank": State.ACCEPTED,
        "content": {"text": "Hello, world!"},
        "messageTrafficType": "PROMOTION",
        **SENDER,
        "requestedTime": REQUESTED,
        "acceptedTime": SENT,
        "platform": {"sendTime": SENT},
        "attempts": [attempt_element(CREATED)],
    }
    assert (sent.state, sent.answer) == (State.ACCEPTED, CREATED)
    assert sent.record == sending.ledger.documents[DOCUMENT]
    assert sent.record["fingerprints"] == [sent.request.fingerprint]


async def test_record_is_stamped_with_the_time_it_was_written_and_may_be_purged() -> None:
    sending = Sending()
    await sending.take()
    stored = sending.ledger.documents[DOCUMENT]
    assert (stored["updatedTime"], stored["purgeTime"]) == (NOW, NOW + RETENTION)


@pytest.mark.parametrize(("answer", "state"), SETTLED.values(), ids=SETTLED.keys())
async def test_answer_that_settles_it_is_recorded_told_and_returned(answer: Answer, state: State) -> None:
    sending = Sending([answer])
    sent = await sending.take()
    assert (sent.state, sent.answer) == (state, answer)
    assert sending.record["stateRank"] == state
    assert sending.record["attempts"] == [attempt_element(answer)]
    assert ("acceptedTime" in sending.record) is (state is State.ACCEPTED)
    [update] = sending.told
    assert update.items() >= {"kind": "message", "state": state.label, "messageId": MESSAGE, **SENDER}.items()
    assert sending.updates.messages[0].attributes == {
        "kind": "message",
        "state": state.label,
        "agentId": AGENT,
        "source": "orders",
    }


@pytest.mark.parametrize("answer", UNSETTLED.values(), ids=UNSETTLED.keys())
async def test_answer_that_settles_nothing_is_recorded_as_pending_told_and_raised(answer: Answer) -> None:
    sending = Sending([answer])
    with pytest.raises(CallAgain) as raised:
        await sending.take()
    assert (raised.value.answer, raised.value.request.message_id) == (answer, MESSAGE)
    assert isinstance(raised.value, Throttled) is (answer.http_status == 429)
    assert sending.record["stateRank"] == State.PENDING
    assert sending.record["attempts"] == [attempt_element(answer)]
    assert [update["state"] for update in sending.told] == ["pending"]


async def test_repeat_of_a_pending_call_has_the_same_id_and_both_attempts_are_kept() -> None:
    sending = Sending([UNAVAILABLE, CREATED])
    with pytest.raises(CallAgain):
        await sending.take()
    sending.now += timedelta(seconds=10)
    await sending.take()
    assert sending.calls == [MESSAGE, MESSAGE]
    assert sending.record["stateRank"] == State.ACCEPTED
    assert [attempt["httpStatus"] for attempt in sending.record["attempts"]] == [503, 200]
    assert [update["state"] for update in sending.told] == ["pending", "accepted"]


@pytest.mark.parametrize("answer", [CREATED, UNAVAILABLE, refusal("404-not-found")])
async def test_receipt_that_overtook_the_record_wins(answer: Answer) -> None:
    """Other than a receipt, `send` knows the content: it fills it in whatever is there."""
    sending = Sending([answer])
    receipt = {"agentId": AGENT, "stateRank": State.DELIVERED, "events": [{"eventType": "DELIVERED"}]}
    sending.ledger.documents[DOCUMENT] = receipt
    try:
        await sending.take()
    except CallAgain:
        assert answer is UNAVAILABLE
    assert sending.record.items() >= receipt.items()
    assert sending.record["content"] == {"text": "Hello, world!"}
    assert [update["state"] for update in sending.told] == ["delivered"]


async def test_crash_between_call_and_record_ends_in_one_message_and_one_record() -> None:
    sending = Sending([CREATED, CREATED])
    sending.ledger.failures = [NotConfirmed("Firestore is down")]
    by_key = request_bytes(idempotencyKey="order-1234/shipped")
    with pytest.raises(NotConfirmed):
        await sending.take(by_key)
    assert sending.ledger.documents == {}
    assert sending.updates.messages == []
    await sending.take(by_key)
    first, second = sending.calls
    assert first == second
    assert sending.record["messageId"] == first
    assert [update["state"] for update in sending.told] == ["accepted"]


async def test_crash_between_record_and_update_is_told_by_the_repeat() -> None:
    sending = Sending([CREATED])
    sending.updates.failures = [NotConfirmed("Pub/Sub is down")]
    with pytest.raises(NotConfirmed):
        await sending.take()
    recorded = sending.record
    await sending.take()
    assert sending.record == recorded
    assert [update["state"] for update in sending.told] == ["accepted"]


@pytest.mark.parametrize(
    ("naming", "message_id"),
    [
        ({"messageId": MESSAGE.upper()}, MESSAGE),
        ({"idempotencyKey": "order-1234"}, derive_message_id(AGENT, "order-1234")),
        ({}, derive_message_id(AGENT, ORIGIN.fallback_key)),
    ],
    ids=["message id", "idempotency key", "neither"],
)
async def test_message_id_is_decided_before_the_call(naming: dict[str, str], message_id: str) -> None:
    sending = Sending()
    sent = await sending.take(request_bytes(**naming))
    assert sending.calls == [message_id]
    assert sent.request.message_id == message_id
    assert set(sending.ledger.documents) == {message_path(AGENT, message_id)}


async def test_content_that_shall_not_be_stored_is_sent_but_not_kept() -> None:
    sending = Sending(store_content=False)
    await sending.take()
    assert (sending.api.calls[0].body or {})["contentMessage"] == {"text": "Hello, world!"}
    assert "content" not in sending.record
    assert "Hello" not in str(sending.record) + str(sending.told)


async def test_without_a_topic_for_updates_the_record_is_all_there_is() -> None:
    sending = Sending(has_updates=False)
    sent = await sending.take()
    assert sent.record["stateRank"] == State.ACCEPTED


@pytest.mark.parametrize("late_seconds", [600, 601])
async def test_request_that_expired_before_it_was_sent_is_suppressed_without_a_call(
    late_seconds: int,
) -> None:
    sending = Sending(now=REQUESTED + timedelta(seconds=late_seconds))
    sent = await sending.take(request_bytes("text-ttl", messageId=MESSAGE))
    assert sending.calls == []
    assert (sent.state, sent.answer) == (State.SUPPRESSED, None)
    assert sending.record["stateRank"] == State.SUPPRESSED
    assert sending.record["suppressedReason"] == "expired"
    assert [update["state"] for update in sending.told] == ["suppressed"]


async def test_request_that_has_not_expired_yet_is_sent() -> None:
    sending = Sending(now=REQUESTED + timedelta(seconds=599))
    sent = await sending.take(request_bytes("text-ttl", messageId=MESSAGE))
    assert sent.state is State.ACCEPTED
    assert sending.record["expireTime"] == REQUESTED + timedelta(seconds=600)
