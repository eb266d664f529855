"""Webhooks: one of the partner, one of each agent that has its own, verified by a handshake.

Source: guides/integrate/webhooks, April 2026.
"""

from dataclasses import dataclass
from http import HTTPStatus

import aiohttp

from rbm_ops.simulator.clock import Clock
from rbm_ops.simulator.dice import Dice
from rbm_ops.simulator.envelope import WEBHOOK_TYPE_HEADER
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.resources import JsonObject, format_time, short_agent_id
from rbm_ops.simulator.wire import WireLog

PARTNER = ""
_TIMEOUT = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True, slots=True)
class Webhook:
    """`is_verified` is false for one that was named at the start and had no handshake."""

    url: str
    client_token: str
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class HandshakeResult:
    """`answer` is the body of the webhook's answer, or why there was none (`http_status` 0)."""

    verified: bool
    http_status: int
    answer: str


class Webhooks:
    """By short agent id; the partner's webhook has none."""

    def __init__(self, session: aiohttp.ClientSession, *, clock: Clock, wire: WireLog, dice: Dice) -> None:
        self._session = session
        self._clock = clock
        self._wire = wire
        self._dice = dice
        self._webhooks: dict[str, Webhook] = {}

    def find(self, agent_id: str) -> Webhook | None:
        """The agent's own takes precedence over the partner's."""
        return self._webhooks.get(agent_id) or self._webhooks.get(PARTNER)

    def put(self, agent_id: str, webhook: Webhook) -> None:
        self._webhooks[agent_id] = webhook

    def remove(self, agent_id: str) -> None:
        """Raises ApiError when there is none."""
        if self._webhooks.pop(agent_id, None) is None:
            raise ApiError(Status.NOT_FOUND)

    def clear(self) -> None:
        self._webhooks.clear()

    def rotate_token(self, client_token: str) -> None:
        """The partner's new token, from the next signature on. Raises ApiError without a webhook."""
        webhook = self._webhooks.get(PARTNER)
        if webhook is None:
            raise ApiError(Status.FAILED_PRECONDITION, "No partner webhook is registered.")
        self._webhooks[PARTNER] = Webhook(webhook.url, client_token, webhook.is_verified)

    def list(self) -> list[JsonObject]:
        return [
            {"agentId": agent_id, "url": webhook.url, "isVerified": webhook.is_verified}
            for agent_id, webhook in self._webhooks.items()
        ]

    async def register(self, agent_id: str, url: str, client_token: str) -> HandshakeResult:
        """Raises ApiError, and registers nothing, unless the webhook answers the handshake as documented."""
        result = await self._shake_hands(url, client_token)
        if not result.verified:
            raise ApiError(
                Status.FAILED_PRECONDITION,
                f"The webhook answered {result.http_status or 'nothing'}: {result.answer[:200]!r}. "
                "It must answer 200 with the bare secret.",
            )
        self.put(short_agent_id(agent_id), Webhook(url, client_token, is_verified=True))
        return result

    async def _shake_hands(self, url: str, client_token: str) -> HandshakeResult:
        secret = f"{int(self._dice.throw() * 10**10):010}"
        try:
            http_status, answer = await self._post_secret(
                url, {"clientToken": client_token, "secret": secret}
            )
            result = HandshakeResult(http_status == HTTPStatus.OK and answer == secret, http_status, answer)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            result = HandshakeResult(False, 0, str(error) or type(error).__name__)
        self._wire.add(
            {
                "kind": "handshake",
                "time": format_time(self._clock.now()),
                "url": url,
                "httpStatus": result.http_status,
                "outcome": "verified" if result.verified else "failed",
                "answer": result.answer[:200],
            }
        )
        return result

    async def _post_secret(self, url: str, body: JsonObject) -> tuple[int, str]:
        headers = {WEBHOOK_TYPE_HEADER: "verification"}
        async with self._session.post(
            url, json=body, headers=headers, allow_redirects=False, timeout=_TIMEOUT
        ) as response:
            return response.status, await response.text(errors="replace")
