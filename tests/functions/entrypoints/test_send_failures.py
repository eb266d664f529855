"""What a served `send` does and logs when the platform or an agent stands in the way."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from tests.functions.entrypoints.cloud import AGENT, Cloud
from tests.functions.entrypoints.conftest import Post
from tests.functions.entrypoints.serving import ServedFunction
from tests.functions.entrypoints.wire import push_body
from tests.support.payloads import load_bytes, request_bytes

RETRY_AFTER = {"Retry-After": "7"}
Refusal = dict[str, Any]


@pytest.fixture
async def refusing_platform(request: pytest.FixtureRequest, platform_port: int) -> AsyncIterator[None]:
    """Answers every call as the test's parameter says."""

    async def refuse(_request: web.Request) -> web.Response:
        return web.Response(**request.param, content_type="application/json")

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", refuse)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", platform_port).start()
    yield
    await runner.cleanup()


def answer_with(name: str, **options: Any) -> Refusal:
    body = load_bytes(f"error-bodies/{name}.json")
    return {"status": json.loads(body)["error"]["code"], "body": body, **options}


def read_events(function: ServedFunction, name: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in function.stdout.read_text().splitlines()]
    return [line for line in lines if line.get("event") == name]


@pytest.mark.parametrize("refusing_platform", [answer_with("401-unauthenticated")], indirect=True)
async def test_refused_credentials_are_an_error_of_ours_and_leave_the_message_pending(
    refusing_platform: None,
    request_function: Post,
    functions: dict[str, ServedFunction],
    cloud: Cloud,
    message_id: str,
) -> None:
    before = len(read_events(functions["send"], "send_credentials_refused"))
    answer = await request_function("send", request_bytes(messageId=message_id))
    document = cloud.read_message(message_id)
    assert document is not None
    assert (answer.status, document["stateRank"]) == (503, 10)
    [logged] = read_events(functions["send"], "send_credentials_refused")[before:]
    assert (logged["severity"], logged["status"]) == ("ERROR", "UNAUTHENTICATED")


@pytest.mark.parametrize(
    "refusing_platform", [answer_with("429-resource-exhausted", headers=RETRY_AFTER)], indirect=True
)
async def test_throttled_post_is_told_when_to_come_back(
    refusing_platform: None, request_function: Post, message_id: str
) -> None:
    answer = await request_function("send", request_bytes(messageId=message_id, agentId="throttled-agent"))
    assert (answer.status, answer.headers["retry-after"]) == (429, "7")


async def test_request_that_is_given_up_is_logged_by_its_agent(
    request_function: Post, functions: dict[str, ServedFunction], message_id: str
) -> None:
    """Nobody answers for the platform."""
    before = len(read_events(functions["send"], "send_request_gave_up"))
    push = {**json.loads(push_body(request_bytes(messageId=message_id))), "deliveryAttempt": 5}
    assert (await request_function("send", json.dumps(push))).status == 503
    [logged] = read_events(functions["send"], "send_request_gave_up")[before:]
    assert (logged["severity"], logged["agent_id"], logged["error"]) == ("WARNING", AGENT, "CallAgain")


async def test_failed_post_without_a_key_is_told_the_id_to_repeat_it_by(
    request_function: Post, cloud: Cloud
) -> None:
    """Nobody answers for the platform."""
    answer = await request_function("send", request_bytes())
    named = json.loads(answer.body)["error"]["messageId"]
    document = cloud.read_message(named)
    assert document is not None
    assert (answer.status, document["stateRank"]) == (503, 10)
