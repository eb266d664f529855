"""A request whose id is known: the first outcome again, or a conflict; never a second message."""

import pytest
from tests.functions.usecases.sending import (
    CREATED,
    DOCUMENT,
    MESSAGE,
    REQUESTED,
    SETTLED,
    Sending,
    refusal,
)
from tests.support.payloads import request_bytes

from rbm_ledger.domain.errors import Disposition
from rbm_ledger.domain.ledger import State
from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.usecases.send import CallAgain, ConflictingRequest

OTHER_CONTENT = request_bytes(messageId=MESSAGE, contentMessage={"text": "Other"}, source="campaigns")
OTHER_NUMBER = request_bytes(messageId=MESSAGE, phoneNumber="+14155550199")


@pytest.mark.parametrize(("answer", "state"), SETTLED.values(), ids=SETTLED)
async def test_repeat_of_a_settled_request_has_the_first_outcome_and_calls_nobody(
    answer: Answer, state: State
) -> None:
    sending = Sending([answer])
    first = await sending.take()
    again = await sending.take()
    assert (again.state, again.answer, again.record) == (state, None, first.record)
    assert sending.calls == [MESSAGE]
    assert [update["state"] for update in sending.told] == [state.label, state.label]


async def test_repeat_after_the_receipt_says_that_it_was_delivered() -> None:
    sending = Sending()
    await sending.take()
    sending.ledger.documents[DOCUMENT]["stateRank"] = State.DELIVERED
    assert (await sending.take()).state is State.DELIVERED
    assert sending.calls == [MESSAGE]


async def test_request_that_was_not_recorded_is_called_though_its_receipt_is_known() -> None:
    sending = Sending()
    sending.ledger.documents[DOCUMENT] = {
        "stateRank": State.DELIVERED,
        "events": [{"eventType": "DELIVERED"}],
    }
    sent = await sending.take()
    assert (sent.answer, sending.calls) == (CREATED, [MESSAGE])
    assert sending.record["stateRank"] == State.DELIVERED


@pytest.mark.parametrize("other", [OTHER_CONTENT, OTHER_NUMBER], ids=["other content", "other number"])
async def test_same_id_for_something_else_is_refused_recorded_told_and_never_sent(other: bytes) -> None:
    sending = Sending()
    await sending.take()
    before = sending.record
    with pytest.raises(ConflictingRequest) as raised:
        await sending.take(other)
    assert raised.value.disposition is Disposition.REJECT
    assert sending.calls == [MESSAGE]
    after = sending.record
    [conflict] = after.pop("conflicts")
    assert after == before
    assert conflict["requestedTime"] == REQUESTED
    assert sending.told[-1].items() >= {"kind": "conflict", "state": "refused", "messageId": MESSAGE}.items()
    assert sending.told[-1].get("source", "") == conflict["source"]


async def test_repeat_of_a_conflict_changes_nothing_more() -> None:
    sending = Sending()
    await sending.take()
    for _ in range(2):
        with pytest.raises(ConflictingRequest):
            await sending.take(OTHER_CONTENT)
    assert len(sending.record["conflicts"]) == 1
    assert (await sending.take()).state is State.ACCEPTED


async def test_conflict_with_a_pending_request_is_not_sent_either() -> None:
    sending = Sending([refusal("503-unavailable"), CREATED])
    with pytest.raises(CallAgain):
        await sending.take()
    with pytest.raises(ConflictingRequest):
        await sending.take(OTHER_CONTENT)
    assert (await sending.take()).state is State.ACCEPTED
