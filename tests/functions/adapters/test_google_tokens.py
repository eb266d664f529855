"""The bearer token of a service account's key file: fetched when needed, kept while it is good."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import urllib3
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.functions.adapters.platform_requests import make_request
from tests.functions.adapters.scripted_platform import Reply, ScriptedPlatform, running_platform
from tests.support.payloads import load_bytes

from rbm_ledger.adapters.rbm_api import GoogleTokens, HttpRbmApi, make_pool
from rbm_ledger.domain.outcomes import NO_ANSWER, Answer
from rbm_ops.ports import find_free_port

REQUEST = make_request()
EMAIL = "rbm-send@rbm.iam.gserviceaccount.com"


def token_reply(token: str, *, expires_in_seconds: int = 3600) -> Reply:
    fields = {"access_token": token, "expires_in": expires_in_seconds, "token_type": "Bearer"}
    return Reply(200, json.dumps(fields).encode(), {"Content-Type": "application/json"})


def read_claims(platform: ScriptedPlatform) -> dict[str, Any]:
    """What the first request for a token asserts."""
    [assertion] = parse_qs(platform.requests[0].body.decode())["assertion"]
    claims = assertion.split(".")[1]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    return read


@pytest.fixture(scope="module")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.fixture
async def token_endpoint() -> AsyncIterator[ScriptedPlatform]:
    async with running_platform() as endpoint:
        endpoint.replies = [token_reply("first"), token_reply("second")]
        yield endpoint


@pytest.fixture
def pool() -> Iterator[urllib3.PoolManager]:
    pool = make_pool(5)
    yield pool
    pool.clear()


@pytest.fixture
def key_file(private_key: str, tmp_path: Path, token_endpoint: ScriptedPlatform) -> Path:
    return write_key_file(tmp_path, private_key, f"{token_endpoint.url}/token")


def write_key_file(folder: Path, private_key: str, token_uri: str) -> Path:
    key = {
        "type": "service_account",
        "project_id": "rbm",
        "private_key_id": "1",
        "private_key": private_key,
        "client_email": EMAIL,
        "token_uri": token_uri,
    }
    (folder / "key.json").write_text(json.dumps(key))
    return folder / "key.json"


@pytest.fixture
def api(platform: ScriptedPlatform, key_file: Path, pool: urllib3.PoolManager) -> HttpRbmApi:
    return HttpRbmApi(platform.url, tokens=GoogleTokens(key_file, pool), pool=pool)


def tokens_seen(platform: ScriptedPlatform) -> list[str]:
    return [received.headers["Authorization"].removeprefix("Bearer ") for received in platform.requests]


async def test_token_is_fetched_once_for_many_calls(
    api: HttpRbmApi, platform: ScriptedPlatform, token_endpoint: ScriptedPlatform
) -> None:
    await asyncio.gather(*(api.create_agent_message(REQUEST) for _ in range(20)))
    assert len(token_endpoint.requests) == 1
    assert tokens_seen(platform) == ["first"] * 20


async def test_token_is_asked_for_by_the_key_s_identity_with_the_scope_of_rbm(
    api: HttpRbmApi, token_endpoint: ScriptedPlatform
) -> None:
    await api.create_agent_message(REQUEST)
    claims = read_claims(token_endpoint)
    assert claims["iss"] == EMAIL
    assert claims["scope"] == "https://www.googleapis.com/auth/rcsbusinessmessaging"


async def test_refused_token_is_replaced_once_however_many_calls_it_was_refused_to(
    api: HttpRbmApi, platform: ScriptedPlatform, token_endpoint: ScriptedPlatform
) -> None:
    refusal = Reply(401, load_bytes("error-bodies/401-unauthenticated.json"))
    platform.replies = [*[refusal] * 5, Reply()]
    platform.release.clear()
    calls = [asyncio.create_task(api.create_agent_message(REQUEST)) for _ in range(5)]
    await platform.wait_for_requests(5)
    platform.release.set()
    assert await asyncio.gather(*calls) == [Answer(200)] * 5
    assert len(token_endpoint.requests) == 2
    assert tokens_seen(platform) == ["first"] * 5 + ["second"] * 5


async def test_token_about_to_expire_is_not_used_again(
    api: HttpRbmApi, platform: ScriptedPlatform, token_endpoint: ScriptedPlatform
) -> None:
    token_endpoint.replies = [token_reply("short-lived", expires_in_seconds=1), token_reply("second")]
    for _ in range(2):
        await api.create_agent_message(REQUEST)
    assert tokens_seen(platform) == ["short-lived", "second"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(400, b'{"error": "invalid_grant", "error_description": "Invalid JWT Signature."}'),
        Reply(403, b"<html>"),
        Reply(200, b'{"token_type": "Bearer"}'),
        Reply(200, b"<html>"),
    ],
    ids=["invalid grant", "not JSON", "no token", "success that is not JSON"],
)
async def test_token_endpoint_that_refuses_means_no_credentials(
    api: HttpRbmApi, platform: ScriptedPlatform, token_endpoint: ScriptedPlatform, reply: Reply
) -> None:
    token_endpoint.replies = [reply]
    answer = await api.create_agent_message(REQUEST)
    assert (answer.http_status, answer.status) == (NO_ANSWER, "NO_CREDENTIALS")
    assert platform.requests == []


async def test_token_endpoint_that_is_down_means_no_credentials_until_it_is_up(
    platform: ScriptedPlatform, private_key: str, tmp_path: Path, pool: urllib3.PoolManager
) -> None:
    key_file = write_key_file(tmp_path, private_key, f"http://127.0.0.1:{find_free_port()}/token")
    api = HttpRbmApi(platform.url, tokens=GoogleTokens(key_file, pool), pool=pool)
    answer = await api.create_agent_message(REQUEST)
    assert answer == Answer(NO_ANSWER, "NO_CREDENTIALS", "TransportError")
    assert platform.requests == []


async def test_calls_go_on_once_the_token_endpoint_has_recovered(
    api: HttpRbmApi, platform: ScriptedPlatform, token_endpoint: ScriptedPlatform
) -> None:
    token_endpoint.replies = [Reply(400, b'{"error": "invalid_grant"}'), token_reply("first")]
    assert (await api.create_agent_message(REQUEST)).status == "NO_CREDENTIALS"
    assert await api.create_agent_message(REQUEST) == Answer(200)
    assert tokens_seen(platform) == ["first"]


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "{}", '{"type": "service_account"}'])
async def test_key_file_that_is_none_means_no_credentials(
    platform: ScriptedPlatform, pool: urllib3.PoolManager, tmp_path: Path, text: str
) -> None:
    key_file = tmp_path / "key.json"
    key_file.write_text(text)
    api = HttpRbmApi(platform.url, tokens=GoogleTokens(key_file, pool), pool=pool)
    answer = await api.create_agent_message(REQUEST)
    assert (answer.http_status, answer.status) == (NO_ANSWER, "NO_CREDENTIALS")
    assert platform.requests == []
