"""Webhooks: registered, removed, and their token rotated."""

import pytest

from rbm_ops.simulator.envelope import sign

AGENT_ID = "growing-tree-bank"
EVENT = {"agentId": f"{AGENT_ID}@rbm.goog", "eventType": "DELIVERED"}
TOKEN = "ANOTHERTOKEN"


async def test_webhook_of_the_start_is_listed_unverified(control, webhook) -> None:
    expected = {"webhooks": [{"agentId": "", "url": webhook.url, "isVerified": False}]}
    assert await control("GET", "webhooks") == (200, expected)


@pytest.mark.parametrize(
    ("owner", "agent_id"), [("partner", ""), (f"agents/{AGENT_ID}", AGENT_ID), ("agents/a@rbm.goog", "a")]
)
async def test_webhook_that_answers_is_registered(control, webhook, owner: str, agent_id: str) -> None:
    body = {"url": webhook.url, "clientToken": TOKEN}
    status, answer = await control("PUT", f"webhooks/{owner}", body)
    secret = webhook.requests[0]["body"]["secret"]
    assert (status, answer) == (200, {"verified": True, "httpStatus": 200, "answer": secret})
    _, listed = await control("GET", "webhooks")
    assert {"agentId": agent_id, "url": webhook.url, "isVerified": True} in listed["webhooks"]


@pytest.mark.parametrize("owner", ["partner", f"agents/{AGENT_ID}"])
async def test_webhook_that_answers_wrongly_is_not_registered(control, refusal, webhook, owner: str) -> None:
    webhook.handshake_answer = lambda secret: f"secret: {secret}"
    before = await control("GET", "webhooks")
    status, message = await refusal("PUT", f"webhooks/{owner}", {"url": webhook.url, "clientToken": TOKEN})
    assert status == "FAILED_PRECONDITION"
    assert "bare secret" in message
    assert await control("GET", "webhooks") == before


async def test_webhook_that_does_not_answer_is_not_registered(refusal) -> None:
    body = {"url": "http://127.0.0.1:9/", "clientToken": TOKEN}
    status, message = await refusal("PUT", "webhooks/partner", body)
    assert (status, "answered nothing" in message) == ("FAILED_PRECONDITION", True)


@pytest.mark.parametrize("url", ["", "ftp://x/", "http:// x", 5])
async def test_what_is_no_address_is_refused(refusal, url: object) -> None:
    status, message = await refusal("PUT", "webhooks/partner", {"url": url, "clientToken": TOKEN})
    assert (status, "$.url" in message) == ("INVALID_ARGUMENT", True)


async def test_agents_webhook_comes_and_goes(control, refusal, webhook) -> None:
    await control("PUT", f"webhooks/agents/{AGENT_ID}", {"url": webhook.url, "clientToken": TOKEN})
    _, left = await control("DELETE", f"webhooks/agents/{AGENT_ID}@rbm.goog")
    assert [each["agentId"] for each in left["webhooks"]] == [""]
    assert (await refusal("DELETE", f"webhooks/agents/{AGENT_ID}"))[0] == "NOT_FOUND"


async def test_rotated_token_signs_from_then_on(control, simulator, webhook) -> None:
    status, _ = await control("POST", "client-token", {"clientToken": TOKEN})
    assert status == 200
    await control("POST", "callbacks", {"event": EVENT})
    await simulator.advance(1)
    assert webhook.requests[0]["headers"]["X-Goog-Signature"] == sign(TOKEN, webhook.payloads[0])


async def test_token_without_a_webhook_is_refused(simulate) -> None:
    async with simulate(webhook_url="") as (_, business):
        status, answer = await business.call("POST", "/control/client-token", json={"clientToken": TOKEN})
        assert (status, answer["error"]["status"]) == (400, "FAILED_PRECONDITION")
