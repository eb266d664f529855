"""Which documents an event changes, and how."""

import dataclasses
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.functions.domain.builders import (
    AGENT,
    CONVERSATION_DOCUMENT,
    MESSAGE,
    MESSAGE_DOCUMENT,
    PHONE,
    RECEIVED,
    USER_MESSAGE_DOCUMENT,
    correlate,
    correlate_type,
    fold_all,
    fold_one,
)
from tests.functions.domain.strategies import HOSTILE_BYTES
from tests.support.payloads import event_bytes, list_names, load_bytes, load_json

from rbm_ledger.domain.correlation import Arrival, merges_for
from rbm_ledger.domain.deadlines import NEVER_MS, ORPHAN_DUE, shard_of
from rbm_ledger.domain.events import parse_event
from rbm_ledger.domain.ledger import State, quarantine_path, state_of
from rbm_ledger.domain.times import to_millis

SENT = datetime(2018, 12, 31, 15, 1, 23, 45123, UTC)
SHARD = shard_of(MESSAGE)

DOCUMENTS = {
    "agent-launch-event": {("agents", "rbm-chatbot-id")},
    "user-event-delivered": {MESSAGE_DOCUMENT},
    "user-event-delivered-minimal": {MESSAGE_DOCUMENT},
    "user-event-read": {MESSAGE_DOCUMENT},
    "server-event-ttl-expiration-revoked": {MESSAGE_DOCUMENT},
    "server-event-ttl-expiration-revoke-failed": {MESSAGE_DOCUMENT},
    "user-event-is-typing": {CONVERSATION_DOCUMENT},
    "user-event-subscribe": {CONVERSATION_DOCUMENT},
    "user-event-unsubscribe": {CONVERSATION_DOCUMENT},
    "user-message-text": {CONVERSATION_DOCUMENT, USER_MESSAGE_DOCUMENT},
    "user-message-file": {CONVERSATION_DOCUMENT, USER_MESSAGE_DOCUMENT},
    "user-message-location": {CONVERSATION_DOCUMENT, USER_MESSAGE_DOCUMENT},
    "user-message-text-with-event-id": {CONVERSATION_DOCUMENT, USER_MESSAGE_DOCUMENT},
}


def without_signed(document: dict[str, Any]) -> dict[str, Any]:
    """Without what test_signed.py is about."""
    return {name: value for name, value in document.items() if name not in ("signed", "idClaims")}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_event_writes_its_documents_and_no_other(name: str) -> None:
    event, arrival = parse_event(event_bytes(name)), Arrival(event_bytes(name), RECEIVED)
    assert {merge.document for merge in merges_for(event, arrival)} == DOCUMENTS[name]


@pytest.mark.parametrize("name", list_names("decoded-events"))
def test_event_touches_each_document_once(name: str) -> None:
    documents = [merge.document for merge in correlate(load_bytes(f"decoded-events/{name}"))]
    assert len(documents) == len(set(documents))


def test_receipt_makes_the_document_of_its_message() -> None:
    document = fold_one(correlate_type("DELIVERED"))
    assert {"signed", "idClaims"} <= document.keys()
    assert without_signed(document) == {
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "messageId": MESSAGE,
        "stateRank": State.DELIVERED.value,
        "events": [{"eventId": "MxJdOFFXN4QBmdGn1GLbqnpw", "eventType": "DELIVERED", "sendTime": SENT}],
        "sweep": {"shard": SHARD, "dueAtMs": NEVER_MS, "orphanDueAtMs": to_millis(RECEIVED) + 900_000},
    }


def test_receipt_holds_signed_content_only_but_for_when_its_request_is_missed() -> None:
    payload = event_bytes("user-event-delivered")
    [early], [late] = (correlate(payload, received_at=RECEIVED + timedelta(days=day)) for day in (0, 1))
    assert late.maxima == {**early.maxima, ORPHAN_DUE: early.maxima[ORPHAN_DUE] + 24 * 3600 * 1000}
    assert dataclasses.replace(late, maxima=early.maxima) == early


@pytest.mark.parametrize(
    ("event_type", "settles"),
    [
        ("DELIVERED", True),
        ("READ", True),
        ("TTL_EXPIRATION_REVOKED", False),
        ("TTL_EXPIRATION_REVOKE_FAILED", False),
    ],
)
def test_only_a_receipt_settles_a_message_for_good(event_type: str, *, settles: bool) -> None:
    sweep = fold_one(correlate_type(event_type))["sweep"]
    assert sweep["shard"] == SHARD
    assert sweep.get("dueAtMs") == (NEVER_MS if settles else None)


def test_event_without_a_time_is_stored_without_one() -> None:
    document = fold_one(correlate(event_bytes("user-event-delivered-minimal")))
    assert document["events"] == [{"eventId": "MxJdOFFXN4QBmdGn1GLbqnpw", "eventType": "DELIVERED"}]


def test_time_that_is_no_time_is_stored_as_text() -> None:
    [element] = fold_one(correlate_type("READ", sendTime="noon"))["events"]
    assert element["sendTimeText"] == "noon"
    assert "sendTime" not in element


def test_event_type_of_the_future_stands_with_its_message_and_in_quarantine() -> None:
    payload = event_bytes("user-event-delivered", eventType="PLAYED")
    documents = fold_all(correlate(payload))
    assert set(documents) == {MESSAGE_DOCUMENT, quarantine_path(payload)}
    assert state_of(documents[MESSAGE_DOCUMENT]) is State.UNKNOWN_MESSAGE
    assert documents[MESSAGE_DOCUMENT]["events"][0]["eventType"] == "PLAYED"
    assert documents[quarantine_path(payload)]["raw"] == payload


@pytest.mark.parametrize(
    "payload",
    [
        *HOSTILE_BYTES.values(),
        load_bytes("decoded-events/capability-callback-response-deprecated.json"),
        event_bytes("user-event-is-typing", eventType="BLOCKED"),
    ],
    ids=[*HOSTILE_BYTES, "deprecated capability response", "unknown type without message"],
)
def test_payload_that_nobody_understands_is_kept_raw_in_quarantine(payload: bytes) -> None:
    [merge] = correlate(payload)
    document = fold_one([merge])
    assert merge.document == ("quarantine", hashlib.sha256(payload).hexdigest())
    assert document["raw"] == payload
    assert document["family"] == "Unknown"
    assert document["reason"]


@pytest.mark.parametrize("event_type", ["IS_TYPING", "UNSUBSCRIBE", "SUBSCRIBE"])
@pytest.mark.parametrize(
    ("send_time", "counted"),
    [
        ("2018-12-31T15:01:23.045999Z", to_millis(SENT)),
        (None, to_millis(RECEIVED)),
        ("no time", to_millis(RECEIVED)),
        ("2099-01-01T00:00:00Z", to_millis(RECEIVED)),
        ("9999-12-31T23:59:59Z", to_millis(RECEIVED)),
    ],
)
def test_sign_of_life_without_a_time_or_from_the_future_counts_from_its_arrival(
    event_type: str, send_time: str | None, counted: int
) -> None:
    documents = fold_all(correlate_type(event_type, sendTime=send_time))
    assert documents[CONVERSATION_DOCUMENT] == {
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "lastInboundAtMs": counted,
    }


def test_event_of_a_conversation_changes_no_message_though_it_names_one() -> None:
    documents = fold_all(correlate_type("UNSUBSCRIBE", messageId=MESSAGE))
    assert MESSAGE_DOCUMENT not in documents
    assert CONVERSATION_DOCUMENT in documents


CONTENT = ("text", "userFile", "location", "suggestionResponse")
BESIDE = ("eventId", "carrier", "richMessageClassification")
ENVELOPE = ("agentId", "senderPhoneNumber", "messageId", "sendTime")


@pytest.mark.parametrize(
    "name", [name for name in list_names("decoded-events") if name.startswith("user-message")]
)
def test_user_message_is_stored_whole(name: str) -> None:
    fields = load_json(f"decoded-events/{name}")
    documents = fold_all(correlate(load_bytes(f"decoded-events/{name}")))
    [stored] = [document for path, document in documents.items() if "userMessages" in path]
    own = {member: stored[member] for member in (*CONTENT, *BESIDE) if member in stored}
    assert own == {member: value for member, value in fields.items() if member not in ENVELOPE}
    assert "contentText" not in stored
    assert stored["messageId"] == fields.get("messageId", fields.get("eventId"))
    assert stored["kind"] in fields


@pytest.mark.parametrize("name", ["user-message-text", "user-message-file", "user-message-suggestion-reply"])
def test_user_message_without_content_says_only_that_it_came(name: str) -> None:
    documents = fold_all(correlate(event_bytes(name), store_content=False))
    assert without_signed(documents[USER_MESSAGE_DOCUMENT]) == {
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "messageId": "MxIgT-4pWCQu2tH9hMkSTljQ",
        "kind": next(member for member in CONTENT if member in load_json(f"decoded-events/{name}.json")),
        "sendTime": SENT,
    }


def test_user_message_cannot_set_the_fields_of_its_document() -> None:
    payload = event_bytes("user-message-text", kind="x", phoneNumber="+1", messageId="own")
    [document] = [
        document for path, document in fold_all(correlate(payload)).items() if "userMessages" in path
    ]
    assert (document["kind"], document["phoneNumber"], document["messageId"]) == ("text", PHONE, "own")


def test_user_message_of_unreadable_time_keeps_what_it_said() -> None:
    document = fold_all(correlate(event_bytes("user-message-text", sendTime="noon")))[USER_MESSAGE_DOCUMENT]
    assert document["sendTimeText"] == "noon"
    assert "sendTime" not in document


def test_user_message_with_both_ids_keeps_both() -> None:
    document = fold_all(correlate(event_bytes("user-message-text", eventId="another")))[USER_MESSAGE_DOCUMENT]
    assert (document["messageId"], document["eventId"]) == (USER_MESSAGE_DOCUMENT[-1], "another")


def test_launch_event_says_when_each_state_was_announced_in_its_region() -> None:
    launched = event_bytes("agent-launch-event", newLaunchState="LAUNCHED", sendTime="2025-04-01T00:00:00Z")
    document = fold_one([*correlate(launched), *correlate(event_bytes("agent-launch-event"))])
    assert document["agentId"] == "rbm-chatbot-id"
    assert document["launchStateAtMs"] == {"fi-rcs": {"LAUNCHED": 1743465600000, "REJECTED": 1741200619386}}
    assert load_json("decoded-events/agent-launch-event.json") in document["launchEvents"]


@pytest.mark.parametrize("region_id", [None, "", "/v1/regions/"])
def test_launch_event_without_a_region_stands_under_unknown(region_id: str | None) -> None:
    document = fold_one(correlate(event_bytes("agent-launch-event", regionId=region_id)))
    assert list(document["launchStateAtMs"]) == ["unknown"]


@pytest.mark.parametrize("send_time", [1543646409, {"seconds": 1}, ["2018"], True])
def test_time_of_another_type_is_kept_as_its_json(send_time: object) -> None:
    receipt = fold_one(correlate_type("DELIVERED", sendTime=send_time))
    [event] = receipt["events"]
    said = fold_all(correlate(event_bytes("user-message-text", sendTime=send_time)))[USER_MESSAGE_DOCUMENT]
    assert json.loads(event["sendTimeText"]) == json.loads(said["sendTimeText"]) == send_time
    assert state_of(receipt) is State.DELIVERED
