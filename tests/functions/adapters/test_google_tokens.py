"""The bearer token of a service account's key file: fetched when needed, kept while it is good."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import urllib3
from tests.functions.adapters.conftest import MakeApi
from tests.functions.adapters.platform_requests import create_call
from tests.functions.adapters.scripted_platform import Reply, ScriptedPlatform, running_platform
from tests.functions.adapters.service_accounts import (
    EMAIL,
    make_private_key,
    read_claims,
    token_reply,
    tokens_seen,
    write_key_file,
)
from tests.support.payloads import load_bytes

from rbm_ledger.adapters.connections import make_pool
from rbm_ledger.adapters.google_tokens import GoogleTokens
from rbm_ledger.adapters.rbm_api import HttpRbmApi
from rbm_ledger.domain.outcomes import NO_ANSWER, Answer
from rbm_ops.ports import find_free_port

CALL = create_call()
STALE_SECONDS = 120  # google-auth looks for the next token 225 s before the last one expires


@pytest.fixture(scope="module")
def private_key() -> str:
    return make_private_key()


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


@pytest.fixture
def api(
    platform: ScriptedPlatform, make_api: MakeApi, key_file: Path, pool: urllib3.PoolManager
) -> HttpRbmApi:
    return make_api(platform.url, tokens=GoogleTokens(key_file, pool, timeout_seconds=5))


async def test_token_is_fetched_once_for_many_calls(
    api: HttpRbmApi, platform: ScriptedPlatform, token_endpoint: ScriptedPlatform
) -> None:
    await asyncio.gather(*(api.call(CALL) for _ in range(20)))
    assert len(token_endpoint.requests) == 1
    assert tokens_seen(platform) == ["first"] * 20


async def test_token_is_asked_for_by_the_key_s_identity_with_the_scope_of_rbm(
    api: HttpRbmApi, token_endpoint: ScriptedPlatform
) -> None:
    await api.call(CALL)
    claims = read_claims(token_endpoint)
    assert claims["iss"] == EMAIL
    assert claims["scope"] == "https://www.googleapis.com/auth/rcsbusinessmessaging"


async def test_refused_token_is_replaced_once_however_many_calls_it_was_refused_to(
    api: HttpRbmApi, platform: ScriptedPlatform, token_endpoint: ScriptedPlatform
) -> None:
    refusal = Reply(401, load_bytes("error-bodies/401-unauthenticated.json"))
    platform.replies = [*[refusal] * 5, Reply()]
    platform.release.clear()
    calls = [asyncio.create_task(api.call(CALL)) for _ in range(5)]
    await platform.wait_for_requests(5)
    platform.release.set()
    assert await asyncio.gather(*calls) == [Answer(200)] * 5
    assert len(token_endpoint.requests) == 2
    assert tokens_seen(platform) == ["first"] * 5 + ["second"] * 5


async def test_stale_token_is_used_while_the_next_one_is_fetched(
    api: HttpRbmApi, platform: ScriptedPlatform, token_endpoint: ScriptedPlatform
) -> None:
    token_endpoint.replies = [token_reply("stale", expires_in_seconds=STALE_SECONDS), token_reply("second")]
    await api.call(CALL)
    token_endpoint.release.clear()
    assert await asyncio.gather(*(api.call(CALL) for _ in range(20))) == [Answer(200)] * 20
    assert set(tokens_seen(platform)) == {"stale"}
    await token_endpoint.wait_for_requests(2)
    token_endpoint.release.set()
    async with asyncio.timeout(5):
        while tokens_seen(platform)[-1] != "second":
            await api.call(CALL)
    assert len(token_endpoint.requests) == 2


async def test_stale_token_is_used_for_as_long_as_the_token_endpoint_is_out_of_order(
    api: HttpRbmApi, platform: ScriptedPlatform, token_endpoint: ScriptedPlatform
) -> None:
    refusal = Reply(400, b'{"error": "invalid_grant"}')
    token_endpoint.replies = [token_reply("stale", expires_in_seconds=STALE_SECONDS), refusal]
    async with asyncio.timeout(5):
        while len(token_endpoint.requests) < 4:
            assert await api.call(CALL) == Answer(200)
    assert set(tokens_seen(platform)) == {"stale"}


async def test_stale_token_that_is_refused_is_not_used_again(
    api: HttpRbmApi, platform: ScriptedPlatform, token_endpoint: ScriptedPlatform
) -> None:
    token_endpoint.replies = [token_reply("stale", expires_in_seconds=STALE_SECONDS), token_reply("second")]
    platform.replies = [Reply(401, load_bytes("error-bodies/401-unauthenticated.json")), Reply()]
    assert await api.call(CALL) == Answer(200)
    assert tokens_seen(platform) == ["stale", "second"]


async def test_token_that_has_expired_is_fetched_anew_once_for_all(
    api: HttpRbmApi, platform: ScriptedPlatform, token_endpoint: ScriptedPlatform
) -> None:
    token_endpoint.replies = [token_reply("expired", expires_in_seconds=0), token_reply("second")]
    await api.call(CALL)
    token_endpoint.release.clear()
    calls = [asyncio.create_task(api.call(CALL)) for _ in range(30)]
    await token_endpoint.wait_for_requests(2)
    token_endpoint.release.set()
    assert await asyncio.gather(*calls) == [Answer(200)] * 30
    assert tokens_seen(platform) == ["expired", *["second"] * 30]
    assert len(token_endpoint.requests) == 2


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
    answer = await api.call(CALL)
    assert (answer.http_status, answer.status) == (NO_ANSWER, "NO_CREDENTIALS")
    assert platform.requests == []


async def test_token_endpoint_that_is_down_means_no_credentials_until_it_is_up(
    platform: ScriptedPlatform,
    make_api: MakeApi,
    private_key: str,
    tmp_path: Path,
    pool: urllib3.PoolManager,
) -> None:
    key_file = write_key_file(tmp_path, private_key, f"http://127.0.0.1:{find_free_port()}/token")
    api = make_api(platform.url, tokens=GoogleTokens(key_file, pool, timeout_seconds=5))
    answer = await api.call(CALL)
    assert answer == Answer(NO_ANSWER, "NO_CREDENTIALS", "TransportError")
    assert platform.requests == []


async def test_token_endpoint_that_hangs_means_no_credentials_in_time_for_all_who_wait(
    platform: ScriptedPlatform,
    make_api: MakeApi,
    token_endpoint: ScriptedPlatform,
    key_file: Path,
    pool: urllib3.PoolManager,
) -> None:
    """However many wait, none waits for another one's turn."""
    token_endpoint.release.clear()
    api = make_api(platform.url, tokens=GoogleTokens(key_file, pool, timeout_seconds=0.3))
    async with asyncio.timeout(3):
        answers = await asyncio.gather(*(api.call(CALL) for _ in range(40)))
    assert set(map(str, answers)) == {str(Answer(NO_ANSWER, "NO_CREDENTIALS", "TransportError"))}
    assert len(token_endpoint.requests) == 1
    assert platform.requests == []


async def test_calls_go_on_once_the_token_endpoint_has_recovered(
    api: HttpRbmApi, platform: ScriptedPlatform, token_endpoint: ScriptedPlatform
) -> None:
    token_endpoint.replies = [Reply(400, b'{"error": "invalid_grant"}'), token_reply("first")]
    assert (await api.call(CALL)).status == "NO_CREDENTIALS"
    assert await api.call(CALL) == Answer(200)
    assert tokens_seen(platform) == ["first"]


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "{}", '{"type": "service_account"}'])
async def test_key_file_that_is_none_means_no_credentials(
    platform: ScriptedPlatform, make_api: MakeApi, pool: urllib3.PoolManager, tmp_path: Path, text: str
) -> None:
    key_file = tmp_path / "key.json"
    key_file.write_text(text)
    api = make_api(platform.url, tokens=GoogleTokens(key_file, pool, timeout_seconds=5))
    answer = await api.call(CALL)
    assert (answer.http_status, answer.status) == (NO_ANSWER, "NO_CREDENTIALS")
    assert platform.requests == []
