"""What other services see of `send`, what the RBM platform is asked, and what is recorded."""

import json
import uuid
from datetime import datetime
from typing import Any

import pytest
from tests.functions.entrypoints.asgi import Answer
from tests.functions.entrypoints.cloud import AGENT, Cloud, Subscription
from tests.functions.entrypoints.conftest import Post
from tests.functions.entrypoints.fates import DELIVERED, REFUSED, TRANSIENT, UNREACHABLE
from tests.support.payloads import list_names, request_bytes, request_fields


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
    assert (
        record.items()
        >= {
            "agentId": AGENT,
            "phoneNumber": "+14155550101",
            "messageId": message_id,
            "state": "accepted",
            "stateRank": 30,
            "content": request_fields()["contentMessage"],
            **named,
        }.items()
    )
    assert [step["what"] for step in record["timeline"]] == ["requested", "accepted", "attempted"]
    assert cloud.read_message(message_id)["acceptedTime"] == datetime.fromisoformat(record["acceptedTime"])


@pytest.mark.parametrize("name", [name.removesuffix(".json") for name in list_names("agent_messages")])
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


async def test_post_that_names_no_message_gets_a_new_one_each_time(
    request_function: Post, simulator: Any
) -> None:
    first, second = [json.loads((await request_function("send", request_bytes())).body) for _ in range(2)]
    assert (await simulator()).keys() == {first["messageId"], second["messageId"]}


async def test_expired_request_is_422_and_never_sent(
    request_function: Post, simulator: Any, message_id: str
) -> None:
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
    assert [attempt["httpStatus"] for attempt in cloud.read_message(message_id)["attempts"]] == [status]


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
    document = cloud.read_message(message_id)
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
    assert cloud.read_message(message_id)["stateRank"] == state_rank


async def test_update_goes_to_whoever_asked(
    request_function: Post, simulator: Any, updates: Subscription, message_id: str
) -> None:
    await request_function(
        "send", request_bytes(messageId=message_id, source="orders", clientReference="1234")
    )
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


async def test_invalid_post_is_400_with_every_fault_and_its_path(
    request_function: Post, simulator: Any
) -> None:
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
