"""Which documents an event writes, and what stands in them."""

import hashlib
from datetime import UTC, datetime

import pytest
from tests.functions.domain.builders import (
    AGENT,
    CONSENT_DOCUMENT,
    CONVERSATION_DOCUMENT,
    MESSAGE_DOCUMENT,
    PHONE,
    find_said,
)
from tests.functions.usecases.correlating import NOW, RETENTION, Correlation
from tests.support.payloads import event_bytes, list_names, load_bytes, load_json

from rbm_ledger.domain.consent import evidence_path
from rbm_ledger.domain.deadlines import NEVER_MS
from rbm_ledger.domain.ledger import DocumentPath

RECEIVED_MS = 1_795_348_800_000
SENT_MS = 1_546_268_483_045
SENT = datetime(2018, 12, 31, 15, 1, 23, 45123, tzinfo=UTC)
AGENT_DOCUMENT = ("agents", "rbm-chatbot-id")
KEPT = {"agents", "consents", "evidence"}


def user_messages(phone_number: str, message_id: str) -> tuple[DocumentPath, DocumentPath]:
    conversation = ("agents", AGENT, "conversations", phone_number)
    return conversation, (*conversation, "userMessages", message_id)


def find_consents(name: str) -> tuple[DocumentPath, DocumentPath]:
    """The consent that the event changes, and its evidence."""
    evidence = find_said(event_bytes(name))
    assert evidence is not None
    return CONSENT_DOCUMENT, evidence_path(evidence, "")


SENT_BY_USER = user_messages(PHONE, "MxIgT-4pWCQu2tH9hMkSTljQ")
TAPPED_WITH_EVENT_ID = user_messages(PHONE, "MxJdOFFXN4QBmdGn1GLbqnpw")
TAPPED_IN_THE_US = user_messages("+18001111111", "MxXXXXXXXXXXXXXXXX")
SENT_IN_THE_US = user_messages("+12025550123", "MxIgT-4pWCQu2tH9hMkSTljQ")
CAPABILITY = "capability-callback-response-deprecated"

# file → the documents that it writes; kind and state of its update
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
    "user-event-subscribe": (
        (CONVERSATION_DOCUMENT, *find_consents("user-event-subscribe")),
        ("consent", "optedIn"),
    ),
    "user-event-suggestion-action-with-event-id": (TAPPED_WITH_EVENT_ID, ("userMessage", None)),
    "user-event-unsubscribe": (
        (CONVERSATION_DOCUMENT, *find_consents("user-event-unsubscribe")),
        ("consent", "optedOut"),
    ),
    "user-message-file": (SENT_BY_USER, ("userMessage", None)),
    "user-message-location": (SENT_BY_USER, ("userMessage", None)),
    "user-message-suggestion-action-us": (TAPPED_IN_THE_US, ("userMessage", None)),
    "user-message-suggestion-reply": (SENT_BY_USER, ("userMessage", None)),
    "user-message-suggestion-reply-no-type": (SENT_BY_USER, ("userMessage", None)),
    "user-message-text": (SENT_BY_USER, ("userMessage", None)),
    "user-message-text-us": (SENT_IN_THE_US, ("userMessage", None)),
    "user-message-text-with-event-id": (SENT_BY_USER, ("userMessage", None)),
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
async def test_every_document_is_stamped_and_may_be_purged_unless_it_must_not_be_forgotten(
    correlation: Correlation, name: str
) -> None:
    await correlation.take(load_bytes(f"decoded-events/{name}.json"))
    for path, document in correlation.ledger.documents.items():
        assert document["updatedTime"] == NOW
        assert document.get("purgeTime") == (None if path[-2] in KEPT else NOW + RETENTION)
        assert document["schemaVersion"] == 1


async def test_receipt_is_recorded_whole(correlation: Correlation) -> None:
    await correlation.take_file("user-event-delivered")
    assert correlation.read(MESSAGE_DOCUMENT) == {
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "messageId": MESSAGE_DOCUMENT[-1],
        "stateRank": 60,
        "events": [{"eventId": "MxJdOFFXN4QBmdGn1GLbqnpw", "eventType": "DELIVERED", "sendTime": SENT}],
        "sweep": {"shard": 15, "dueAtMs": NEVER_MS, "orphanDueAtMs": RECEIVED_MS + 900_000},
    }


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


async def test_typing_concerns_the_conversation_even_where_it_names_a_message(
    correlation: Correlation,
) -> None:
    await correlation.take_file("user-event-is-typing", messageId=MESSAGE_DOCUMENT[-1])
    assert set(correlation.ledger.documents) == {CONVERSATION_DOCUMENT}
    assert correlation.updates.messages == []


@pytest.mark.parametrize(
    ("name", "is_orphan"),
    [("user-event-delivered", True), ("user-event-is-typing", None), ("user-message-text", None)],
)
async def test_event_before_its_request_makes_an_orphan(
    correlation: Correlation, name: str, is_orphan: bool | None
) -> None:
    assert (await correlation.take_file(name)).is_orphan is is_orphan


async def test_event_after_its_request_is_no_orphan(correlation: Correlation) -> None:
    correlation.ledger.documents[MESSAGE_DOCUMENT] = {"requestedTime": NOW}
    assert (await correlation.take_file("user-event-delivered")).is_orphan is False


async def test_without_updates_nothing_is_read_back_and_no_orphan_known() -> None:
    correlated = await Correlation(has_updates=False).take_file("user-event-delivered")
    assert correlated.is_orphan is None
