"""Which documents an event writes, and what others are told of it."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rbm_ledger.domain.correlation import Arrival
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.ledger import DocumentPath
from rbm_ledger.usecases.correlate import CorrelateEvent

from ..domain.builders import AGENT, CONVERSATION_DOCUMENT, MESSAGE_DOCUMENT, PHONE, record_answer
from ..domain.payloads import event_bytes, list_names, load_bytes, load_json
from ..fakes import InMemoryLedger, RecordingPublisher

RECEIVED = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOW = RECEIVED + timedelta(seconds=2)
RECEIVED_MS = 1_795_348_800_000
SENT_MS = 1_546_268_483_045
SENT = datetime(2018, 12, 31, 15, 1, 23, 45123, tzinfo=UTC)
RETENTION = timedelta(days=90)
NEWER = {"sendTime": "2018-12-31T16:00:00Z"}
AGENT_DOCUMENT = ("agents", "rbm-chatbot-id")


@dataclass
class Correlation:
    """The use case with its fakes."""

    store_content: bool = True
    has_updates: bool = True
    ledger: InMemoryLedger = field(default_factory=InMemoryLedger)
    updates: RecordingPublisher = field(default_factory=RecordingPublisher)

    async def take(self, payload: bytes) -> None:
        correlate = CorrelateEvent(
            ledger=self.ledger,
            updates=self.updates if self.has_updates else None,
            clock=lambda: NOW,
            retention=RETENTION,
            store_content=self.store_content,
        )
        await correlate(Arrival(payload, RECEIVED))

    async def take_file(self, name: str, **changes: Any) -> None:
        await self.take(event_bytes(name, **changes))

    def read(self, document: DocumentPath) -> dict[str, Any]:
        """The document without its stamps."""
        stamps = ("updatedTime", "purgeTime", "schemaVersion")
        return {name: value for name, value in self.ledger.documents[document].items() if name not in stamps}

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(message.data) for message in self.updates.messages]


def user_messages(phone_number: str, message_id: str) -> tuple[DocumentPath, DocumentPath]:
    conversation = ("agents", AGENT, "conversations", phone_number)
    return conversation, (*conversation, "userMessages", message_id)


# file → the documents that it writes; kind and state of its update
SENT_BY_USER = user_messages(PHONE, "MxIgT-4pWCQu2tH9hMkSTljQ")
SENT_WITH_EVENT_ID = user_messages(PHONE, "MxJdOFFXN4QBmdGn1GLbqnpw")
SENT_FROM_THE_US = user_messages("+18001111111", "MxXXXXXXXXXXXXXXXX")
CAPABILITY = "capability-callback-response-deprecated"
OUTCOMES: dict[str, tuple[tuple[DocumentPath, ...], tuple[str, str | None] | None]] = {
    "agent-launch-event": ((AGENT_DOCUMENT,), ("agentLaunch", "REJECTED")),
    CAPABILITY: (
        (("quarantine", hashlib.sha256(load_bytes(f"decoded-events/{CAPABILITY}.json")).hexdigest()),),
        None,
    ),
    "server-event-ttl-expiration-revoke-failed": ((MESSAGE_DOCUMENT,), ("message", "expiry_inconclusive")),
    "server-event-ttl-expiration-revoked": ((MESSAGE_DOCUMENT,), ("message", "expired")),
    "user-event-delivered": ((MESSAGE_DOCUMENT,), ("message", "delivered")),
    "user-event-delivered-minimal": ((MESSAGE_DOCUMENT,), ("message", "delivered")),
    "user-event-is-typing": ((CONVERSATION_DOCUMENT,), None),
    "user-event-read": ((MESSAGE_DOCUMENT,), ("message", "read")),
    "user-event-subscribe": ((CONVERSATION_DOCUMENT,), ("consent", "optedIn")),
    "user-event-suggestion-action-with-event-id": (SENT_WITH_EVENT_ID, ("userMessage", None)),
    "user-event-unsubscribe": ((CONVERSATION_DOCUMENT,), ("consent", "optedOut")),
    "user-message-file": (SENT_BY_USER, ("userMessage", None)),
    "user-message-location": (SENT_BY_USER, ("userMessage", None)),
    "user-message-suggestion-action-us": (SENT_FROM_THE_US, ("userMessage", None)),
    "user-message-suggestion-reply": (SENT_BY_USER, ("userMessage", None)),
    "user-message-suggestion-reply-no-type": (SENT_BY_USER, ("userMessage", None)),
    "user-message-text": (SENT_BY_USER, ("userMessage", None)),
    "user-message-text-us": (SENT_FROM_THE_US, ("userMessage", None)),
    "user-message-text-with-event-id": (SENT_WITH_EVENT_ID, ("userMessage", None)),
}


@pytest.fixture
def correlation() -> Correlation:
    return Correlation()


@pytest.mark.parametrize("name", [name.removesuffix(".json") for name in list_names("decoded-events")])
async def test_every_documented_event_writes_its_documents_and_tells_its_update(
    correlation: Correlation, name: str
) -> None:
    await correlation.take(load_bytes(f"decoded-events/{name}.json"))
    documents, update = OUTCOMES[name]
    assert set(correlation.ledger.documents) == set(documents)
    told = [(each.attributes["kind"], each.attributes.get("state")) for each in correlation.updates.messages]
    assert told == ([] if update is None else [update])


@pytest.mark.parametrize("name", [name.removesuffix(".json") for name in list_names("decoded-events")])
async def test_every_document_is_stamped_with_the_time_it_was_written_and_may_be_purged(
    correlation: Correlation, name: str
) -> None:
    await correlation.take(load_bytes(f"decoded-events/{name}.json"))
    for document in correlation.ledger.documents.values():
        assert document["updatedTime"] == NOW
        assert document["purgeTime"] == NOW + RETENTION
        assert document["schemaVersion"] == 1


async def test_receipt_is_recorded_whole(correlation: Correlation) -> None:
    await correlation.take_file("user-event-delivered")
    assert correlation.read(MESSAGE_DOCUMENT) == {
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "messageId": MESSAGE_DOCUMENT[-1],
        "stateRank": 60,
        "events": [{"eventId": "MxJdOFFXN4QBmdGn1GLbqnpw", "eventType": "DELIVERED", "sendTime": SENT}],
    }


async def test_receipt_of_a_recorded_message_is_told_with_what_its_sender_gave(
    correlation: Correlation,
) -> None:
    sender = {"source": "orders", "clientReference": "1234", "labels": {"campaign": "none"}}
    await correlation.ledger.merge(record_answer(200, **sender))
    await correlation.take_file("user-event-delivered")
    [update] = correlation.told
    event = {
        "eventId": "MxJdOFFXN4QBmdGn1GLbqnpw",
        "eventType": "DELIVERED",
        "sendTime": "2018-12-31T15:01:23.045123Z",
    }
    assert update.items() >= {
        "kind": "message",
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "messageId": MESSAGE_DOCUMENT[-1],
        "state": "delivered",
        **sender,
        "event": event,
        "recordedTime": "2026-11-22T12:00:02.000000Z",
    }.items()
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


async def test_unknown_event_type_is_recorded_told_and_kept_raw(correlation: Correlation) -> None:
    payload = event_bytes("user-event-delivered", eventType="REACTION_ADDED")
    await correlation.take(payload)
    assert correlation.read(MESSAGE_DOCUMENT)["events"][0]["eventType"] == "REACTION_ADDED"
    quarantined = correlation.read(("quarantine", hashlib.sha256(payload).hexdigest()))
    assert (quarantined["raw"], quarantined["reason"]) == (payload, "unknown eventType")
    [update] = correlation.told
    assert (update["state"], update["event"]["eventType"]) == ("unknown_message", "REACTION_ADDED")


@pytest.mark.parametrize("payload", [b"", b"no JSON", b"[]", b"{}", b'{"eventType": 5}', b"\xff"], ids=repr)
async def test_payload_that_nobody_understands_is_kept_raw_and_not_told(
    correlation: Correlation, payload: bytes
) -> None:
    await correlation.take(payload)
    [(document, quarantined)] = correlation.ledger.documents.items()
    assert document == ("quarantine", hashlib.sha256(payload).hexdigest())
    assert (quarantined["raw"], quarantined["family"]) == (payload, "Unknown")
    assert correlation.updates.messages == []


async def test_user_message_is_kept_whole_and_told_whole(correlation: Correlation) -> None:
    await correlation.take_file("user-message-text")
    conversation, message = SENT_BY_USER
    sent = load_json("decoded-events/user-message-text.json")
    assert correlation.read(message) == {
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "messageId": "MxIgT-4pWCQu2tH9hMkSTljQ",
        "kind": "text",
        "text": sent["text"],
        "sendTime": SENT,
    }
    assert correlation.read(conversation) == {
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "lastInboundAtMs": SENT_MS,
    }
    assert correlation.told[0]["event"] == sent


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("user-message-text", "text"),
        ("user-message-file", "userFile"),
        ("user-message-location", "location"),
        ("user-message-suggestion-reply", "suggestionResponse"),
    ],
)
async def test_content_that_shall_not_be_stored_is_told_but_not_kept(name: str, member: str) -> None:
    correlation = Correlation(store_content=False)
    await correlation.take_file(name)
    kept = correlation.read(SENT_BY_USER[1])
    assert set(kept) == {"agentId", "phoneNumber", "messageId", "kind", "sendTime"}
    assert kept["kind"] == member
    assert correlation.told[0]["event"][member] == load_json(f"decoded-events/{name}.json")[member]


async def test_opt_out_counts_until_a_later_opt_in(correlation: Correlation) -> None:
    for name, changes in (
        ("user-event-unsubscribe", {"sendTime": "2018-12-31T15:00:00Z"}),
        ("user-event-subscribe", NEWER),
        ("user-event-unsubscribe", {"sendTime": "2018-12-31T15:30:00Z"}),
    ):
        await correlation.take_file(name, **changes)
    assert [update["state"] for update in correlation.told] == ["optedOut", "optedIn", "optedIn"]
    assert correlation.read(CONVERSATION_DOCUMENT)["consent"] == {
        "optedOutAtMs": 1_546_270_200_000,
        "optedInAtMs": 1_546_272_000_000,
    }


async def test_opt_out_without_a_time_counts_from_when_it_was_received(correlation: Correlation) -> None:
    await correlation.take_file("user-event-unsubscribe")
    assert correlation.read(CONVERSATION_DOCUMENT)["consent"] == {"optedOutAtMs": RECEIVED_MS}


async def test_launch_state_is_kept_per_region(correlation: Correlation) -> None:
    await correlation.take_file("agent-launch-event")
    await correlation.take_file(
        "agent-launch-event", newLaunchState="LAUNCHED", sendTime="2025-04-01T00:00:00Z"
    )
    await correlation.take_file("agent-launch-event", regionId="/v1/regions/a.b")
    assert correlation.read(AGENT_DOCUMENT)["launchStateAtMs"] == {
        "fi-rcs": {"REJECTED": 1_741_200_619_386, "LAUNCHED": 1_743_465_600_000},
        "a.b": {"REJECTED": 1_741_200_619_386},
    }
    assert correlation.told[1]["event"]["newLaunchState"] == "LAUNCHED"


async def test_write_that_is_not_confirmed_is_not_told_and_the_repeat_is(correlation: Correlation) -> None:
    correlation.ledger.failures = [NotConfirmed("Firestore is down")]
    with pytest.raises(NotConfirmed):
        await correlation.take_file("user-event-delivered")
    assert correlation.updates.messages == []
    await correlation.take_file("user-event-delivered")
    assert [update["state"] for update in correlation.told] == ["delivered"]


@pytest.mark.parametrize("failing_write", [0, 1])
async def test_one_of_two_writes_that_fails_fails_the_event_and_the_repeat_completes_it(
    correlation: Correlation, failing_write: int
) -> None:
    whole = Correlation()
    await whole.take_file("user-message-text")
    merges = iter([None, None])
    original = correlation.ledger.merge

    class HalfDown(InMemoryLedger):
        async def merge(self, merge: Any) -> None:
            next(merges, None)
            await original(merge)

    correlation.ledger.failures = [NotConfirmed("Firestore is down")] * (failing_write + 1)
    with pytest.raises(NotConfirmed):
        await correlation.take_file("user-message-text")
    await correlation.take_file("user-message-text")
    assert correlation.ledger.documents == whole.ledger.documents
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


@pytest.mark.parametrize("name", ["user-event-is-typing", "user-message-text", "agent-launch-event", CAPABILITY])
async def test_what_is_told_from_the_event_alone_needs_no_read(correlation: Correlation, name: str) -> None:
    await correlation.take_file(name)
    assert correlation.ledger.reads == []


async def test_typing_on_a_message_of_ours_is_told_as_that_message_s(correlation: Correlation) -> None:
    await correlation.take_file("user-event-is-typing", messageId=MESSAGE_DOCUMENT[-1])
    assert set(correlation.ledger.documents) == {MESSAGE_DOCUMENT}
    assert [update["event"]["eventType"] for update in correlation.told] == ["IS_TYPING"]
