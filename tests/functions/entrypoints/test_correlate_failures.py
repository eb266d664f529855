"""What `correlate` does not acknowledge: what it could not make durable, and what is no push."""

import asyncio
import json
from typing import Any

import pytest
from tests.functions.entrypoints.asgi import Answer, call_function, load_function
from tests.functions.entrypoints.cloud import AGENT, Cloud
from tests.functions.entrypoints.conftest import Post
from tests.functions.entrypoints.wire import push_body
from tests.support.payloads import event_bytes, load_json

from rbm_ops.local.topology import UPDATES
from rbm_ops.ports import find_free_port


def push_delivered(message_id: str) -> bytes:
    return push_body(event_bytes("user-event-delivered", messageId=message_id))


async def test_firestore_down_is_503_for_correlate_and_send(
    request_function: Post, simulator: Any, platform_port: int, cloud: Cloud, message_id: str
) -> None:
    """Both in one test: each tries for its whole time limit."""
    down = cloud.settings | {"FIRESTORE_EMULATOR_HOST": f"127.0.0.1:{find_free_port()}"}
    send = load_function("send", {**down, "RBM_API_ENDPOINT": f"http://127.0.0.1:{platform_port}"})
    request = {"agentId": AGENT, "phoneNumber": "+14155550101", "messageId": message_id}
    message = load_json("agent_messages/text.json")
    answers = await asyncio.gather(
        call_function(load_function("correlate", down), [push_delivered(message_id)]),
        call_function(send, [json.dumps(request | message).encode()]),
        call_function(send, [push_body(json.dumps(request | message).encode())]),
    )
    assert [answer.status for answer in answers] == [503, 503, 503]
    assert {json.loads(answer.body)["error"]["message"] for answer in answers} == {
        "Nothing was confirmed; call again."
    }


async def test_write_that_firestore_refuses_is_503(message_id: str, refusing_host: str) -> None:
    correlate = load_function(
        "correlate", {"GOOGLE_CLOUD_PROJECT": "p-1", "FIRESTORE_EMULATOR_HOST": refusing_host}
    )
    answer = await call_function(correlate, [push_delivered(message_id)])
    assert answer.status == 503


async def test_update_that_can_not_be_published_is_503_though_the_event_is_written(
    cloud: Cloud, message_id: str, refusing_host: str
) -> None:
    settings = {**cloud.settings, "PUBSUB_EMULATOR_HOST": refusing_host, "RBM_UPDATES_TOPIC": UPDATES}
    answer = await call_function(load_function("correlate", settings), [push_delivered(message_id)])
    assert answer.status == 503
    assert cloud.read_message(message_id) is not None


MALFORMED = {
    "no message": {"subscription": "s"},
    "message is a text": {"message": "text"},
    "message is null": {"message": None},
    "data is a number": {"message": {"data": 1}},
    "data is not base64": {"message": {"data": "%%%"}},
    "data is url-safe base64": {"message": {"data": "_-__"}},
    "structured event without data": {"specversion": "1.0"},
    "structured event with other data": {"specversion": "1.0", "data": "text"},
}


@pytest.mark.parametrize("fields", MALFORMED.values(), ids=MALFORMED)
async def test_body_that_is_no_push_is_400(request_function: Post, fields: dict[str, Any]) -> None:
    answer: Answer = await request_function("correlate", json.dumps(fields))
    assert answer.status == 400
    assert json.loads(answer.body)["error"]["message"]
