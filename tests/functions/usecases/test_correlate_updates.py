"""What others are told of an event, and that nothing goes missing where a step fails."""

from typing import Any

import pytest
from tests.functions.domain.builders import (
    AGENT,
    CONVERSATION_DOCUMENT,
    MESSAGE_DOCUMENT,
    PHONE,
    USER_MESSAGE_DOCUMENT,
    record_answer,
)
from tests.functions.usecases.correlating import Correlation

from rbm_ledger.domain.errors import NotConfirmed


@pytest.fixture
def correlation() -> Correlation:
    return Correlation()


async def test_receipt_of_a_recorded_message_is_told_with_what_its_sender_gave(
    correlation: Correlation,
) -> None:
    sender: dict[str, Any] = {"source": "orders", "clientReference": "1234", "labels": {"campaign": "none"}}
    await correlation.ledger.merge(record_answer(200, **sender))
    await correlation.take_file("user-event-delivered")
    [update] = correlation.told
    event = {
        "eventId": "MxJdOFFXN4QBmdGn1GLbqnpw",
        "eventType": "DELIVERED",
        "sendTime": "2018-12-31T15:01:23.045123Z",
    }
    assert (
        update.items()
        >= {
            "kind": "message",
            "agentId": AGENT,
            "phoneNumber": PHONE,
            "messageId": MESSAGE_DOCUMENT[-1],
            "state": "delivered",
            **sender,
            "event": event,
            "recordedTime": "2026-11-22T12:00:02.000000Z",
        }.items()
    )
    assert {step["what"] for step in update["timeline"]} == {
        "requested",
        "attempted",
        "accepted",
        "DELIVERED",
    }
    assert correlation.updates.messages[0].attributes == {
        "kind": "message",
        "state": "delivered",
        "agentId": AGENT,
        "source": "orders",
    }


async def test_told_state_never_goes_back(correlation: Correlation) -> None:
    for name in ("user-event-read", "user-event-delivered", "server-event-ttl-expiration-revoked"):
        await correlation.take_file(name)
    assert [update["state"] for update in correlation.told] == ["read", "read", "read"]
    assert [update["event"]["eventType"] for update in correlation.told] == [
        "READ",
        "DELIVERED",
        "TTL_EXPIRATION_REVOKED",
    ]


async def test_repeated_event_changes_nothing_and_is_told_again(correlation: Correlation) -> None:
    await correlation.take_file("user-event-delivered")
    once = correlation.read(MESSAGE_DOCUMENT)
    await correlation.take_file("user-event-delivered")
    assert correlation.read(MESSAGE_DOCUMENT) == once
    first, second = correlation.told
    assert first == second


async def test_write_that_is_not_confirmed_is_not_told_and_the_repeat_is(correlation: Correlation) -> None:
    correlation.ledger.failures = [NotConfirmed("Firestore is down")]
    with pytest.raises(NotConfirmed):
        await correlation.take_file("user-event-delivered")
    assert correlation.updates.messages == []
    await correlation.take_file("user-event-delivered")
    assert [update["state"] for update in correlation.told] == ["delivered"]


@pytest.mark.parametrize("failing_writes", [1, 2])
async def test_event_of_two_writes_fails_with_either_and_the_repeat_completes_it(
    correlation: Correlation, failing_writes: int
) -> None:
    correlation.ledger.failures = [NotConfirmed("Firestore is down")] * failing_writes
    with pytest.raises(NotConfirmed):
        await correlation.take_file("user-message-text")
    assert correlation.updates.messages == []
    await correlation.take_file("user-message-text")
    assert set(correlation.ledger.documents) == {CONVERSATION_DOCUMENT, USER_MESSAGE_DOCUMENT}
    assert len(correlation.updates.messages) == 1


async def test_update_that_is_not_confirmed_after_the_write_fails_and_the_repeat_converges(
    correlation: Correlation,
) -> None:
    correlation.updates.failures = [NotConfirmed("Pub/Sub is down")]
    with pytest.raises(NotConfirmed):
        await correlation.take_file("user-event-delivered")
    written = correlation.read(MESSAGE_DOCUMENT)
    assert correlation.updates.messages == []
    await correlation.take_file("user-event-delivered")
    assert correlation.read(MESSAGE_DOCUMENT) == written
    assert [update["state"] for update in correlation.told] == ["delivered"]


@pytest.mark.parametrize("name", ["user-event-delivered", "user-event-unsubscribe", "user-message-text"])
async def test_without_a_topic_for_updates_nothing_is_read_back(name: str) -> None:
    correlation = Correlation(has_updates=False)
    await correlation.take_file(name)
    assert correlation.ledger.documents
    assert correlation.ledger.reads == []


@pytest.mark.parametrize(
    "name",
    [
        "user-event-is-typing",
        "user-message-text",
        "agent-launch-event",
        "capability-callback-response-deprecated",
    ],
)
async def test_what_is_told_from_the_event_alone_needs_no_read(correlation: Correlation, name: str) -> None:
    await correlation.take_file(name)
    assert correlation.ledger.reads == []
