"""How callbacks are signed, wrapped, and repeated until HTTP 200."""

import base64
import json

import pytest
from tests.support.payloads import load_json

from rbm_ops.simulator.clock import ClockMode
from rbm_ops.simulator.envelope import encode_event, sign
from rbm_ops.simulator.settings import EnvelopeStyle, Limits, PayloadStyle, RetryPolicy
from rbm_ops.simulator.webhooks import PARTNER, Webhook

VECTORS = load_json("signature-vectors.json")
PRETTY = [vector for vector in VECTORS if vector["name"].endswith("/pretty")]
DAY_SECONDS = 24 * 3600
EVENT = {"senderPhoneNumber": "+14155550101", "text": "Größe 🌳", "agentId": "growing-tree-bank@rbm.goog"}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_signature_is_the_documented_one(vector: dict) -> None:
    payload = base64.b64decode(vector["messageData"])
    assert sign(vector["clientToken"], payload) == vector["xGoogSignature"]


@pytest.mark.parametrize("vector", PRETTY, ids=lambda vector: vector["name"])
def test_event_is_written_as_google_writes_it(vector: dict) -> None:
    payload = base64.b64decode(vector["messageData"])
    assert encode_event(json.loads(payload)) == payload


async def test_callback_is_signed_over_the_decoded_bytes(simulator, webhook) -> None:
    simulator.simulation.callbacks.post(EVENT)
    await simulator.advance(3600)
    headers = webhook.requests[0]["headers"]
    assert headers["X-Goog-Signature"] == sign("SJENCPGJESMGUFPY", webhook.payloads[0])
    assert headers["X-Goog-Webhook-Type"] == "message_callback"
    assert webhook.events == [EVENT]
    assert "Größe 🌳".encode() in webhook.payloads[0]


async def test_envelope_is_shaped_like_a_pubsub_push(simulator, webhook) -> None:
    simulator.simulation.callbacks.post(EVENT)
    await simulator.advance(3600)
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
async def test_attributes_describe_the_event(simulator, webhook, event: dict, attributes: dict) -> None:
    simulator.simulation.callbacks.post(event | {"agentId": "a@rbm.goog"})
    await simulator.advance(3600)
    assert webhook.requests[0]["body"]["message"]["attributes"] == attributes | {
        "business_id": "a@rbm.goog",
        "product": "RBM",
        "project_number": "123456789012",
    }


async def test_only_200_acknowledges(simulator, webhook) -> None:
    webhook.statuses = [202, 204, 307, 404, 503]
    simulator.simulation.callbacks.post(EVENT)
    await simulator.advance(3600)
    assert len(webhook.requests) == 6
    assert len({request["raw"] for request in webhook.requests}) == 1
    counts = simulator.simulation.callbacks.count()
    assert counts == {"pending": 0, "acknowledged": 1, "failedAttempts": 5, "dropped": 0}


async def test_slow_answer_is_a_failed_attempt(simulate, webhook) -> None:
    webhook.release.clear()
    retry = RetryPolicy(first_wait_seconds=0.001, answer_timeout_seconds=0.05)
    async with simulate(retry=retry, clock=ClockMode.REAL) as (simulator, _):
        simulator.simulation.callbacks.post(EVENT)
        await webhook.wait_for_calls(2)
        counts = simulator.simulation.callbacks.count()
        webhook.release.set()
    assert counts["failedAttempts"] >= 1
    assert counts["pending"] == 1


async def test_callback_is_kept_for_seven_days_and_then_dropped(simulate, unused_tcp_port) -> None:
    async with simulate(webhook_url=f"http://127.0.0.1:{unused_tcp_port}/") as (simulator, _):
        callbacks = simulator.simulation.callbacks
        callbacks.post(EVENT)
        await simulator.advance(7 * DAY_SECONDS - 600)
        assert (callbacks.count()["pending"], callbacks.count()["dropped"]) == (1, 0)
        await simulator.advance(600)
        counts = callbacks.count()
    assert (counts["pending"], counts["acknowledged"], counts["dropped"]) == (0, 0, 1)
    assert counts["failedAttempts"] > 7 * DAY_SECONDS / 600


async def test_webhook_that_comes_back_after_six_days_gets_everything(simulator, webhook) -> None:
    webhook.statuses = [503] * 900
    simulator.simulation.callbacks.post(EVENT)
    await simulator.advance(6 * DAY_SECONDS)
    webhook.statuses.clear()
    await simulator.advance(600)
    assert simulator.simulation.callbacks.count()["acknowledged"] == 1


async def test_other_callbacks_go_on_while_one_waits(simulate, webhook) -> None:
    webhook.statuses = [500]
    async with simulate(retry=RetryPolicy(first_wait_seconds=600)) as (simulator, _):
        simulator.simulation.callbacks.post(EVENT)
        await simulator.advance(1)
        simulator.simulation.callbacks.post(EVENT)
        await simulator.advance(1)
        counts = simulator.simulation.callbacks.count()
        (waiting,) = simulator.simulation.callbacks.list_waiting(10)
    assert (counts["pending"], counts["acknowledged"], counts["failedAttempts"]) == (1, 1, 1)
    assert (waiting["attempts"], waiting["nextAttemptTime"]) == (1, "2026-11-22T10:10:00.000000Z")


async def test_no_more_calls_at_once_than_allowed(simulate, webhook) -> None:
    webhook.release.clear()
    async with simulate(retry=RetryPolicy(calls_at_once=2), clock=ClockMode.REAL) as (simulator, _):
        for _ in range(5):
            simulator.simulation.callbacks.post(EVENT)
        await webhook.wait_for_calls(2)
        assert simulator.simulation.callbacks.count()["pending"] == 5
        assert len(webhook.requests) == 2
        webhook.release.set()
        await webhook.wait_for_calls(5)


async def test_callbacks_beyond_the_limit_are_dropped_and_counted(simulate, webhook) -> None:
    webhook.statuses = [503] * 5
    async with simulate(limits=Limits(callbacks=2)) as (simulator, _):
        for _ in range(3):
            simulator.simulation.callbacks.post(EVENT)
        counts = simulator.simulation.callbacks.count()
        (record,) = simulator.simulation.wire.list_after(0, 10)
    assert (counts["pending"], counts["dropped"]) == (2, 1)
    assert (record["outcome"], record["httpStatus"]) == ("dropped", 0)


async def test_callback_without_a_webhook_waits_for_one(simulate, webhook) -> None:
    async with simulate(webhook_url="") as (simulator, _):
        simulator.simulation.callbacks.post(EVENT)
        await simulator.advance(60)
        simulator.simulation.webhooks.put(PARTNER, Webhook(webhook.url, "SJENCPGJESMGUFPY"))
        await simulator.advance(600)
        counts = simulator.simulation.callbacks.count()
    assert (counts["acknowledged"], webhook.events) == (1, [EVENT])


async def test_compact_payload_is_signed_as_it_is(simulate, webhook) -> None:
    async with simulate(payload_style=PayloadStyle.COMPACT) as (simulator, _):
        simulator.simulation.callbacks.post(EVENT)
        await simulator.advance(1)
    (payload,) = webhook.payloads
    assert b"\n" not in payload
    assert webhook.requests[0]["headers"]["X-Goog-Signature"] == sign("SJENCPGJESMGUFPY", payload)


async def test_minimal_envelope_holds_the_data_alone(simulate, webhook) -> None:
    async with simulate(envelope_style=EnvelopeStyle.MINIMAL) as (simulator, _):
        simulator.simulation.callbacks.post(EVENT)
        await simulator.advance(1)
    assert list(webhook.requests[0]["body"]) == ["message"]
    assert list(webhook.requests[0]["body"]["message"]) == ["data"]
    assert webhook.events == [EVENT]


def test_waits_double_up_to_ten_minutes() -> None:
    waits = [RetryPolicy().wait_seconds(attempts) for attempts in range(1, 15)]
    assert waits[:4] == [0.25, 0.5, 1, 2]
    assert waits[11:] == [512, 600, 600]
