"""Every payload we have, through the served webhook, a push subscription and the served correlate.

Posted in random order, with duplicates, many at once: the documents end as DESIGN, section 6, says.
"""

import asyncio
import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from tests.functions.entrypoints.cloud import DEADLINE_SECONDS, Cloud, Subscription, open_cloud
from tests.functions.entrypoints.serving import ServedFunction, serve
from tests.functions.entrypoints.wire import TOKENS, decode_data, sign_headers, wrap_delivery
from tests.support.payloads import list_names, load_bytes, load_json

from rbm_ledger.domain.consent import describe_consent
from rbm_ledger.domain.deadlines import NEVER_MS
from rbm_ops.local.topology import EVENTS, UPDATES

AGENT, PHONE = "growing-tree-bank", "+12223334444"
STAMPS = frozenset({"updatedTime", "purgeTime", "schemaVersion", "signed", "idClaims", "contentConflicts"})
COPIES = 3
SEED = 20261122

BODIES = [
    *(
        load_bytes(f"webhook-bodies/{name}")
        for name in list_names("webhook-bodies")
        if name != "handshake.json"
    ),
    *(wrap_delivery(load_bytes(f"decoded-events/{name}")) for name in list_names("decoded-events")),
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the run left behind. `answers`: status and body of each delivery, in the order of posting."""

    cloud: Cloud
    began_at: datetime
    answers: list[tuple[int, bytes]]
    updates: list[dict[str, Any]]

    def read(self, *path: str) -> dict[str, Any]:
        document = self.cloud.read(*path)
        assert document is not None, f"there is no document at {'/'.join(path)}"
        return {name: value for name, value in document.items() if name not in STAMPS}

    def list_documents(self) -> set[str]:
        groups = ("agents", "messages", "conversations", "userMessages", "consents", "quarantine")
        found = (each for group in groups for each in self.cloud.documents.collection_group(group).stream())
        return {document.reference.path for document in found}


@pytest.fixture(scope="module")
def outcome(emulators: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """One run for each kind of emulator; its tests look at what it left."""
    hosts = (emulators.pubsub_host, emulators.firestore_host)
    with open_cloud(*hosts, project=f"payloads-{emulators.kind}") as cloud:
        settings = {
            "webhook": {"RBM_EVENTS_TOPIC": EVENTS, "RBM_CLIENT_TOKENS": json.dumps(TOKENS)},
            "correlate": {"RBM_UPDATES_TOPIC": UPDATES},
        }
        settings = {name: {**cloud.settings, **own} for name, own in settings.items()}
        folder = tmp_path_factory.mktemp(f"payloads-{emulators.kind}")
        with (
            serve(settings, folder) as served,
            cloud.subscribed(EVENTS, push_endpoint=served["correlate"].url),
            cloud.subscribed(UPDATES) as updates,
        ):
            yield asyncio.run(_run(cloud, served, updates))


async def _run(cloud: Cloud, served: dict[str, ServedFunction], updates: Subscription) -> Outcome:
    began_at = datetime.now(UTC)
    bodies = BODIES * COPIES
    random.Random(SEED).shuffle(bodies)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DEADLINE_SECONDS)) as session:
        answers = await asyncio.gather(*(_post(session, served["webhook"].url, body) for body in bodies))
    await asyncio.to_thread(served["correlate"].wait_until_logged, "correlate_event_recorded", len(bodies))
    published = updates.pull(sum(map(_is_told, bodies))) + updates.drain()
    return Outcome(cloud, began_at, answers, [json.loads(message.data) for message in published])


async def _post(session: aiohttp.ClientSession, url: str, body: bytes) -> tuple[int, bytes]:
    async with session.post(url, data=body, headers=sign_headers(decode_data(body))) as response:
        return response.status, await response.read()


def _is_told(body: bytes) -> bool:
    """Typing and what nobody understands change nothing that others act on; of consent decisions are told."""
    fields = json.loads(decode_data(body))
    untold = ("IS_TYPING", "SUBSCRIBE", "UNSUBSCRIBE")
    return fields.get("eventType") not in untold and "requestId" not in fields


def test_every_delivery_is_acknowledged(outcome: Outcome) -> None:
    assert outcome.answers == [(200, b"")] * COPIES * len(BODIES)


def test_documents_are_those_that_the_events_name_and_no_others(outcome: Outcome) -> None:
    quarantined = hashlib.sha256(load_bytes("decoded-events/capability-callback-response-deprecated.json"))
    conversations = f"agents/{AGENT}/conversations"
    assert outcome.list_documents() == {
        "agents/rbm-chatbot-id",
        f"agents/{AGENT}/messages/5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11",
        f"agents/{AGENT}/consents/{PHONE}",
        f"{conversations}/{PHONE}",
        f"{conversations}/{PHONE}/userMessages/MxIgT-4pWCQu2tH9hMkSTljQ",
        f"{conversations}/{PHONE}/userMessages/MxJdOFFXN4QBmdGn1GLbqnpw",
        f"{conversations}/+12025550123",
        f"{conversations}/+12025550123/userMessages/MxIgT-4pWCQu2tH9hMkSTljQ",
        f"{conversations}/+18001111111",
        f"{conversations}/+18001111111/userMessages/MxXXXXXXXXXXXXXXXX",
        f"quarantine/{quarantined.hexdigest()}",
    }


def test_message_is_read_and_holds_each_event_once(outcome: Outcome) -> None:
    message_id = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
    document = outcome.read("agents", AGENT, "messages", message_id)
    at = datetime(2018, 12, 31, 15, 1, 23, 45123, tzinfo=UTC)
    expected = {
        (load_json(f"decoded-events/{name}.json")["eventId"], event_type, send_time)
        for name, event_type, send_time in (
            ("user-event-delivered", "DELIVERED", at),
            ("user-event-delivered-minimal", "DELIVERED", None),
            ("user-event-read", "READ", at),
            ("server-event-ttl-expiration-revoked", "TTL_EXPIRATION_REVOKED", at),
            ("server-event-ttl-expiration-revoke-failed", "TTL_EXPIRATION_REVOKE_FAILED", at),
        )
    }
    events = [
        (event["eventId"], event["eventType"], event.get("sendTime")) for event in document.pop("events")
    ]
    assert len(events) == len(expected)
    assert set(events) == expected
    assert document.pop("sweep")["dueAtMs"] == NEVER_MS
    assert document == {"agentId": AGENT, "phoneNumber": PHONE, "messageId": message_id, "stateRank": 70}


def test_both_changes_of_consent_and_the_last_sign_of_life_are_known(outcome: Outcome) -> None:
    conversation = outcome.read("agents", AGENT, "conversations", PHONE)
    consent = outcome.read("agents", AGENT, "consents", PHONE)
    began_at_ms, now_ms = (int(at.timestamp() * 1000) for at in (outcome.began_at, datetime.now(UTC)))
    times = (*describe_consent(consent).values(), conversation.pop("lastInboundAtMs"))
    del consent["heardAtMs"]
    assert all(began_at_ms <= at_ms <= now_ms for at_ms in times)
    assert conversation == consent == {"agentId": AGENT, "phoneNumber": PHONE}


def test_each_word_of_consent_is_one_piece_of_evidence(outcome: Outcome) -> None:
    evidence = outcome.cloud.documents.collection(f"agents/{AGENT}/consents/{PHONE}/evidence")
    decisions = sorted(word.to_dict()["decision"] for word in evidence.stream())
    assert decisions == ["optedIn", "optedOut"]


def test_conversations_with_dated_messages_were_last_active_then(outcome: Outcome) -> None:
    for phone_number, name in (
        ("+12025550123", "user-message-text-us"),
        ("+18001111111", "user-message-suggestion-action-us"),
    ):
        sent_at = datetime.fromisoformat(load_json(f"decoded-events/{name}.json")["sendTime"])
        conversation = outcome.read("agents", AGENT, "conversations", phone_number)
        assert conversation["lastInboundAtMs"] == int(sent_at.timestamp() * 1000)


USER_MESSAGES = {
    ("+12025550123", "MxIgT-4pWCQu2tH9hMkSTljQ"): ("user-message-text-us", "text"),
    ("+18001111111", "MxXXXXXXXXXXXXXXXX"): ("user-message-suggestion-action-us", "suggestionResponse"),
    (PHONE, "MxJdOFFXN4QBmdGn1GLbqnpw"): ("user-event-suggestion-action-with-event-id", "suggestionResponse"),
}


@pytest.mark.parametrize(
    ("place", "source"), USER_MESSAGES.items(), ids=[name for name, _ in USER_MESSAGES.values()]
)
def test_users_message_is_kept_whole(
    outcome: Outcome, place: tuple[str, str], source: tuple[str, str]
) -> None:
    (phone_number, message_id), (name, kind) = place, source
    document = outcome.read("agents", AGENT, "conversations", phone_number, "userMessages", message_id)
    signed = load_json(f"decoded-events/{name}.json")
    content = {
        field: value for field, value in signed.items() if field not in ("senderPhoneNumber", "sendTime")
    }
    naming = {"agentId": AGENT, "phoneNumber": phone_number, "messageId": message_id, "kind": kind}
    sent = {"sendTime": datetime.fromisoformat(signed["sendTime"])} if "sendTime" in signed else {}
    assert document == {**content, **naming, **sent}


def test_messages_that_share_an_id_in_the_documentation_lose_none_of_their_content(outcome: Outcome) -> None:
    """In production a user's message id names one message; Google's samples use one for all."""
    document = outcome.read(
        "agents", AGENT, "conversations", PHONE, "userMessages", "MxIgT-4pWCQu2tH9hMkSTljQ"
    )
    assert document["userFile"] == load_json("decoded-events/user-message-file.json")["userFile"]
    assert document["location"] == load_json("decoded-events/user-message-location.json")["location"]
    assert document["suggestionResponse"]["postbackData"] == "suggestion_1"
    assert document["text"] in ("Hello, world!", "Hi")


def test_launch_state_is_kept_by_region(outcome: Outcome) -> None:
    signed = load_json("decoded-events/agent-launch-event.json")
    at_ms = int(datetime.fromisoformat(signed["sendTime"]).timestamp() * 1000)
    assert outcome.read("agents", "rbm-chatbot-id") == {
        "agentId": "rbm-chatbot-id",
        "launchStateAtMs": {"fi-rcs": {"REJECTED": at_ms}},
        "launchEvents": [signed],
    }


def test_payload_that_nobody_understands_is_kept_as_it_came(outcome: Outcome) -> None:
    payload = load_bytes("decoded-events/capability-callback-response-deprecated.json")
    document = outcome.read("quarantine", hashlib.sha256(payload).hexdigest())
    assert (document["raw"], document["family"]) == (payload, "Unknown")


def test_every_change_is_told(outcome: Outcome) -> None:
    kinds = [update["kind"] for update in outcome.updates]
    told = list(map(json.loads, map(decode_data, filter(_is_told, BODIES))))
    launches = sum("newLaunchState" in fields for fields in told)
    receipts = sum("eventType" in fields for fields in told)
    expected = {"agentLaunch": launches, "message": receipts}
    expected["userMessage"] = len(told) - sum(expected.values())
    assert {kind: kinds.count(kind) for kind in expected} == {
        kind: COPIES * n for kind, n in expected.items()
    }


def test_last_that_is_told_of_consent_is_what_is_in_force(outcome: Outcome) -> None:
    told = [update["consent"] for update in outcome.updates if update["kind"] == "consent"]
    consent = describe_consent(outcome.read("agents", AGENT, "consents", PHONE))
    assert {name: min(times[name] for times in told if name in times) for name in consent} == consent
    assert consent.keys() == {"optedOutAtMs", "optedInAtMs"}


def test_read_is_the_last_state_that_is_told(outcome: Outcome) -> None:
    states = {
        update["state"]
        for update in outcome.updates
        if update["kind"] == "message" and len(update["timeline"]) == 5
    }
    assert states == {"read"}
