"""One attempt to call a webhook: signed with its token, answered or not."""

import time
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp

from rbm_ops.simulator.disturbances import Disturbances
from rbm_ops.simulator.envelope import SIGNATURE_HEADER, WEBHOOK_TYPE_HEADER, sign, webhook_type_of
from rbm_ops.simulator.resources import JsonObject, short_agent_id
from rbm_ops.simulator.webhooks import Webhook, Webhooks

_WRONG_TOKEN = "NOTTHETOKENOFTHEWEBHOOK"  # noqa: S105 - made to be refused


@dataclass(frozen=True, slots=True)
class Attempt:
    """`http_status` 0: no answer, and `error` says why."""

    url: str
    http_status: int
    latency_ms: float
    error: str = ""
    is_wrongly_signed: bool = False

    @property
    def is_acknowledged(self) -> bool:
        """200 does; 202, 204 and a redirect do not (guides/integrate/webhooks, April 2026)."""
        return self.http_status == HTTPStatus.OK


class WebhookCaller:
    """Signs at each attempt, so that a token counts from its rotation on, for what waits too (assumed)."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        webhooks: Webhooks,
        disturbances: Disturbances,
        *,
        timeout_seconds: float,
    ) -> None:
        self._session = session
        self._webhooks = webhooks
        self._disturbances = disturbances
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)

    async def call(self, event: JsonObject, payload: bytes, body: bytes) -> Attempt:
        webhook = self._webhooks.find(short_agent_id(str(event.get("agentId", ""))))
        if webhook is None:
            return Attempt("", 0, 0.0, "no webhook is registered")
        is_wrongly_signed = self._disturbances.is_wrongly_signed
        headers = {
            SIGNATURE_HEADER: sign(_WRONG_TOKEN if is_wrongly_signed else webhook.client_token, payload),
            WEBHOOK_TYPE_HEADER: webhook_type_of(event),
        }
        started_at = time.perf_counter()
        http_status, error = await self._post(webhook, body, headers)
        latency_ms = round((time.perf_counter() - started_at) * 1000, 2)
        return Attempt(webhook.url, http_status, latency_ms, error, is_wrongly_signed)

    async def _post(self, webhook: Webhook, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """The status, or 0 and what went wrong."""
        try:
            async with self._session.post(
                webhook.url,
                data=aiohttp.BytesPayload(body, content_type="application/json"),
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                await response.read()
                return response.status, ""
        except TimeoutError:
            return 0, f"no answer within {self._timeout.total:g} s"
        except (aiohttp.ClientError, ValueError) as error:
            return 0, str(error) or type(error).__name__
