"""Who asks by Pub/Sub hears of every end; and one key is one id of the platform for each kind."""

import json
from typing import Any

import pytest
from tests.functions.usecases.sending import AGENT, CREATED, ORIGIN, PHONE, Sending, refusal
from tests.functions.usecases.test_asking import QUESTION, TYPING, UPLOAD, UPLOADED, request
from tests.support.payloads import request_bytes

from rbm_ledger.domain.ledger import State
from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.usecases.send import ConflictingRequest


async def test_message_with_the_key_of_an_agent_event_has_an_id_of_its_own() -> None:
    """The platform ignores a message whose id was that of an event."""
    sending = Sending([Answer(200), CREATED])
    await sending.ask(TYPING)
    sent = await sending.take(request_bytes(idempotencyKey="1"))
    event_id = sending.api.calls[0].query["eventId"]
    assert sent.state is State.ACCEPTED
    assert sending.calls == [sent.request.message_id]
    assert event_id != sent.request.message_id


async def test_refused_question_that_was_published_is_recorded_and_told_with_the_reason() -> None:
    sending = Sending([refusal("403-permission-denied")])
    answered = await sending.ask(QUESTION)
    await sending.take_request.record_refused_question(answered, QUESTION, ORIGIN)
    [update] = sending.told
    assert (update["kind"], update["state"], update["source"]) == ("message", "rejected", "orders")
    assert "403 PERMISSION_DENIED" in update["faults"][0]["problem"]


@pytest.mark.parametrize("data", [QUESTION, UPLOAD, TYPING], ids=["question", "upload", "event"])
async def test_answered_question_is_told_once(data: bytes) -> None:
    sending = Sending([Answer(200, body={"name": "files/1"})])
    answered = await sending.ask(data)
    told = list(sending.told)
    await sending.take_request.record_refused_question(answered, data, ORIGIN)
    assert sending.told == told


async def test_same_key_for_another_file_is_told() -> None:
    sending = Sending([UPLOADED])
    await sending.ask(UPLOAD)
    other = {"fileUpload": {"fileUrl": "https://example.com/b.png"}, "source": "orders"}
    with pytest.raises(ConflictingRequest):
        await sending.ask(request(phoneNumber=None, **other))
    assert sending.told[-1].items() >= {"kind": "conflict", "state": "refused", "source": "orders"}.items()


async def test_two_files_under_one_key_at_once_are_refused_to_the_later_one() -> None:
    other = request(phoneNumber=None, fileUpload={"fileUrl": "https://example.com/b.png"})

    class Platform:
        """While it takes one file, another comes under the same key."""

        calls: list[Any] = []  # noqa: RUF012

        async def call(self, call: Any) -> Answer:
            self.calls.append(call)
            if len(self.calls) == 1:
                await sending.ask(other)
            return Answer(200, body={"name": f"files/{len(self.calls)}"})

    sending = Sending(api=Platform())
    with pytest.raises(ConflictingRequest):
        await sending.ask(UPLOAD)
    assert json.loads(other)["fileUpload"]["fileUrl"] == sending.told[0]["fileUrl"]


async def test_names_of_the_agent_and_the_phone_are_those_of_the_question() -> None:
    sending = Sending([refusal("400-invalid-argument")])
    answered = await sending.ask(QUESTION)
    await sending.take_request.record_refused_question(answered, QUESTION, ORIGIN)
    assert (sending.told[0]["agentId"], sending.told[0]["phoneNumber"]) == (AGENT, PHONE)
