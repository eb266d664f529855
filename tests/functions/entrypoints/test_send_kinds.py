"""Every kind of request through a served `send`, by POST and by Pub/Sub, against the simulator."""

import hashlib
import json
import uuid
from typing import Any

import pytest
from tests.functions.entrypoints.cloud import AGENT, Cloud, Subscription
from tests.functions.entrypoints.conftest import Post
from tests.functions.entrypoints.fates import DELIVERED, UNREACHABLE
from tests.functions.entrypoints.wire import push_body
from tests.support.payloads import request_bytes, request_fields

from rbm_ops.local.topology import SEND_REQUESTS


def ask(**fields: Any) -> bytes:
    asked = {"agentId": AGENT, "phoneNumber": DELIVERED, "idempotencyKey": uuid.uuid4().hex, **fields}
    return json.dumps({name: value for name, value in asked.items() if value is not None}).encode()


def message(message_id: str, **fields: Any) -> bytes:
    return request_bytes(messageId=message_id, **{"phoneNumber": DELIVERED, **fields})


KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "typing": ({"agentEvent": {"eventType": "IS_TYPING"}}, {"httpStatus": 200}),
    "read": ({"agentEvent": {"eventType": "READ", "messageId": "MxId"}}, {"httpStatus": 200}),
    "capability": ({"capability": {}}, {"state": "reachable"}),
    "opt-in": ({"consent": {"state": "optedIn"}, "phoneNumber": "+14155557001"}, {"state": "optedIn"}),
    "upload": (
        {"phoneNumber": None, "fileUpload": {"fileUrl": "https://example.com/a.png"}},
        {"state": "uploaded"},
    ),
}


@pytest.mark.parametrize(("fields", "answered"), KINDS.values(), ids=KINDS)
async def test_kind_is_answered_by_post_and_acknowledged_by_pubsub(
    request_function: Post, simulator: Any, fields: dict[str, Any], answered: dict[str, Any]
) -> None:
    answer = await request_function("send", ask(**fields))
    assert (answer.status, json.loads(answer.body).items() >= answered.items()) == (200, True)
    pushed = await request_function("send", push_body(ask(**fields), message_id=uuid.uuid4().hex))
    assert pushed.status == 204


async def test_unreachable_number_is_an_answer_that_is_kept(
    request_function: Post, simulator: Any, cloud: Cloud
) -> None:
    answer = await request_function("send", ask(capability={}, phoneNumber=UNREACHABLE))
    record = cloud.read("agents", AGENT, "capabilities", UNREACHABLE)
    assert (answer.status, json.loads(answer.body)["state"]) == (200, "unreachable")
    assert record is not None
    assert record["unreachableAtMs"] > 0


async def test_uploaded_file_can_be_sent_under_its_name(
    request_function: Post, simulator: Any, message_id: str
) -> None:
    uploaded = await request_function(
        "send", ask(phoneNumber=None, fileUpload={"fileUrl": "https://example.com/a.png"})
    )
    content = {"uploadedRbmFile": {"fileName": json.loads(uploaded.body)["name"]}}
    answer = await request_function("send", message(message_id, contentMessage=content))
    assert answer.status == 200


# One request for many


def bulk(**fields: Any) -> bytes:
    recipients = [{"phoneNumber": f"+141555510{n}", "values": {"name": f"N{n}"}} for n in range(10, 15)]
    return ask(
        phoneNumber=None,
        contentMessage={"text": "Hello {{name}}"},
        messageTrafficType="TRANSACTION",
        recipients=recipients,
        **fields,
    )


async def test_many_recipients_are_published_one_by_one_with_their_ids(
    request_function: Post, simulator: Any, cloud: Cloud
) -> None:
    with cloud.subscribed(SEND_REQUESTS) as requests:
        answer = await request_function("send", bulk())
        published = [json.loads(message.data) for message in requests.pull(5)]
    named = {
        recipient["phoneNumber"]: recipient["messageId"]
        for recipient in json.loads(answer.body)["recipients"]
    }
    assert answer.status == 202
    assert {request["phoneNumber"]: request["messageId"] for request in published} == named
    for request in published:
        assert (await request_function("send", push_body(json.dumps(request).encode()))).status == 204
    texts = {taken["body"]["contentMessage"]["text"] for taken in (await simulator()).values()}
    assert texts == {f"Hello N{n}" for n in range(10, 15)}


async def test_bulk_with_a_fault_is_kept_whole_in_quarantine(request_function: Post, cloud: Cloud) -> None:
    body = bulk(ttl="soon")
    assert (await request_function("send", body)).status == 400
    assert (await request_function("send", push_body(body))).status == 204
    assert cloud.read("quarantine", hashlib.sha256(body).hexdigest()) is not None


# Validated only


async def test_rehearsal_is_answered_with_the_call_and_leaves_nothing(
    request_function: Post, simulator: Any, cloud: Cloud, message_id: str
) -> None:
    answer = await request_function("send", message(message_id, validateOnly=True))
    fields = json.loads(answer.body)
    assert (answer.status, fields["wouldBe"]) == (200, "sent")
    assert fields["call"]["body"]["contentMessage"] == request_fields()["contentMessage"]
    assert await simulator() == {}
    assert cloud.read_message(message_id) is None


# The same id for something else


async def test_other_content_under_the_same_id_is_409_recorded_told_and_not_sent(
    request_function: Post, simulator: Any, cloud: Cloud, updates: Subscription, message_id: str
) -> None:
    await request_function("send", message(message_id, source="orders"))
    other = message(message_id, source="campaigns", contentMessage={"text": "Other"})
    answer = await request_function("send", other)
    pushed = await request_function("send", push_body(other))
    assert (answer.status, pushed.status) == (409, 204)
    assert (await simulator())[message_id]["creates"] == 1
    document = cloud.read_message(message_id)
    assert document is not None
    assert {conflict["source"] for conflict in document["conflicts"]} == {"campaigns"}
    assert document["content"] == request_fields()["contentMessage"]
    told = [dict(update.attributes) for update in updates.pull(3)]
    assert {"kind": "conflict", "state": "refused", "agentId": AGENT, "source": "campaigns"} in told


@pytest.mark.parametrize(("phone_number", "status"), [(DELIVERED, 200), (UNREACHABLE, 404)])
async def test_repeat_of_a_known_request_has_its_first_answer_without_a_call(
    request_function: Post, simulator: Any, cloud: Cloud, message_id: str, phone_number: str, status: int
) -> None:
    body = message(message_id, phoneNumber=phone_number)
    answers = [await request_function("send", body) for _ in range(2)]
    assert [answer.status for answer in answers] == [status, status]
    document = cloud.read_message(message_id)
    assert document is not None
    assert len(document["attempts"]) == 1


# Who may send what where


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"source": "orders"}, 200),
        ({"source": "marketing"}, 403),
        ({}, 403),
        ({"source": "orders", "phoneNumber": "+4915155500101"}, 422),
    ],
    ids=["allowed", "another source", "no source", "another country"],
)
async def test_agents_policy_is_kept_to(
    request_function: Post, simulator: Any, message_id: str, changes: dict[str, Any], status: int
) -> None:
    answer = await request_function("send", message(message_id, agentId="fenced-agent", **changes))
    assert answer.status == status


async def test_last_delivery_of_an_open_outcome_says_so_in_the_record(
    request_function: Post, cloud: Cloud, message_id: str
) -> None:
    """Nobody answers for the platform in this test."""
    push = json.loads(push_body(message(message_id)))
    for attempt in (4, 5):
        answer = await request_function("send", json.dumps({**push, "deliveryAttempt": attempt}).encode())
        document = cloud.read_message(message_id)
        assert document is not None
        assert (answer.status, "gaveUpTime" in document) == (503, attempt == 5)
    assert document["stateRank"] == 10


@pytest.mark.parametrize("path", ["/sweep", "/sweep/"])
async def test_sweep_answers_with_what_it_did(request_function: Post, path: str) -> None:
    answer = await request_function("send", path=path)
    assert answer.status == 200
    assert json.loads(answer.body)["isComplete"] is True
