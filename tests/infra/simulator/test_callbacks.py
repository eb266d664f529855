"""How callbacks are signed, wrapped, and repeated until HTTP 200."""

import base64
import itertools
import json

import pytest
from tests.support.payloads import load_json

from rbm_ops.simulator.envelope import encode_event, sign
from rbm_ops.simulator.settings import RetryPolicy

VECTORS = load_json("signature-vectors.json")
PRETTY = [vector for vector in VECTORS if vector["name"].endswith("/pretty")]
EVENT = {"senderPhoneNumber": "+14155550101", "text": "Größe 🌳", "agentId": "growing-tree-bank@rbm.goog"}


async def post_event(business, event: dict = EVENT) -> None:
    status, _ = await business.call("POST", "/control/callbacks", json={"event": event})
    assert status == 200


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_signature_is_the_documented_one(vector: dict) -> None:
    payload = base64.b64decode(vector["messageData"])
    assert sign(vector["clientToken"], payload) == vector["xGoogSignature"]


@pytest.mark.parametrize("vector", PRETTY, ids=lambda vector: vector["name"])
def test_event_is_written_as_google_writes_it(vector: dict) -> None:
    payload = base64.b64decode(vector["messageData"])
    assert encode_event(json.loads(payload)) == payload


async def test_callback_is_signed_over_the_decoded_bytes(simulator, business, webhook) -> None:
    await post_event(business)
    await simulator.settle()
    headers = webhook.requests[0]["headers"]
    assert headers["X-Goog-Signature"] == sign("SJENCPGJESMGUFPY", webhook.payloads[0])
    assert headers["X-Goog-Webhook-Type"] == "message_callback"
    assert webhook.events == [EVENT]
    assert "Größe 🌳".encode() in webhook.payloads[0]


async def test_envelope_is_shaped_like_a_pubsub_push(simulator, business, webhook) -> None:
    await post_event(business)
    await simulator.settle()
    envelope = webhook.requests[0]["body"]
    message = envelope["message"]
    assert envelope["subscription"].startswith("projects/")
    assert message["messageId"] == message["message_id"]
    assert message["messageId"].isdigit()
    assert message["publishTime"] == message["publish_time"]
    assert len(message["publishTime"]) == len("2022-11-17T05:15:14.538Z")


@pytest.mark.parametrize(
    ("event", "attributes"),
    [
        ({"text": "Hi"}, {"type": "message", "message_type": "TEXT"}),
        ({"mystery": 1}, {"type": "message", "message_type": "UNKNOWN"}),
        ({"eventType": "READ"}, {"type": "event", "event_type": "READ"}),
        ({"newLaunchState": "REJECTED"}, {"type": "agent_launch_event", "event_type": "REJECTED"}),
    ],
)
async def test_attributes_describe_the_event(
    simulator, business, webhook, event: dict, attributes: dict
) -> None:
    await post_event(business, event | {"agentId": "a@rbm.goog"})
    await simulator.settle()
    assert webhook.requests[0]["body"]["message"]["attributes"] == attributes | {
        "business_id": "a@rbm.goog",
        "product": "RBM",
        "project_number": "123456789012",
    }


async def test_only_200_acknowledges(simulator, business, webhook) -> None:
    webhook.statuses = [202, 204, 307, 404, 503]
    await post_event(business)
    await simulator.settle()
    assert len(webhook.requests) == 6
    assert len({json.dumps(request["body"]) for request in webhook.requests}) == 1
    counts = await business.read_control("callbacks")
    assert counts == {"pending": 0, "acknowledged": 1, "failedAttempts": 5, "dropped": 0}


async def test_slow_answer_is_a_failed_attempt(simulate, webhook) -> None:
    webhook.release.clear()
    retry = RetryPolicy(first_wait_seconds=0.001, answer_timeout_seconds=0.05)
    async with simulate(retry=retry) as (simulator, business):
        await post_event(business)
        await webhook.wait_for_calls(2)
        webhook.release.set()
        await simulator.settle()
        counts = await business.read_control("callbacks")
    assert counts["acknowledged"] == 1
    assert counts["failedAttempts"] >= 1


async def test_callback_is_dropped_when_kept_long_enough(simulate, unused_tcp_port) -> None:
    retry = RetryPolicy(first_wait_seconds=0.001, kept_seconds=0.005)
    async with simulate(retry=retry, webhook_url=f"http://127.0.0.1:{unused_tcp_port}/") as (
        simulator,
        business,
    ):
        await post_event(business)
        await simulator.settle()
        counts = await business.read_control("callbacks")
    assert (counts["pending"], counts["acknowledged"], counts["dropped"]) == (0, 0, 1)
    assert counts["failedAttempts"] >= 1


async def test_other_callbacks_go_on_while_one_waits(simulate, webhook) -> None:
    webhook.statuses = [500]
    async with simulate(retry=RetryPolicy(first_wait_seconds=600)) as (_, business):
        await post_event(business)
        await webhook.wait_for_calls(1)
        await post_event(business)
        await webhook.wait_for_calls(2)
        counts = await business.read_control("callbacks")
    assert counts["pending"] >= 1
    assert counts["failedAttempts"] == 1


async def test_no_more_calls_at_once_than_allowed(simulate, webhook) -> None:
    webhook.release.clear()
    async with simulate(retry=RetryPolicy(calls_at_once=2)) as (simulator, business):
        for _ in range(5):
            await post_event(business)
        await webhook.wait_for_calls(2)
        assert (await business.read_control("callbacks"))["pending"] == 5
        assert len(webhook.requests) == 2
        webhook.release.set()
        await simulator.settle()
    assert len(webhook.requests) == 5


def test_waits_double_up_to_ten_minutes() -> None:
    waits = list(itertools.islice(RetryPolicy().waits_seconds(), 14))
    assert waits[:4] == [0.25, 0.5, 1, 2]
    assert waits[11:] == [512, 600, 600]


@pytest.mark.parametrize("body", [{}, {"event": "text"}])
async def test_control_callback_without_event_is_refused(business, body: dict) -> None:
    status, answer = await business.call("POST", "/control/callbacks", json=body)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
