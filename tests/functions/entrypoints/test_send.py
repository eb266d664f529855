"""What other services see of `send`, what the RBM platform is asked, and what is recorded."""

import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from ..domain.payloads import list_names, request_bytes, request_fields
from .asgi import Answer
from .cloud import Cloud, Subscription
from .conftest import Post
from .wire import EVENTARC_HEADERS, STRUCTURED_HEADERS, push_body, structured_body

AGENT = "growing-tree-bank"
DELIVERED, UNREACHABLE, REFUSED, THROTTLED, FAILED = (f"+1415555{ending}" for ending in ("0102", "0104", "0111", "0112", "0113"))


def read_message(cloud: Cloud, message_id: str) -> dict[str, Any]:
    document = cloud.read("agents", AGENT, "messages", message_id)
    assert document is not None
    return document


def faults_of(answer: Answer) -> dict[str, str]:
    return {fault["path"]: fault["problem"] for fault in json.loads(answer.body)["error"]["faults"]}


# A direct POST: the answer is the record


async def test_post_is_answered_with_the_record(
    request_function: Post, simulator: Any, cloud: Cloud, message_id: str
) -> None:
    named = {"source": "orders", "clientReference": "1234", "labels": {"campaign": "none"}}
    answer = await request_function("send", request_bytes(messageId=message_id, **named))
    record = json.loads(answer.body)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert record.items() >= {
        "agentId": AGENT,
        "phoneNumber": "+14155550101",
        "messageId": message_id,
        "state": "accepted",
        "stateRank": 30,
        "content": request_fields()["contentMessage"],
        **named,
    }.items()
    assert [step["what"] for step in record["timeline"]] == ["requested", "accepted", "attempted"]
    assert read_message(cloud, message_id)["acceptedTime"] == datetime.fromisoformat(record["acceptedTime"])


@pytest.mark.parametrize("name", [name.removesuffix(".json") for name in list_names("agent-message-requests")])
async def test_every_documented_message_reaches_the_platform_as_it_was(
    request_function: Post, simulator: Any, message_id: str, name: str
) -> None:
    unexpired = {"expireTime": None, "ttl": "600s"} if "expire" in name else {}
    request = request_fields(name, messageId=message_id, **unexpired)
    answer = await request_function("send", json.dumps(request))
    assert answer.status == 200
    naming = ("agentId", "phoneNumber", "messageId")
    assert (await simulator())[message_id]["body"] == {
        member: value for member, value in request.items() if member not in naming
    }


async def test_same_key_is_the_same_message(request_function: Post, simulator: Any) -> None:
    body = request_bytes(idempotencyKey=f"order-{uuid.uuid4()}", phoneNumber=DELIVERED)
    first, second = [json.loads((await request_function("send", body)).body) for _ in range(2)]
    assert first["messageId"] == second["messageId"]
    assert list((await simulator()).keys()) == [first["messageId"]]


async def test_post_that_names_no_message_gets_a_new_one_each_time(request_function: Post, simulator: Any) -> None:
    first, second = [json.loads((await request_function("send", request_bytes())).body) for _ in range(2)]
    assert (await simulator()).keys() == {first["messageId"], second["messageId"]}


async def test_expired_request_is_422_and_never_sent(request_function: Post, simulator: Any, message_id: str) -> None:
    body = request_bytes(messageId=message_id, expireTime="2020-01-01T00:00:00Z")
    answer = await request_function("send", body)
    assert (answer.status, json.loads(answer.body)["state"]) == (422, "suppressed")
    assert await simulator() == {}


PLATFORM_ANSWERS = {
    "unreachable": (UNREACHABLE, 404, "unreachable"),
    "not an accepted tester": (REFUSED, 403, "rejected"),
}


@pytest.mark.parametrize(("phone_number", "status", "state"), PLATFORM_ANSWERS.values(), ids=PLATFORM_ANSWERS)
async def test_refusal_of_the_platform_is_the_answer(
    request_function: Post,
    simulator: Any,
    cloud: Cloud,
    message_id: str,
    phone_number: str,
    status: int,
    state: str,
) -> None:
    answer = await request_function("send", request_bytes(messageId=message_id, phoneNumber=phone_number))
    assert (answer.status, json.loads(answer.body)["state"]) == (status, state)
    assert [attempt["httpStatus"] for attempt in read_message(cloud, message_id)["attempts"]] == [status]


TRANSIENT = {"throttled": (THROTTLED, 429, 429), "failed though accepted": (FAILED, 503, 500)}


@pytest.mark.parametrize(("phone_number", "status", "platform_status"), TRANSIENT.values(), ids=TRANSIENT)
async def test_transient_failure_is_pending_and_the_repeat_accepted_as_the_same_message(
    request_function: Post,
    simulator: Any,
    cloud: Cloud,
    phone_number: str,
    status: int,
    platform_status: int,
) -> None:
    body = request_bytes(idempotencyKey=f"order-{uuid.uuid4()}", phoneNumber=phone_number)
    first, second = [await request_function("send", body) for _ in range(2)]
    record = json.loads(second.body)
    assert (first.status, second.status, record["state"]) == (status, 200, "accepted")
    assert [attempt["httpStatus"] for attempt in record["attempts"]] == [platform_status, 200]
    assert (await simulator())[record["messageId"]]["creates"] == 2


async def test_platform_that_is_down_is_503_and_recorded_as_pending(
    request_function: Post, cloud: Cloud, message_id: str
) -> None:
    answer = await request_function("send", request_bytes(messageId=message_id))
    document = read_message(cloud, message_id)
    assert answer.status == 503
    assert (document["stateRank"], document["attempts"][0]["status"]) == (10, "NO_ANSWER")


REVOKES = {"on its way": (1000, 200, 51), "delivered": (0.001, 404, 30)}


@pytest.mark.parametrize(
    ("simulator", "status", "state_rank"), REVOKES.values(), ids=REVOKES, indirect=["simulator"]
)
async def test_revoke_of_a_message_is_answered_as_the_platform_did(
    request_function: Post, simulator: Any, cloud: Cloud, message_id: str, status: int, state_rank: int
) -> None:
    await request_function("send", request_bytes(messageId=message_id))
    revoke = {"agentId": AGENT, "phoneNumber": "+14155550101", "revoke": {"messageId": message_id}}
    answer = await request_function("send", json.dumps(revoke))
    assert answer.status == status
    assert read_message(cloud, message_id)["stateRank"] == state_rank


async def test_update_goes_to_whoever_asked(
    request_function: Post, simulator: Any, updates: Subscription, message_id: str
) -> None:
    await request_function("send", request_bytes(messageId=message_id, source="orders", clientReference="1234"))
    [message] = updates.pull(1)
    update = json.loads(message.data)
    assert dict(message.attributes) == {
        "kind": "message",
        "state": "accepted",
        "agentId": AGENT,
        "source": "orders",
    }
    assert (update["messageId"], update["clientReference"]) == (message_id, "1234")


# What can never succeed, by POST


async def test_invalid_post_is_400_with_every_fault_and_its_path(request_function: Post, simulator: Any) -> None:
    body = request_bytes(
        phoneNumber="4155550101", ttl="yes", messageId="no-uuid", labels={"campaign": 7}, unheardOf=True
    )
    answer = await request_function("send", body)
    assert answer.status == 400
    assert faults_of(answer).keys() == {"phoneNumber", "ttl", "messageId", "labels.campaign", "unheardOf"}
    assert all(path in json.loads(answer.body)["error"]["message"] for path in faults_of(answer))
    assert await simulator() == {}


FAULTS = {
    "agentId is missing": ({"agentId": None}, "agentId"),
    "agentId is empty": ({"agentId": ""}, "agentId"),
    "phoneNumber is missing": ({"phoneNumber": None}, "phoneNumber"),
    "content is missing": ({"contentMessage": None}, ""),
    "content is a list": ({"contentMessage": []}, "contentMessage"),
    "ttl and expireTime": ({"ttl": "60s", "expireTime": "2026-11-22T10:00:00Z"}, ""),
    "messageId and idempotencyKey": ({"messageId": str(uuid.UUID(int=1)), "idempotencyKey": "1"}, ""),
    "ttl beyond 15 days": ({"ttl": "1296001s"}, "ttl"),
    "unknown traffic type": ({"messageTrafficType": "SPAM"}, "messageTrafficType"),
    "half a surrogate pair": ({"source": "\ud800"}, "source"),
}


@pytest.mark.parametrize(("changes", "path"), FAULTS.values(), ids=FAULTS)
async def test_fault_is_400_and_named_by_its_path(
    request_function: Post, changes: dict[str, Any], path: str
) -> None:
    answer = await request_function("send", request_bytes(**changes))
    assert answer.status == 400
    assert list(faults_of(answer)) == [path]


async def test_agent_that_is_not_allowed_is_403_and_not_called(
    request_function: Post, simulator: Any, message_id: str
) -> None:
    answer = await request_function("send", request_bytes(agentId="third-agent", messageId=message_id))
    assert answer.status == 403
    assert list(faults_of(answer)) == ["agentId"]
    assert await simulator() == {}


@pytest.mark.parametrize("agent_id", ["growing-tree-bank@rbm.goog", "second-agent", "second-agent@rbm.goog"])
async def test_allowed_agent_is_served_in_both_spellings(
    request_function: Post, simulator: Any, message_id: str, agent_id: str
) -> None:
    answer = await request_function("send", request_bytes(agentId=agent_id, messageId=message_id))
    assert answer.status == 200
    assert (await simulator())[message_id]["agentId"] == agent_id.removesuffix("@rbm.goog")


# By Pub/Sub: acknowledged when it is done with, for good or ill

PUSHES: dict[str, tuple[Callable[..., bytes], dict[str, str]]] = {
    "plain push": (push_body, {}),
    "Eventarc, binary": (push_body, EVENTARC_HEADERS),
    "Eventarc, structured": (structured_body, STRUCTURED_HEADERS),
}


@pytest.mark.parametrize(("make_body", "headers"), PUSHES.values(), ids=PUSHES)
async def test_published_request_is_sent_recorded_and_acknowledged(
    request_function: Post,
    simulator: Any,
    cloud: Cloud,
    message_id: str,
    make_body: Callable[..., bytes],
    headers: dict[str, str],
) -> None:
    answer = await request_function("send", make_body(request_bytes(messageId=message_id)), headers=headers)
    assert (answer.status, answer.body) == (204, b"")
    assert list(await simulator()) == [message_id]
    assert read_message(cloud, message_id)["stateRank"] == 30


async def test_push_repeated_is_one_message_though_it_names_none(request_function: Post, simulator: Any) -> None:
    body = push_body(request_bytes(phoneNumber=DELIVERED), message_id=uuid.uuid4().hex)
    answers = [await request_function("send", body) for _ in range(2)]
    assert [answer.status for answer in answers] == [204, 204]
    assert len(await simulator()) == 1


@pytest.mark.parametrize("phone_number", [UNREACHABLE, REFUSED])
async def test_refusal_for_good_is_acknowledged(
    request_function: Post, simulator: Any, message_id: str, phone_number: str
) -> None:
    body = push_body(request_bytes(messageId=message_id, phoneNumber=phone_number))
    assert (await request_function("send", body)).status == 204


@pytest.mark.parametrize(("phone_number", "status", "platform_status"), TRANSIENT.values(), ids=TRANSIENT)
async def test_transient_failure_is_not_acknowledged_and_the_redelivery_is_the_same_message(
    request_function: Post,
    simulator: Any,
    cloud: Cloud,
    phone_number: str,
    status: int,
    platform_status: int,
) -> None:
    body = push_body(request_bytes(phoneNumber=phone_number), message_id=uuid.uuid4().hex)
    first, second = [await request_function("send", body) for _ in range(2)]
    [(message_id, taken)] = (await simulator()).items()
    document = read_message(cloud, message_id)
    assert (first.status, second.status, taken["creates"]) == (status, 204, 2)
    assert [attempt["httpStatus"] for attempt in document["attempts"]] == [platform_status, 200]
    assert document["stateRank"] == 30


async def test_invalid_published_request_is_recorded_with_its_faults_and_acknowledged(
    request_function: Post, simulator: Any, cloud: Cloud, updates: Subscription, message_id: str
) -> None:
    request = request_bytes(messageId=message_id, phoneNumber="nobody", source="orders", ttl="yes")
    answer = await request_function("send", push_body(request))
    document = read_message(cloud, message_id)
    [message] = updates.pull(1)
    assert answer.status == 204
    assert (document["stateRank"], document["source"]) == (21, "orders")
    assert [fault["path"] for fault in document["faults"]] == ["phoneNumber", "ttl"]
    assert (message.attributes["state"], message.attributes["source"]) == ("rejected", "orders")
    assert json.loads(message.data)["faults"] == document["faults"]
    assert await simulator() == {}


async def test_published_request_for_another_agent_is_recorded_as_rejected(
    request_function: Post, simulator: Any, cloud: Cloud, message_id: str
) -> None:
    answer = await request_function("send", push_body(request_bytes(agentId="third-agent", messageId=message_id)))
    document = cloud.read("agents", "third-agent", "messages", message_id)
    assert answer.status == 204
    assert document is not None
    assert document["stateRank"] == 21
    assert await simulator() == {}


GARBAGE = {
    "nothing": b"",
    "no JSON": b"%PDF-1.7",
    "no UTF-8": b'{"agentId": "\xff"}',
    "a list": b"[]",
    "no agent": b'{"phoneNumber": "+14155550101"}',
}


@pytest.mark.parametrize("payload", GARBAGE.values(), ids=GARBAGE)
async def test_garbage_that_was_published_is_quarantined_and_acknowledged(
    request_function: Post, cloud: Cloud, payload: bytes
) -> None:
    answer = await request_function("send", push_body(payload))
    quarantined = cloud.read("quarantine", hashlib.sha256(payload).hexdigest())
    assert answer.status == 204
    assert quarantined is not None
    assert (quarantined["family"], quarantined["raw"]) == ("SendRequest", payload)
