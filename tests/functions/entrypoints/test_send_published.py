"""Requests that come to `send` by Pub/Sub: acknowledged when they are done with, for good or ill."""

import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.functions.entrypoints.cloud import Cloud, Subscription
from tests.functions.entrypoints.conftest import Post
from tests.functions.entrypoints.fates import DELIVERED, REFUSED, TRANSIENT, UNREACHABLE
from tests.functions.entrypoints.wire import EVENTARC_HEADERS, STRUCTURED_HEADERS, push_body, structured_body
from tests.support.payloads import request_bytes

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
    assert cloud.read_message(message_id)["stateRank"] == 30


async def test_push_repeated_is_one_message_though_it_names_none(
    request_function: Post, simulator: Any
) -> None:
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
    document = cloud.read_message(message_id)
    assert (first.status, second.status, taken["creates"]) == (status, 204, 2)
    assert [attempt["httpStatus"] for attempt in document["attempts"]] == [platform_status, 200]
    assert document["stateRank"] == 30


async def test_invalid_published_request_is_recorded_with_its_faults_and_acknowledged(
    request_function: Post, simulator: Any, cloud: Cloud, updates: Subscription, message_id: str
) -> None:
    request = request_bytes(messageId=message_id, phoneNumber="nobody", source="orders", ttl="yes")
    answer = await request_function("send", push_body(request))
    document = cloud.read_message(message_id)
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
    answer = await request_function(
        "send", push_body(request_bytes(agentId="third-agent", messageId=message_id))
    )
    document = cloud.read("agents", "third-agent", "messages", message_id)
    assert answer.status == 204
    assert document is not None
    assert document["stateRank"] == 21
    assert await simulator() == {}


@pytest.mark.parametrize("said", ["9999-12-31T23:59:59.999Z", "2100-01-01T00:00:00Z"])
async def test_request_that_says_to_come_from_the_future_counts_from_now(
    request_function: Post, simulator: Any, cloud: Cloud, message_id: str, said: str
) -> None:
    body = push_body(request_bytes(messageId=message_id, ttl="600s"), publishTime=said)
    answer = await request_function("send", body)
    document = cloud.read_message(message_id)
    assert answer.status == 204
    assert document is not None
    assert abs(document["requestedTime"] - datetime.now(UTC)) < timedelta(minutes=1)


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
