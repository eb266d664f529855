"""Of the three replies that Google's own samples give, only the documented one passes."""

import json

import pytest

from rbm_ops.simulator.handshake import perform_handshake


@pytest.mark.parametrize(
    ("reply", "verified"),
    [
        (str, True),
        ("secret: {}".format, False),
        (lambda secret: json.dumps({"secret": secret}), False),
    ],
    ids=["bare", "labelled", "json"],
)
async def test_only_the_bare_secret_verifies(business, webhook, reply, verified: bool) -> None:
    webhook.handshake_answer = reply
    status, result = await business.call("POST", "/control/handshake")
    secret = webhook.requests[0]["body"]["secret"]
    assert (status, result) == (200, {"verified": verified, "httpStatus": 200, "answer": reply(secret)})


async def test_handshake_is_marked_and_unsigned(business, webhook) -> None:
    result = await perform_handshake(webhook.url, "SJENCPGJESMGUFPY")
    request = webhook.requests[0]
    assert result.verified
    assert set(request["body"]) == {"clientToken", "secret"}
    assert request["body"]["clientToken"] == "SJENCPGJESMGUFPY"
    assert request["headers"]["X-Goog-Webhook-Type"] == "verification"
    assert "X-Goog-Signature" not in request["headers"]


async def test_other_status_with_the_secret_does_not_verify(simulator) -> None:
    result = await perform_handshake(f"{simulator.url}/elsewhere", "SJENCPGJESMGUFPY")
    assert (result.verified, result.http_status) == (False, 404)


async def test_no_answer_does_not_verify(unused_tcp_port: int) -> None:
    result = await perform_handshake(f"http://127.0.0.1:{unused_tcp_port}/", "SJENCPGJESMGUFPY")
    assert (result.verified, result.http_status) == (False, 0)
