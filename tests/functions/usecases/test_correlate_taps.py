"""A tap on a suggestion that knows its message."""

import json
from typing import Any

import pytest
from tests.functions.domain.builders import (
    AGENT,
    CONVERSATION_DOCUMENT,
    MESSAGE,
    MESSAGE_DOCUMENT,
    USER_MESSAGE_DOCUMENT,
    record_answer,
)
from tests.functions.domain.swept import tap
from tests.functions.usecases.correlating import Correlation
from tests.functions.usecases.test_correlate import RECEIVED_MS, SENT
from tests.support.payloads import event_bytes, load_json

from rbm_ledger.domain.deadlines import NEVER_MS, shard_of

ORPHAN = {"shard": shard_of(MESSAGE), "orphanDueAtMs": RECEIVED_MS + 900_000}


@pytest.fixture
def correlation() -> Correlation:
    return Correlation()


async def test_tap_stands_with_the_user_and_with_the_message_that_was_tapped(
    correlation: Correlation,
) -> None:
    await correlation.take(tap(MESSAGE))
    assert set(correlation.ledger.documents) == {
        MESSAGE_DOCUMENT,
        CONVERSATION_DOCUMENT,
        USER_MESSAGE_DOCUMENT,
    }
    said = {"postbackData": "reply:yes", "text": "Yes", "type": "REPLY"}
    user_message = correlation.read(USER_MESSAGE_DOCUMENT)
    assert (user_message["suggestionResponse"], user_message["repliesTo"]) == (said, MESSAGE)
    assert correlation.read(MESSAGE_DOCUMENT) == {
        "agentId": AGENT,
        "messageId": MESSAGE,
        "taps": [{"messageId": USER_MESSAGE_DOCUMENT[-1], "sendTime": SENT, **said}],
        "sweep": ORPHAN,
    }


async def test_tap_is_told_with_its_message_and_the_callers_own_postback(correlation: Correlation) -> None:
    await correlation.take(tap(MESSAGE))
    [update] = correlation.told
    assert (update["kind"], update["repliesTo"]) == ("userMessage", MESSAGE)
    expected = load_json("decoded-events/user-message-suggestion-reply.json")
    response = {"postbackData": "reply:yes", "text": "Yes", "type": "REPLY"}
    assert update["event"] == {**expected, "suggestionResponse": response}


async def test_tap_changes_nothing_of_a_recorded_message_but_its_taps(correlation: Correlation) -> None:
    await correlation.ledger.merge(record_answer(200))
    before = correlation.read(MESSAGE_DOCUMENT)
    await correlation.take(tap(MESSAGE, senderPhoneNumber="+14155550199"))
    await correlation.take(tap(MESSAGE, senderPhoneNumber="+14155550199"))
    after = correlation.read(MESSAGE_DOCUMENT)
    assert len(after.pop("taps")) == 1
    assert after == before
    assert after["sweep"]["orphanDueAtMs"] == NEVER_MS


async def test_two_taps_are_both_kept(correlation: Correlation) -> None:
    await correlation.take(tap(MESSAGE))
    await correlation.take(tap(MESSAGE, own="reply:no", messageId="another"))
    taps = correlation.read(MESSAGE_DOCUMENT)["taps"]
    assert [each["postbackData"] for each in taps] == ["reply:yes", "reply:no"]


async def test_content_that_shall_not_be_stored_is_not_kept_beside_the_message_either() -> None:
    correlation = Correlation(store_content=False)
    await correlation.take(tap(MESSAGE))
    [element] = correlation.read(MESSAGE_DOCUMENT)["taps"]
    assert element == {"messageId": USER_MESSAGE_DOCUMENT[-1], "sendTime": SENT, "type": "REPLY"}
    user_message = correlation.read(USER_MESSAGE_DOCUMENT)
    assert user_message["repliesTo"] == MESSAGE
    assert "suggestionResponse" not in user_message
    assert correlation.told[0]["event"]["suggestionResponse"]["postbackData"] == "reply:yes"


@pytest.mark.parametrize(
    "response",
    [
        {"postbackData": "reply:yes"},
        {"postbackData": "rbm1:nonsense:yes"},
        {"postbackData": 5},
        {"text": "Yes"},
        {},
        [],
        "text",
        None,
    ],
    ids=repr,
)
async def test_tap_that_names_no_message_of_ours_is_kept_as_it_came(
    correlation: Correlation, response: Any
) -> None:
    await correlation.take(event_bytes("user-message-text", suggestionResponse=response))
    assert MESSAGE_DOCUMENT not in correlation.ledger.documents
    user_message = correlation.ledger.documents.get(USER_MESSAGE_DOCUMENT, {})
    assert "repliesTo" not in user_message
    assert all("repliesTo" not in update for update in correlation.told)


@pytest.mark.parametrize("text", ["\ud800", "😀" * 500, [[1]], {"a": 1}, 1 << 70], ids=ascii)
async def test_tap_that_says_odd_things_is_kept(correlation: Correlation, text: Any) -> None:
    fields = json.loads(tap(MESSAGE))
    fields["suggestionResponse"]["text"] = text
    await correlation.take(json.dumps(fields).encode())
    [element] = correlation.read(MESSAGE_DOCUMENT)["taps"]
    assert element["postbackData"] == "reply:yes"


@pytest.mark.parametrize("text", [None, 5, [], {"a": 1}], ids=repr)
async def test_message_with_a_tap_that_says_no_text_is_still_told(
    correlation: Correlation, text: object
) -> None:
    fields = json.loads(tap(MESSAGE, messageId="another"))
    fields["suggestionResponse"]["text"] = text
    for payload in (tap(MESSAGE), json.dumps(fields).encode(), event_bytes("user-event-delivered")):
        await correlation.take(payload)
    taps = [step for step in correlation.told[-1]["timeline"] if step["what"] == "tapped"]
    assert [step.get("detail") for step in taps] == [None, "Yes"]
