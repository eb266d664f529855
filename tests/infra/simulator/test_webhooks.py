"""The handshake, and which webhook hears of which agent."""

import json
from collections.abc import AsyncIterator

import pytest
from tests.infra.simulator.conftest import Webhook as RecordingWebhook
from tests.infra.simulator.conftest import serve_webhook

from rbm_ops.simulator.envelope import sign
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.webhooks import PARTNER, Webhook

TOKEN = "SJENCPGJESMGUFPY"
EVENT = {"senderPhoneNumber": "+14155550101", "text": "Hi", "agentId": "growing-tree-bank@rbm.goog"}


@pytest.fixture
async def agent_webhook() -> AsyncIterator[RecordingWebhook]:
    async with serve_webhook() as webhook:
        yield webhook


# Of the three replies that Google's own samples give, only the documented one passes.
async def test_bare_secret_registers_the_webhook(simulator, agent_webhook) -> None:
    webhooks = simulator.simulation.webhooks
    result = await webhooks.register("growing-tree-bank@rbm.goog", agent_webhook.url, TOKEN)
    assert (result.verified, result.http_status) == (True, 200)
    assert result.answer == agent_webhook.requests[0]["body"]["secret"]
    assert webhooks.find("growing-tree-bank") == Webhook(agent_webhook.url, TOKEN, True)


@pytest.mark.parametrize(
    "reply",
    ["secret: {}".format, lambda secret: json.dumps({"secret": secret}), lambda secret: f"{secret}\n"],
    ids=["labelled", "json", "with a line end"],
)
async def test_other_replies_of_googles_samples_register_nothing(simulator, agent_webhook, reply) -> None:
    agent_webhook.handshake_answer = reply
    with pytest.raises(ApiError) as refusal:
        await simulator.simulation.webhooks.register("growing-tree-bank", agent_webhook.url, TOKEN)
    assert refusal.value.status is Status.FAILED_PRECONDITION
    assert "bare secret" in refusal.value.message
    assert [webhook["agentId"] for webhook in simulator.simulation.webhooks.list()] == [PARTNER]


async def test_other_status_with_the_secret_registers_nothing(simulator) -> None:
    with pytest.raises(ApiError, match="404"):
        await simulator.simulation.webhooks.register(PARTNER, f"{simulator.url}/elsewhere", TOKEN)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "no address", ""])
async def test_address_without_an_answer_registers_nothing(simulator, url: str) -> None:
    with pytest.raises(ApiError, match="nothing"):
        await simulator.simulation.webhooks.register(PARTNER, url, TOKEN)


async def test_handshake_is_marked_unsigned_and_logged(simulator, agent_webhook) -> None:
    await simulator.simulation.webhooks.register(PARTNER, agent_webhook.url, TOKEN)
    (request,) = agent_webhook.requests
    assert request["body"] == {"clientToken": TOKEN, "secret": request["body"]["secret"]}
    assert request["headers"]["X-Goog-Webhook-Type"] == "verification"
    assert "X-Goog-Signature" not in request["headers"]
    (record,) = simulator.simulation.wire.list_after(0, 10)
    assert (record["kind"], record["outcome"]) == ("handshake", "verified")


async def test_agent_webhook_takes_precedence_over_the_partners(simulator, webhook, agent_webhook) -> None:
    await simulator.simulation.webhooks.register("growing-tree-bank", agent_webhook.url, "AGENTTOKEN")
    simulator.simulation.callbacks.post(EVENT)
    simulator.simulation.callbacks.post(EVENT | {"agentId": "other@rbm.goog"})
    await simulator.advance(1)
    assert (webhook.events[0]["agentId"], len(webhook.requests)) == ("other@rbm.goog", 1)
    delivery = agent_webhook.requests[1]
    assert delivery["headers"]["X-Goog-Signature"] == sign("AGENTTOKEN", agent_webhook.payload_of(delivery))


async def test_agent_without_its_webhook_is_the_partners_again(simulator, webhook, agent_webhook) -> None:
    await simulator.simulation.webhooks.register("growing-tree-bank", agent_webhook.url, "AGENTTOKEN")
    simulator.simulation.webhooks.remove("growing-tree-bank")
    simulator.simulation.callbacks.post(EVENT)
    await simulator.advance(1)
    assert len(webhook.requests) == 1
    with pytest.raises(ApiError, match="not found"):
        simulator.simulation.webhooks.remove("growing-tree-bank")


async def test_rotated_token_signs_what_waits_too(simulator, webhook) -> None:
    webhook.statuses = [503]
    simulator.simulation.callbacks.post(EVENT)
    await simulator.advance(0)
    simulator.simulation.webhooks.rotate_token("NEWTOKEN")
    await simulator.advance(60)
    signatures = [request["headers"]["X-Goog-Signature"] for request in webhook.requests]
    payload = webhook.payloads[0]
    assert signatures == [sign(TOKEN, payload), sign("NEWTOKEN", payload)]


async def test_launch_event_is_marked_as_one(simulator, webhook) -> None:
    simulator.simulation.callbacks.post({"agentId": "a@rbm.goog", "newLaunchState": "LAUNCHED"})
    await simulator.advance(1)
    assert webhook.requests[0]["headers"]["X-Goog-Webhook-Type"] == "agent_callback"
