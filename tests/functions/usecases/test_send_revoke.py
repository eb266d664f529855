"""Taking a message back: it never undoes what is known of it."""

from typing import Any

import pytest
from tests.functions.usecases.sending import (
    CREATED,
    DOCUMENT,
    MESSAGE,
    ORIGIN,
    PHONE,
    UNSETTLED,
    Sending,
    attempt_element,
    refusal,
)
from tests.support.payloads import request_bytes

from rbm_ledger.domain.ledger import State, state_of
from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.domain.request_members import RequestKind
from rbm_ledger.usecases.rehearsing import Rehearsed
from rbm_ledger.usecases.send import CallAgain, ConflictingRequest


def revoke_bytes(message_id: str = MESSAGE, **changes: Any) -> bytes:
    other = {"contentMessage": None, "messageTrafficType": None, **changes}
    return request_bytes(**other, revoke={"messageId": message_id})


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer(200), State.REVOKED),
        (refusal("404-not-found"), None),
        (refusal("403-permission-denied"), None),
    ],
)
async def test_revoke_that_was_answered_is_recorded_with_the_message(
    answer: Answer, state: State | None
) -> None:
    sending = Sending([CREATED, answer])
    await sending.take()
    sent = await sending.take(revoke_bytes())
    assert (sent.request.kind, sent.request.message_id) == (RequestKind.REVOKE, MESSAGE)
    assert (sent.state, sent.answer) == (state, answer)
    assert [call.path.rpartition("/")[2] for call in sending.api.calls if call.method == "DELETE"] == [
        MESSAGE
    ]
    assert state_of(sending.record) is (state or State.ACCEPTED)
    assert ("revokedTime" in sending.record) is (state is State.REVOKED)
    assert sending.record["attempts"] == [attempt_element(CREATED), attempt_element(answer, "delete")]
    assert sending.record["content"] == {"text": "Hello, world!"}


@pytest.mark.parametrize("answer", UNSETTLED.values(), ids=UNSETTLED.keys())
async def test_revoke_without_a_usable_answer_is_called_again_and_leaves_the_state(answer: Answer) -> None:
    sending = Sending([CREATED, answer, Answer(200)])
    await sending.take()
    with pytest.raises(CallAgain):
        await sending.take(revoke_bytes())
    assert state_of(sending.record) is State.ACCEPTED
    await sending.take(revoke_bytes())
    assert state_of(sending.record) is State.REVOKED


async def test_revoke_of_a_delivered_message_leaves_it_delivered() -> None:
    sending = Sending([Answer(200)])
    sending.ledger.documents[DOCUMENT] = {"stateRank": State.DELIVERED}
    await sending.take(revoke_bytes())
    assert [update["state"] for update in sending.told] == ["delivered"]


async def test_repeat_of_a_revoke_that_was_recorded_calls_nobody_and_tells_again() -> None:
    sending = Sending([CREATED, Answer(200)])
    await sending.take()
    await sending.take(revoke_bytes())
    sent = await sending.take(revoke_bytes())
    assert (sent.state, sent.answer, len(sending.api.calls)) == (State.REVOKED, None, 2)
    assert [update["state"] for update in sending.told] == ["accepted", "revoked", "revoked"]


async def test_message_whose_revoke_came_while_it_was_pending_is_not_sent_after_all() -> None:
    sending = Sending([UNSETTLED["503"], refusal("404-not-found")])
    with pytest.raises(CallAgain):
        await sending.take()
    await sending.take(revoke_bytes())
    sent = await sending.take()
    assert (sent.state, sending.record["suppressedReason"]) == (State.UNRESOLVED, "revoked_before")
    assert sending.calls == [MESSAGE]


async def test_revoked_message_is_not_sent_again_by_a_repeat_of_its_request() -> None:
    sending = Sending([UNSETTLED["503"], Answer(200)])
    with pytest.raises(CallAgain):
        await sending.take()
    await sending.take(revoke_bytes())
    sent = await sending.take()
    assert (sent.state, sending.calls) == (State.REVOKED, [MESSAGE])


OTHER_NUMBER = "+4915100000000"


async def test_revoke_of_a_message_to_another_number_is_refused_told_and_not_called() -> None:
    sending = Sending([CREATED])
    await sending.take()
    before = sending.record
    with pytest.raises(ConflictingRequest) as raised:
        await sending.take(revoke_bytes(phoneNumber=OTHER_NUMBER, source="orders"))
    assert sending.record == before
    assert [call.method for call in sending.api.calls] == ["POST"]
    assert f"revoke: the message {MESSAGE} is to another phoneNumber" in str(raised.value)
    assert not [number for number in (OTHER_NUMBER, before["phoneNumber"]) if number in str(raised.value)]
    told = sending.told[-1]
    assert told.items() >= {"kind": "conflict", "state": "refused", "source": "orders"}.items()
    assert [fault["path"] for fault in told["faults"]] == ["revoke"]


async def test_number_of_an_earlier_revoke_of_an_unknown_message_refuses_no_other() -> None:
    """Nobody but that revoke says that it is the message's own."""
    sending = Sending([refusal("404-not-found"), Answer(200)])
    await sending.take(revoke_bytes(phoneNumber=OTHER_NUMBER))
    assert (await sending.take(revoke_bytes())).state is State.REVOKED


async def test_number_of_a_revoke_that_overtook_its_message_does_not_become_the_message_s() -> None:
    sending = Sending([refusal("404-not-found"), Answer(200)])
    await sending.take(revoke_bytes(phoneNumber=OTHER_NUMBER))
    assert "phoneNumber" not in sending.record
    sending.ledger.documents[DOCUMENT]["phoneNumber"] = PHONE
    assert (await sending.take(revoke_bytes())).state is State.REVOKED
    assert sending.record["phoneNumber"] == PHONE


@pytest.mark.parametrize(
    ("revoked", "changes", "would_be"),
    [
        (False, {}, "sent"),
        (False, {"phoneNumber": OTHER_NUMBER}, "refused"),
        (True, {}, "answeredFromRecord"),
    ],
)
async def test_rehearsed_revoke_says_what_the_revoke_would_meet(
    revoked: bool, changes: dict[str, Any], would_be: str
) -> None:
    sending = Sending([CREATED, Answer(200)])
    await sending.take()
    if revoked:
        await sending.take(revoke_bytes())
    calls = len(sending.api.calls)
    rehearsed = await sending.take_request(revoke_bytes(validateOnly=True, **changes), ORIGIN)
    assert isinstance(rehearsed, Rehearsed)
    assert (rehearsed.fields["wouldBe"], len(sending.api.calls)) == (would_be, calls)
