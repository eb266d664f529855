"""A document has 1 MiB: whatever comes again and again, there is room for what counts."""

import pytest
from tests.functions.usecases.sending import (
    CREATED,
    DOCUMENT,
    MESSAGE,
    ORIGIN,
    UNAVAILABLE,
    Sending,
    refusal,
)
from tests.functions.usecases.test_asking import READ, UPLOAD, UPLOADED
from tests.functions.usecases.test_send_revoke import revoke_bytes
from tests.support.payloads import request_bytes

from rbm_ledger.domain.ledger import State
from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.domain.requests import InvalidRequest
from rbm_ledger.usecases.send import CallAgain, ConflictingRequest

MANY = 300


async def test_conflicts_without_end_are_each_told_and_refused_and_some_are_kept() -> None:
    sending = Sending()
    await sending.take()
    for number in range(MANY):
        with pytest.raises(ConflictingRequest):
            await sending.take(request_bytes(messageId=MESSAGE, contentMessage={"text": str(number)}))
    assert len(sending.record["conflicts"]) == 100
    assert len(sending.told) == 1 + MANY


async def test_invalid_repeats_without_end_are_each_told_and_some_are_kept() -> None:
    sending = Sending()
    await sending.take()
    labels = {f"{number}!" + "x" * 60: 1 for number in range(60)}
    for number in range(MANY):
        data = request_bytes(messageId=MESSAGE, labels=labels, clientReference=str(number))
        with pytest.raises(InvalidRequest) as raised:
            await sending.take(data)
        await sending.take_request.record_refusal(raised.value, data, ORIGIN)
    assert len(sending.record["conflicts"]) == 100
    assert len(sending.told) == 1 + MANY


async def test_attempts_without_end_leave_room_for_the_one_that_succeeds() -> None:
    sending = Sending([*[UNAVAILABLE] * MANY, CREATED])
    for _ in range(MANY):
        sending.now += ORIGIN.requested_at.resolution
        with pytest.raises(CallAgain):
            await sending.take()
    assert (await sending.take()).state is State.ACCEPTED
    statuses = [attempt["httpStatus"] for attempt in sending.ledger.documents[DOCUMENT]["attempts"]]
    assert statuses == [503] * 100 + [200]


async def test_revokes_without_end_are_each_made_and_some_are_kept() -> None:
    sending = Sending([CREATED, *[refusal("404-not-found")] * MANY])
    await sending.take()
    for _ in range(MANY):
        sending.now += ORIGIN.requested_at.resolution
        await sending.take(revoke_bytes())
    assert len(sending.api.calls) == 1 + MANY
    assert [attempt["method"] for attempt in sending.record["attempts"]] == ["create"] + ["delete"] * 100


async def test_uploads_without_end_leave_room_for_the_one_that_succeeds() -> None:
    refused = refusal("403-permission-denied")
    sending = Sending([*[UNAVAILABLE] * MANY, *[refused] * MANY, UPLOADED])
    for _ in range(MANY):
        sending.now += ORIGIN.requested_at.resolution
        with pytest.raises(CallAgain):
            await sending.ask(UPLOAD)
    for _ in range(MANY):  # which is no end: a repeat asks again
        sending.now += ORIGIN.requested_at.resolution
        assert (await sending.ask(UPLOAD)).fields["state"] == "rejected"
    assert (await sending.ask(UPLOAD)).fields["name"] == "files/1"
    statuses = [attempt["httpStatus"] for attempt in sending.read_only("files")["attempts"]]
    assert statuses == [503] * 100 + [200]


async def test_agent_events_without_end_are_each_called_and_the_last_answer_is_kept() -> None:
    sending = Sending([*[refusal("403-permission-denied")] * MANY, Answer(200)])
    for _ in range(MANY + 1):
        sending.now += ORIGIN.requested_at.resolution
        await sending.ask(READ)
    [attempt] = sending.read_only("userMessages")["attempts"]
    assert (attempt["httpStatus"], attempt["at"]) == (200, sending.now)
