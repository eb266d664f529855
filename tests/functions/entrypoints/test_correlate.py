"""What Pub/Sub sees of `correlate`, and what stands in Firestore and on rbm-updates when it has answered."""

import asyncio
import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.functions.entrypoints.asgi import call_function, load_function
from tests.functions.entrypoints.cloud import AGENT, Cloud, Subscription, open_firestore
from tests.functions.entrypoints.conftest import Post
from tests.functions.entrypoints.wire import (
    EVENTARC_HEADERS,
    PUBLISH_TIME,
    STRUCTURED_HEADERS,
    encode_data,
    push_body,
    push_fields,
    structured_body,
)
from tests.support.payloads import event_bytes, load_bytes, load_json

from rbm_ledger.domain.deadlines import NEVER_MS, ORPHAN_GRACE, shard_of
from rbm_ledger.domain.times import to_millis

SENT = datetime(2018, 12, 31, 15, 1, 23, 45123, tzinfo=UTC)


def delivered(message_id: str, **changes: Any) -> bytes:
    return event_bytes("user-event-delivered", messageId=message_id, **changes)


def push_without(payload: bytes, *names: str) -> bytes:
    """A push that lacks some members of its message."""
    fields = push_fields(payload, attributes={"messageId": "ignored"})
    kept = {name: value for name, value in fields["message"].items() if name not in names}
    return json.dumps({**fields, "message": kept}).encode()


DELIVERIES: dict[str, tuple[Callable[[bytes], bytes], dict[str, str]]] = {
    "plain push": (push_body, {"Content-Type": "application/json"}),
    "plain push without a content type": (push_body, {}),
    "Eventarc, binary": (push_body, EVENTARC_HEADERS),
    "Eventarc, structured": (structured_body, STRUCTURED_HEADERS),
    "camel case alone": (lambda payload: push_without(payload, "message_id", "publish_time"), {}),
    "snake case alone": (lambda payload: push_without(payload, "messageId", "publishTime"), {}),
    "data and nothing else": (
        lambda payload: json.dumps({"message": {"data": encode_data(payload)}}).encode(),
        {},
    ),
}


@pytest.mark.parametrize(("make_body", "headers"), DELIVERIES.values(), ids=DELIVERIES)
async def test_event_is_written_when_it_is_acknowledged(
    request_function: Post,
    cloud: Cloud,
    message_id: str,
    make_body: Callable[[bytes], bytes],
    headers: dict[str, str],
) -> None:
    answer = await request_function("correlate", make_body(delivered(message_id)), headers=headers)
    document = cloud.read_message(message_id)
    assert (answer.status, answer.body) == (204, b"")
    assert document is not None
    assert document.pop("purgeTime") > document.pop("updatedTime")
    assert len(document.pop("signed")) == len(document.pop("idClaims")) == 1
    sweep = document.pop("sweep")
    assert sweep.pop("orphanDueAtMs") >= to_millis(datetime.fromisoformat(PUBLISH_TIME) + ORPHAN_GRACE)
    assert sweep == {"shard": shard_of(message_id), "dueAtMs": NEVER_MS}
    assert document == {
        "agentId": AGENT,
        "phoneNumber": "+12223334444",
        "messageId": message_id,
        "stateRank": 60,
        "schemaVersion": 1,
        "events": [
            {
                "eventId": load_json("decoded-events/user-event-delivered.json")["eventId"],
                "eventType": "DELIVERED",
                "sendTime": SENT,
            }
        ],
    }


@pytest.mark.parametrize("envelope", [{"attributes": {"family": "UserEvent"}}, {"data": ""}])
async def test_message_without_data_is_acknowledged_and_quarantined(
    request_function: Post, cloud: Cloud, envelope: dict[str, Any]
) -> None:
    answer = await request_function("correlate", json.dumps({"message": envelope}))
    quarantined = cloud.read("quarantine", hashlib.sha256(b"").hexdigest())
    assert answer.status == 204
    assert quarantined is not None
    assert quarantined["raw"] == b""


async def test_same_event_ten_times_at_once_is_one_element(
    request_function: Post, cloud: Cloud, message_id: str
) -> None:
    body = push_body(delivered(message_id))
    answers = await asyncio.gather(*(request_function("correlate", body) for _ in range(10)))
    document = cloud.read_message(message_id)
    assert {answer.status for answer in answers} == {204}
    assert document is not None
    assert len(document["events"]) == 1


async def test_read_before_delivered_is_read(request_function: Post, cloud: Cloud, message_id: str) -> None:
    await request_function("correlate", push_body(event_bytes("user-event-read", messageId=message_id)))
    await request_function("correlate", push_body(delivered(message_id)))
    document = cloud.read_message(message_id)
    assert document is not None
    assert document["stateRank"] == 70
    assert [event["eventType"] for event in document["events"]] == ["READ", "DELIVERED"]


async def test_attributes_of_the_push_change_no_document(
    request_function: Post, cloud: Cloud, message_id: str
) -> None:
    attributes = {"agentId": "another-agent", "messageId": "another-message", "family": "ServerEvent"}
    await request_function("correlate", push_body(delivered(message_id), attributes=attributes))
    assert cloud.read_message(message_id) is not None
    assert cloud.read("agents", "another-agent", "messages", "another-message") is None


TIMES = {
    "when the webhook took it": ({"receivedTime": "2026-11-22T09:59:58.500000Z"}, "2026-11-22T09:59:58.500Z"),
    "when it was published": ({}, PUBLISH_TIME),
    "when it was published, for an unreadable stamp": ({"receivedTime": "yesterday"}, PUBLISH_TIME),
}


@pytest.mark.parametrize(("attributes", "expected"), TIMES.values(), ids=TIMES)
async def test_event_without_a_time_happened(
    request_function: Post, cloud: Cloud, attributes: dict[str, str], expected: str
) -> None:
    agent = f"agent-{uuid.uuid4()}"
    body = push_body(event_bytes("user-event-unsubscribe", agentId=agent), attributes=attributes)
    await request_function("correlate", body)
    consent = cloud.read("agents", agent, "consents", "+12223334444")
    assert consent is not None
    assert [*consent["heardAtMs"]["optedOut"].values()] == [to_millis(datetime.fromisoformat(expected))]


@pytest.mark.parametrize("spelling", ["publishTime", "publish_time"])
async def test_publish_time_counts_in_either_spelling(
    request_function: Post, cloud: Cloud, spelling: str
) -> None:
    agent = f"agent-{uuid.uuid4()}"
    other = {"publishTime": "publish_time", "publish_time": "publishTime"}[spelling]
    await request_function(
        "correlate", push_without(event_bytes("user-event-is-typing", agentId=agent, sendTime=None), other)
    )
    conversation = cloud.read("agents", agent, "conversations", "+12223334444")
    assert conversation is not None
    assert conversation["lastInboundAtMs"] == datetime.fromisoformat(PUBLISH_TIME).timestamp() * 1000


async def test_update_tells_what_the_document_says(
    request_function: Post, updates: Subscription, message_id: str
) -> None:
    await request_function("correlate", push_body(delivered(message_id)))
    [message] = updates.pull(1)
    update = json.loads(message.data)
    assert dict(message.attributes) == {"kind": "message", "state": "delivered", "agentId": AGENT}
    assert datetime.fromisoformat(update.pop("recordedTime")).tzinfo == UTC
    assert update.pop("explanation").startswith("It is on the user's device.")
    assert update == {
        "kind": "message",
        "agentId": AGENT,
        "phoneNumber": "+12223334444",
        "messageId": message_id,
        "state": "delivered",
        "event": {
            "eventId": load_json("decoded-events/user-event-delivered.json")["eventId"],
            "eventType": "DELIVERED",
            "sendTime": "2018-12-31T15:01:23.045123Z",
        },
        "timeline": [{"what": "DELIVERED", "at": "2018-12-31T15:01:23.045123Z"}],
    }


async def test_state_in_updates_never_goes_back(
    request_function: Post, updates: Subscription, message_id: str
) -> None:
    for name in ("user-event-read", "user-event-delivered", "server-event-ttl-expiration-revoked"):
        await request_function("correlate", push_body(event_bytes(name, messageId=message_id)))
    assert [message.attributes["state"] for message in updates.pull(3)] == ["read"] * 3


KINDS = {
    "user-message-text": ("userMessage", None),
    "user-event-unsubscribe": ("consent", "optedOut"),
    "agent-launch-event": ("agentLaunch", "REJECTED"),
}


@pytest.mark.parametrize(("name", "kind"), KINDS.items(), ids=KINDS)
async def test_update_carries_its_kind(
    request_function: Post, updates: Subscription, name: str, kind: tuple[str, str | None]
) -> None:
    agent = f"agent-{uuid.uuid4()}"
    await request_function("correlate", push_body(event_bytes(name, agentId=agent)))
    [message] = updates.pull(1)
    assert (message.attributes["kind"], message.attributes.get("state")) == kind
    assert message.attributes["agentId"] == agent


async def test_content_is_left_out_where_storing_is_off(cloud: Cloud) -> None:
    agent = f"agent-{uuid.uuid4()}"
    correlate = load_function("correlate", {**cloud.settings, "STORE_CONTENT": "false"})
    payload = event_bytes("user-message-text", agentId=agent)
    answer = await call_function(correlate, [push_body(payload)])
    message_id = json.loads(payload)["messageId"]
    stored = cloud.read("agents", agent, "conversations", "+12223334444", "userMessages", message_id)
    assert answer.status == 204
    assert stored is not None
    assert (stored["kind"], stored.get("text")) == ("text", None)


async def test_documents_go_to_the_named_database_for_the_set_time(cloud: Cloud, message_id: str) -> None:
    settings = {**cloud.settings, "FIRESTORE_DATABASE": "ledger", "RETENTION_DAYS": "7"}
    await call_function(load_function("correlate", settings), [push_body(delivered(message_id))])
    assert cloud.read_message(message_id) is None
    with open_firestore(cloud.firestore_host, cloud.project, "ledger") as ledger:
        document = ledger.document("agents", AGENT, "messages", message_id).get().to_dict()
    assert (document["purgeTime"] - document["updatedTime"]).days == 7


async def test_path_and_query_do_not_matter(request_function: Post, cloud: Cloud, message_id: str) -> None:
    """Eventarc adds `?__GCP_CloudEventsMode=CE_PUBSUB_BINDING`."""
    path = "projects/p/topics/t?__GCP_CloudEventsMode=CE_PUBSUB_BINDING"
    answer = await request_function("correlate", push_body(delivered(message_id)), path=path)
    assert answer.status == 204
    assert cloud.read_message(message_id) is not None


async def test_payload_that_nobody_understands_is_acknowledged_and_kept_as_it_came(
    request_function: Post, cloud: Cloud
) -> None:
    payload = load_bytes("decoded-events/capability-callback-response-deprecated.json")
    answers = [await request_function("correlate", push_body(payload)) for _ in range(2)]
    quarantined = cloud.read("quarantine", hashlib.sha256(payload).hexdigest())
    assert [answer.status for answer in answers] == [204, 204]
    assert quarantined is not None
    assert quarantined["raw"] == payload
