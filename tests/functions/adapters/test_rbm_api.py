"""The platform as it is documented, called over HTTP: one call, one answer, whatever happens."""

import asyncio
import gzip
import json
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3

from rbm_ledger.adapters.rbm_api import HttpRbmApi, LoopbackTokens, make_pool, read_answer
from rbm_ledger.domain.outcomes import NO_ANSWER, Answer
from rbm_ledger.domain.requests import Origin, RequestKind, Sender, SendRequest, parse_request
from rbm_ops.ports import find_free_port
from rbm_ops.simulator.server import running_simulator
from rbm_ops.simulator.settings import SimulatorSettings

from ..domain.payloads import list_names, load_bytes, load_json, request_bytes
from .scripted_platform import Reply, ScriptedPlatform, running_platform

MESSAGE = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
REQUESTED = datetime(2026, 11, 22, 10, tzinfo=UTC)
NAMING = {"agentId": "growing-tree-bank", "phoneNumber": "+14155550101", "messageId": MESSAGE}

MakeApi = Callable[..., HttpRbmApi]


class CountedTokens:
    """A new token whenever one is said to have expired."""

    def __init__(self) -> None:
        self.number = 1
        self.expired: list[str] = []

    def current(self, expired: str = "") -> str:
        if expired:
            self.expired.append(expired)
            self.number += 1
        return f"token-{self.number}"


def make_request(name: str = "text", **changes: Any) -> SendRequest:
    return parse_request(request_bytes(name, **{**NAMING, **changes}), Origin("pubsub/1", REQUESTED))


def revoke_request() -> SendRequest:
    return make_request(
        contentMessage=None, messageTrafficType=None, messageId=None, revoke={"messageId": MESSAGE}
    )


@pytest.fixture
async def platform() -> AsyncIterator[ScriptedPlatform]:
    async with running_platform() as platform:
        yield platform


@pytest.fixture
def make_api() -> Iterator[MakeApi]:
    pools: list[urllib3.PoolManager] = []

    def make(url: str, *, tokens: Any = None, timeout_seconds: float = 10) -> HttpRbmApi:
        pools.append(make_pool(timeout_seconds))
        return HttpRbmApi(url, tokens=tokens or LoopbackTokens(), pool=pools[-1])

    yield make
    for pool in pools:
        pool.clear()


async def test_create_names_message_and_agent_in_the_query(platform: ScriptedPlatform, make_api: MakeApi) -> None:
    await make_api(platform.url).create_agent_message(make_request())
    [received] = platform.requests
    assert received.method == "POST"
    assert (
        received.target
        == f"/v1/phones/+14155550101/agentMessages?messageId={MESSAGE}&agentId=growing-tree-bank"
    )
    assert received.headers["Content-Type"] == "application/json"


async def test_delete_names_the_message_in_its_path_and_has_no_body(
    platform: ScriptedPlatform, make_api: MakeApi
) -> None:
    await make_api(platform.url).delete_agent_message(revoke_request())
    [received] = platform.requests
    assert received.method == "DELETE"
    assert received.target == f"/v1/phones/+14155550101/agentMessages/{MESSAGE}?agentId=growing-tree-bank"
    assert received.body == b""


async def test_odd_names_cannot_leave_their_place_in_the_address(
    platform: ScriptedPlatform, make_api: MakeApi
) -> None:
    agent, phone = "a&messageId=other#?/ü", "+1/../415?x"
    odd = SendRequest(RequestKind.AGENT_MESSAGE, agent, phone, MESSAGE, {}, None, Sender())
    await make_api(platform.url).create_agent_message(odd)
    target = urlsplit(platform.requests[0].target)
    assert target.path == "/v1/phones/+1%2F..%2F415%3Fx/agentMessages"
    assert parse_qs(target.query) == {"messageId": [MESSAGE], "agentId": [agent]}


@pytest.mark.parametrize("name", [name.removesuffix(".json") for name in list_names("agent-message-requests")])
async def test_agent_message_goes_out_unchanged(platform: ScriptedPlatform, make_api: MakeApi, name: str) -> None:
    await make_api(platform.url).create_agent_message(make_request(name))
    assert json.loads(platform.requests[0].body) == load_json(f"agent-message-requests/{name}.json")


async def test_text_in_any_language_goes_out_unchanged(platform: ScriptedPlatform, make_api: MakeApi) -> None:
    content = {"text": "Grüße, 漢字, 😀\n\u0000"}
    await make_api(platform.url).create_agent_message(make_request(contentMessage=content))
    assert json.loads(platform.requests[0].body)["contentMessage"] == content


async def test_every_call_bears_the_token(platform: ScriptedPlatform, make_api: MakeApi) -> None:
    api = make_api(platform.url, tokens=CountedTokens())
    await api.create_agent_message(make_request())
    await api.delete_agent_message(revoke_request())
    assert [received.headers["Authorization"] for received in platform.requests] == ["Bearer token-1"] * 2


@pytest.mark.parametrize("name", [name for name in list_names("responses") if "agent-message" in name])
async def test_success_holds_the_body(platform: ScriptedPlatform, make_api: MakeApi, name: str) -> None:
    platform.replies = [Reply(200, load_bytes(f"responses/{name}"))]
    answer = await make_api(platform.url).create_agent_message(make_request())
    assert answer == Answer(200, body=load_json(f"responses/{name}"))


@pytest.mark.parametrize("name", list_names("error-bodies"))
async def test_error_says_its_status_and_reason(platform: ScriptedPlatform, make_api: MakeApi, name: str) -> None:
    error = load_json(f"error-bodies/{name}")["error"]
    platform.replies = [Reply(error["code"], load_bytes(f"error-bodies/{name}"))]
    answer = await make_api(platform.url).create_agent_message(make_request())
    assert answer == Answer(error["code"], error["status"], error["message"])


async def test_refused_token_is_fetched_anew(platform: ScriptedPlatform, make_api: MakeApi) -> None:
    tokens = CountedTokens()
    platform.replies = [Reply(401, load_bytes("error-bodies/401-unauthenticated.json")), Reply()]
    answer = await make_api(platform.url, tokens=tokens).create_agent_message(make_request())
    assert answer == Answer(200)
    assert tokens.expired == ["token-1"]
    sent = [(received.target, received.headers["Authorization"], received.body) for received in platform.requests]
    assert sent[1] == (sent[0][0], "Bearer token-2", sent[0][2])


async def test_token_that_is_refused_again_is_fetched_only_once(
    platform: ScriptedPlatform, make_api: MakeApi
) -> None:
    tokens = CountedTokens()
    platform.replies = [Reply(401, load_bytes("error-bodies/401-unauthenticated.json"))]
    answer = await make_api(platform.url, tokens=tokens).create_agent_message(make_request())
    assert (answer.http_status, answer.status) == (401, "UNAUTHENTICATED")
    assert tokens.expired == ["token-1"]
    assert len(platform.requests) == 2


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
async def test_no_other_error_is_repeated_here(
    platform: ScriptedPlatform, make_api: MakeApi, status: int
) -> None:
    platform.replies = [Reply(status, headers={"Retry-After": "0"})]
    answer = await make_api(platform.url).create_agent_message(make_request())
    assert answer.http_status == status
    assert len(platform.requests) == 1


async def test_call_without_an_answer_in_time_is_no_answer(platform: ScriptedPlatform, make_api: MakeApi) -> None:
    platform.release.clear()
    answer = await make_api(platform.url, timeout_seconds=0.2).create_agent_message(make_request())
    assert answer == Answer(NO_ANSWER, "NO_ANSWER", "ReadTimeoutError")
    assert len(platform.requests) == 1


async def test_refused_connection_is_no_answer(make_api: MakeApi) -> None:
    answer = await make_api(f"http://127.0.0.1:{find_free_port()}").create_agent_message(make_request())
    assert answer == Answer(NO_ANSWER, "NO_ANSWER", "NewConnectionError")


async def test_unknown_host_is_no_answer(make_api: MakeApi) -> None:
    answer = await make_api("http://platform.invalid").create_agent_message(make_request())
    assert (answer.http_status, answer.status) == (NO_ANSWER, "NO_ANSWER")


@pytest.mark.parametrize(
    "sent",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", b"not HTTP\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ids=["nothing", "half an answer", "not HTTP", "broken chunks"],
)
@pytest.mark.parametrize("reset", [False, True])
async def test_connection_that_breaks_is_no_answer(make_api: MakeApi, sent: bytes, reset: bool) -> None:
    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(sent)
        await writer.drain()
        if reset:
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.close()

    async with await asyncio.start_server(break_off, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        answer = await make_api(f"http://127.0.0.1:{port}").create_agent_message(make_request())
    assert (answer.http_status, answer.status) == (NO_ANSWER, "NO_ANSWER")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"a":', b"\xff"], ids=repr)
async def test_success_that_nobody_can_read_says_nothing(
    platform: ScriptedPlatform, make_api: MakeApi, body: bytes
) -> None:
    platform.replies = [Reply(200, body)]
    answer = await make_api(platform.url).create_agent_message(make_request())
    assert answer == Answer(NO_ANSWER, "UNREADABLE_ANSWER")


async def test_success_with_a_broken_encoding_is_no_answer(platform: ScriptedPlatform, make_api: MakeApi) -> None:
    platform.replies = [Reply(200, b"{}", {"Content-Encoding": "gzip"})]
    answer = await make_api(platform.url).create_agent_message(make_request())
    assert answer.http_status == NO_ANSWER


async def test_compressed_answer_is_read(platform: ScriptedPlatform, make_api: MakeApi) -> None:
    body = gzip.compress(load_bytes("responses/agent-message-created.json"))
    platform.replies = [Reply(200, body, {"Content-Encoding": "gzip"})]
    answer = await make_api(platform.url).create_agent_message(make_request())
    assert answer == Answer(200, body=load_json("responses/agent-message-created.json"))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirect_is_not_followed(platform: ScriptedPlatform, make_api: MakeApi, status: int) -> None:
    platform.replies = [Reply(status, b"", {"Location": f"{platform.url}/elsewhere"}), Reply()]
    answer = await make_api(platform.url).create_agent_message(make_request())
    assert answer.http_status == status
    assert len(platform.requests) == 1


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (b"<html>Bad gateway</html>", Answer(502, "UNREADABLE_ANSWER")),
        (b'{"error": "text"}', Answer(502, body={"error": "text"})),
        (b'{"error": {}}', Answer(502)),
        (b'{"error": {"status": 5, "message": null}}', Answer(502, "5", "None")),
    ],
)
def test_error_in_another_shape_keeps_its_http_status(body: bytes, answer: Answer) -> None:
    assert read_answer(502, body) == answer


async def test_many_calls_are_under_way_at_once(platform: ScriptedPlatform, make_api: MakeApi) -> None:
    platform.release.clear()
    api = make_api(platform.url)
    calls = [asyncio.create_task(api.create_agent_message(make_request())) for _ in range(40)]
    async with asyncio.timeout(10):
        while len(platform.requests) < 40:
            await asyncio.sleep(0.005)
        platform.release.set()
        assert await asyncio.gather(*calls) == [Answer(200)] * 40


async def test_simulator_takes_and_revokes_what_is_sent(make_api: MakeApi) -> None:
    settings = SimulatorSettings(webhook_url="http://127.0.0.1:9/", client_token="unused", pace=1000)
    async with running_simulator(settings) as simulator:
        api = make_api(simulator.url)
        created = await api.create_agent_message(make_request())
        again = await api.create_agent_message(make_request())
        revoked = await api.delete_agent_message(revoke_request())
        elsewhere = {"phoneNumber": "+14155550104", "messageId": MESSAGE.replace("5", "6")}
        unreachable = await api.create_agent_message(make_request(**elsewhere))
    assert created.http_status == again.http_status == 200
    assert created.body["name"] == f"phones/+14155550101/agentMessages/{MESSAGE}"
    assert revoked == Answer(200)
    assert (unreachable.http_status, unreachable.status) == (404, "NOT_FOUND")
