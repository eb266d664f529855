"""The handshake by which Google verifies that a webhook belongs to whoever configures it."""

import secrets
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp

from rbm_ops.simulator.envelope import WEBHOOK_TYPE_HEADER

_TIMEOUT = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True, slots=True)
class HandshakeResult:
    """`answer` is the body of the webhook's answer, or why there was none (`http_status` 0)."""

    verified: bool
    http_status: int
    answer: str


async def perform_handshake(url: str, client_token: str) -> HandshakeResult:
    """Verified is a 200 with the bare secret. Source: guides/integrate/webhooks, April 2026."""
    secret = f"{secrets.randbelow(10**10):010}"
    try:
        http_status, answer = await _post_secret(url, {"clientToken": client_token, "secret": secret})
    except (aiohttp.ClientError, TimeoutError) as error:
        return HandshakeResult(False, 0, str(error) or type(error).__name__)
    return HandshakeResult(http_status == HTTPStatus.OK and answer == secret, http_status, answer)


async def _post_secret(url: str, body: dict[str, str]) -> tuple[int, str]:
    headers = {WEBHOOK_TYPE_HEADER: "verification"}
    async with (
        aiohttp.ClientSession(timeout=_TIMEOUT) as session,
        session.post(url, json=body, headers=headers, allow_redirects=False) as response,
    ):
        return response.status, await response.text(errors="replace")
