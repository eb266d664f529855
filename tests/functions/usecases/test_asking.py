"""Agent events, capabilities, files, consent: what the platform is asked, what is kept, what is answered."""

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.functions.usecases.sending import AGENT, NOW, PHONE, UNSETTLED, Sending, refusal

from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.usecases.send import CallAgain, ConflictingRequest

USER_MESSAGE = "MxIgT-4pWCQu2tH9hMkSTljQ"
REACHABLE = Answer(200, body={"features": ["RICHCARD_STANDALONE"]})
NOT_FOUND = refusal("404-not-found")
UPLOADED = Answer(200, body={"name": "files/1"})
FILE_URL = "https://example.com/a.png"


def request(**changes: Any) -> bytes:
    fields = {"agentId": AGENT, "phoneNumber": PHONE, "idempotencyKey": "1", **changes}
    return json.dumps({name: value for name, value in fields.items() if value is not None}).encode()


READ = request(agentEvent={"eventType": "READ", "messageId": USER_MESSAGE})
TYPING = request(agentEvent={"eventType": "IS_TYPING"})
QUESTION = request(capability={}, source="orders")
UPLOAD = request(phoneNumber=None, fileUpload={"fileUrl": FILE_URL}, source="orders")


# Agent events


async def test_read_event_is_kept_beside_the_users_message() -> None:
    sending = Sending([Answer(200)])
    answered = await sending.ask(READ)
    assert (answered.http_status, answered.fields["agentEvent"]["eventType"]) == (200, "READ")
    record = sending.read_only("userMessages")
    assert (record["messageId"], record["agentReadTime"]) == (USER_MESSAGE, NOW)
    assert [attempt["httpStatus"] for attempt in record["attempts"]] == [200]


async def test_typing_leaves_nothing_behind() -> None:
    sending = Sending([Answer(200)])
    assert (await sending.ask(TYPING)).http_status == 200
    assert sending.ledger.documents == {}


async def test_refused_event_is_answered_as_the_platform_did() -> None:
    sending = Sending([refusal("403-permission-denied")])
    answered = await sending.ask(READ)
    assert (answered.http_status, answered.fields["status"]) == (403, "PERMISSION_DENIED")
    assert "agentReadTime" not in sending.read_only("userMessages")


@pytest.mark.parametrize("answer", UNSETTLED.values(), ids=UNSETTLED)
async def test_event_whose_outcome_is_open_is_repeated_unless_it_would_come_too_late(answer: Answer) -> None:
    with pytest.raises(CallAgain):
        await Sending([answer]).ask(READ)
    assert (await Sending([answer]).ask(TYPING)).http_status == 503


async def test_event_id_is_the_same_on_every_repeat() -> None:
    sending = Sending([Answer(200), Answer(200)])
    for _ in range(2):
        await sending.ask(READ)
    assert len({call.query["eventId"] for call in sending.api.calls}) == 1


# Capabilities


@pytest.mark.parametrize(
    ("answer", "state", "features"),
    [(REACHABLE, "reachable", ["RICHCARD_STANDALONE"]), (NOT_FOUND, "unreachable", [])],
)
async def test_answer_of_either_kind_is_kept_told_and_given_again_until_it_is_old(
    answer: Answer, state: str, features: list[str]
) -> None:
    sending = Sending([answer, REACHABLE])
    first = await sending.ask(QUESTION)
    sending.now += timedelta(hours=23)
    again = await sending.ask(QUESTION)
    assert (first.http_status, first.fields) == (200, again.fields)
    assert (first.fields["state"], first.fields["features"]) == (state, features)
    assert len(sending.api.calls) == 1
    assert [(told["kind"], told["state"], told["source"]) for told in sending.told] == [
        ("capability", state, "orders")
    ] * 2
    sending.now += timedelta(hours=1)
    assert (await sending.ask(QUESTION)).fields["state"] == "reachable"
    assert len(sending.api.calls) == 2


async def test_question_may_say_how_old_an_answer_it_takes() -> None:
    sending = Sending([NOT_FOUND, REACHABLE])
    await sending.ask(QUESTION)
    sending.now += timedelta(seconds=5)
    assert (await sending.ask(request(capability={"maxAgeSeconds": 6}))).fields["state"] == "unreachable"
    assert (await sending.ask(request(capability={"maxAgeSeconds": 5}))).fields["state"] == "reachable"


async def test_refused_question_is_answered_and_not_kept() -> None:
    sending = Sending([refusal("403-permission-denied")])
    assert (await sending.ask(QUESTION)).http_status == 403
    assert sending.ledger.documents == {}


@pytest.mark.parametrize("data", [QUESTION, UPLOAD], ids=["question", "upload"])
@pytest.mark.parametrize("answer", UNSETTLED.values(), ids=UNSETTLED)
async def test_question_or_upload_without_a_usable_answer_is_called_again(
    data: bytes, answer: Answer
) -> None:
    with pytest.raises(CallAgain):
        await Sending([answer]).ask(data)


# Files


async def test_file_is_kept_under_the_name_that_the_platform_gave_and_uploaded_once() -> None:
    sending = Sending([UPLOADED])
    first, again = await sending.ask(UPLOAD), await sending.ask(UPLOAD)
    assert (first.http_status, first.fields["name"], first.fields["state"]) == (200, "files/1", "uploaded")
    assert again.fields == first.fields
    assert len(sending.api.calls) == 1
    assert [(told["kind"], told["name"], told["source"]) for told in sending.told] == [
        ("file", "files/1", "orders")
    ] * 2


async def test_upload_that_stayed_open_is_made_again_and_both_attempts_are_kept() -> None:
    sending = Sending([Answer(503), UPLOADED])
    with pytest.raises(CallAgain):
        await sending.ask(UPLOAD)
    await sending.ask(UPLOAD)
    assert [attempt["httpStatus"] for attempt in sending.read_only("files")["attempts"]] == [503, 200]


async def test_refused_upload_is_rejected_with_its_status() -> None:
    sending = Sending([refusal("400-invalid-argument")])
    answered = await sending.ask(UPLOAD)
    assert (answered.http_status, answered.fields["state"]) == (400, "rejected")
    assert sending.told[0]["state"] == "rejected"


async def test_same_key_for_another_file_is_refused() -> None:
    sending = Sending([UPLOADED])
    await sending.ask(UPLOAD)
    with pytest.raises(ConflictingRequest):
        await sending.ask(request(phoneNumber=None, fileUpload={"fileUrl": FILE_URL + "?2"}))
    assert len(sending.api.calls) == 1


# Consent


async def test_service_records_an_opt_out_and_promotions_stop() -> None:
    sending = Sending()
    answered = await sending.ask(request(consent={"state": "optedOut", "note": "hotline"}, source="crm"))
    assert (answered.http_status, answered.fields["state"]) == (200, "optedOut")
    assert answered.fields["evidence"]["by"] == "service"
    assert (sending.told[0]["kind"], sending.told[0]["state"]) == ("consent", "optedOut")
    await sending.take()
    assert sending.record["suppressedReason"] == "opted_out"
    assert sending.api.calls == []
