"""Calls to the webhook: one queue for all agents of the partner, tried until HTTP 200."""

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp

from rbm_ops.simulator.background import BackgroundTasks
from rbm_ops.simulator.envelope import SIGNATURE_HEADER, WEBHOOK_TYPE_HEADER, encode_event, sign, wrap_event
from rbm_ops.simulator.resources import JsonObject
from rbm_ops.simulator.settings import SimulatorSettings


@dataclass(frozen=True, slots=True)
class Callback:
    """The same bytes at every try. `tried` is set after the first, whatever came of it."""

    body: bytes
    signature: str
    tried: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class CallbackCounts:
    pending: int = 0
    acknowledged: int = 0
    failed_attempts: int = 0
    dropped: int = 0


class CallbackQueue:
    def __init__(
        self, settings: SimulatorSettings, session: aiohttp.ClientSession, background: BackgroundTasks
    ) -> None:
        self._webhook_url = settings.webhook_url
        self._client_token = settings.client_token
        self._policy = settings.retry
        self._session = session
        self._background = background
        self._free_calls = asyncio.Semaphore(settings.retry.calls_at_once)
        self._counts = CallbackCounts()

    def post(self, event: JsonObject) -> Callback:
        """Signs and queues; returns at once."""
        payload = encode_event(event)
        callback = Callback(wrap_event(event, payload), sign(self._client_token, payload))
        self._counts.pending += 1
        self._background.start(self._deliver(callback))
        return callback

    def count(self) -> dict[str, int]:
        return {
            "pending": self._counts.pending,
            "acknowledged": self._counts.acknowledged,
            "failedAttempts": self._counts.failed_attempts,
            "dropped": self._counts.dropped,
        }

    async def _deliver(self, callback: Callback) -> None:
        if await self._repeat_until_acknowledged(callback):
            self._counts.acknowledged += 1
        else:
            self._counts.dropped += 1
        self._counts.pending -= 1

    async def _repeat_until_acknowledged(self, callback: Callback) -> bool:
        """False when the time for which Google keeps a callback is over."""
        now = asyncio.get_running_loop().time
        kept_until = now() + self._policy.kept_seconds
        for wait_seconds in self._policy.waits_seconds():
            if await self._call_webhook(callback):
                return True
            self._counts.failed_attempts += 1
            if now() + wait_seconds > kept_until:
                break
            await asyncio.sleep(wait_seconds)
        return False

    async def _call_webhook(self, callback: Callback) -> bool:
        """Whether this try was acknowledged: 200 does, 202, 204 and a redirect do not."""
        headers = {
            "Content-Type": "application/json",
            SIGNATURE_HEADER: callback.signature,
            WEBHOOK_TYPE_HEADER: "message_callback",
        }
        timeout = aiohttp.ClientTimeout(total=self._policy.answer_timeout_seconds)
        async with self._free_calls:
            try:
                async with self._session.post(
                    self._webhook_url,
                    data=callback.body,
                    headers=headers,
                    timeout=timeout,
                    allow_redirects=False,
                ) as response:
                    await response.read()
                    return response.status == HTTPStatus.OK
            except (aiohttp.ClientError, TimeoutError):
                return False
            finally:
                callback.tried.set()
