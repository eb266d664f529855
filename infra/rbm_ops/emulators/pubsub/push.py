"""Push: each message of a push subscription becomes one HTTP request, and the answer acknowledges it or not.

A message is pushed as soon as it is there, up to a number of requests at a time. Production begins slowly and
speeds up while the endpoint answers well; here the full number is open from the start. An answer 102 is an
interim one to an HTTP client: the answer that follows it counts.
"""

import asyncio
import base64
import json

import aiohttp
from google.pubsub_v1 import types

from rbm_ops.emulators.pubsub.delivery import Delivery
from rbm_ops.emulators.pubsub.resources import Subscription

_ACKNOWLEDGING = frozenset({200, 201, 202, 204})
_PAUSE_SECONDS_MIN = 0.1
_PAUSE_SECONDS_MAX = 1.0
# Shorter than servers keep a connection (uvicorn: 5 s): no request shall meet one that is being closed.
_KEEP_ALIVE_SECONDS = 2.0
_WRAPPED_HEADERS = {"Content-Type": "application/json"}
_UNWRAPPED_HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}


class Pushers:
    """One pusher for each subscription that has an endpoint, from `start` to `stop`."""

    def __init__(self, outstanding_pushes: int) -> None:
        self._outstanding_pushes = outstanding_pushes
        self._session: aiohttp.ClientSession | None = None
        self._pushers: dict[str, Pusher] = {}

    def start(self) -> None:
        """Begin pushing; subscriptions come in by `follow`."""
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE_SECONDS)
        self._session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        )

    async def stop(self) -> None:
        for pusher in self._pushers.values():
            await pusher.stop()
        self._pushers.clear()
        if self._session:
            await self._session.close()
            self._session = None

    def follow(self, subscription: Subscription) -> None:
        """Start or end pushing, as the subscription now says."""
        name = subscription.config.name
        is_gone = subscription.backlog.closed_by is not None
        is_wanted = bool(subscription.config.push_config.push_endpoint) and not is_gone
        if is_wanted and self._session and name not in self._pushers:
            self._pushers[name] = Pusher(subscription, self._session, self._outstanding_pushes)
        elif not is_wanted and name in self._pushers:
            self._pushers.pop(name).end()


class Pusher:
    """Pushes the messages of one subscription; reads its configuration anew for every request."""

    def __init__(
        self, subscription: Subscription, session: aiohttp.ClientSession, outstanding_pushes: int
    ) -> None:
        self._config = subscription.config
        self._backlog = subscription.backlog
        self._session = session
        self._slots = asyncio.Semaphore(outstanding_pushes)
        self._requests: set[asyncio.Task[None]] = set()
        self._reachable = asyncio.Event()
        self._reachable.set()
        self._pause_seconds = _PAUSE_SECONDS_MIN
        self._feeding = asyncio.create_task(self._feed())

    def end(self) -> None:
        """Push nothing more; requests under way go on."""
        self._feeding.cancel()

    async def stop(self) -> None:
        """End, and give up what is under way."""
        for task in (self._feeding, *self._requests):
            task.cancel()
        await asyncio.gather(self._feeding, *self._requests, return_exceptions=True)

    async def _feed(self) -> None:
        while not self._backlog.closed_by:
            await self._reachable.wait()
            await self._backlog.available.wait()
            await self._slots.acquire()
            deliveries = self._backlog.take(1, None)
            if not deliveries:
                self._slots.release()
                continue
            request = asyncio.create_task(self._push(deliveries[0]))
            self._requests.add(request)
            request.add_done_callback(self._finish)

    def _finish(self, request: asyncio.Task[None]) -> None:
        self._requests.discard(request)
        self._slots.release()

    async def _push(self, delivery: Delivery) -> None:
        if await self._post(delivery) in _ACKNOWLEDGING:
            self._backlog.acknowledge([delivery.ack_id])
        else:
            self._backlog.release(delivery.ack_id)

    async def _post(self, delivery: Delivery) -> int | None:
        """The status of the answer, or None without one in time."""
        body, headers = _compose(self._config, delivery)
        timeout = aiohttp.ClientTimeout(total=self._config.ack_deadline_seconds)
        url = self._config.push_config.push_endpoint
        try:
            async with self._session.post(
                url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                self._pause_seconds = _PAUSE_SECONDS_MIN
                await response.read()
                return response.status
        except aiohttp.ClientConnectorError:
            self._pause()
        except (aiohttp.ClientError, TimeoutError, ValueError):
            pass  # No answer; ValueError: an attribute is no valid header.
        return None

    def _pause(self) -> None:
        """Nobody listens: leave the rest of the backlog alone for a moment, each time for twice as long."""
        if not self._reachable.is_set():
            return
        self._reachable.clear()
        asyncio.get_running_loop().call_later(self._pause_seconds, self._reachable.set)
        self._pause_seconds = min(2 * self._pause_seconds, _PAUSE_SECONDS_MAX)


def _compose(config: types.Subscription, delivery: Delivery) -> tuple[bytes, dict[str, str]]:
    message, push_config = delivery.message, config.push_config
    if not push_config.HasField("no_wrapper"):
        return _wrap(config, delivery), _WRAPPED_HEADERS
    if not push_config.no_wrapper.write_metadata:
        return message.data, _UNWRAPPED_HEADERS
    return message.data, _UNWRAPPED_HEADERS | _metadata_headers(config, delivery)


def _wrap(config: types.Subscription, delivery: Delivery) -> bytes:
    """The production body, with the doubled spelling of production."""
    message = delivery.message
    published = message.publish_time.ToJsonString()
    fields: dict[str, object] = {
        "data": base64.b64encode(message.data).decode(),
        "messageId": message.message_id,
        "message_id": message.message_id,
        "publishTime": published,
        "publish_time": published,
    }
    if message.attributes:
        fields["attributes"] = dict(message.attributes)
    if message.ordering_key:
        fields["orderingKey"] = message.ordering_key
    body: dict[str, object] = {"message": fields, "subscription": config.name}
    if config.HasField("dead_letter_policy"):
        body["deliveryAttempt"] = delivery.attempts
    return json.dumps(body).encode()


def _metadata_headers(config: types.Subscription, delivery: Delivery) -> dict[str, str]:
    message = delivery.message
    headers = {
        **message.attributes,
        "x-goog-pubsub-subscription-name": config.name,
        "x-goog-pubsub-message-id": message.message_id,
        "x-goog-pubsub-publish-time": message.publish_time.ToJsonString(),
    }
    if message.ordering_key:
        headers["x-goog-pubsub-ordering-key"] = message.ordering_key
    if config.HasField("dead_letter_policy"):
        headers["x-goog-pubsub-delivery-attempt"] = str(delivery.attempts)
    return headers
