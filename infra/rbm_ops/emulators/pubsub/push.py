"""Push: each message of a push subscription becomes one HTTP request, and the answer acknowledges it or not.

A message is pushed as soon as it is there, up to a number of requests at a time. Production begins slowly and
speeds up while the endpoint answers well; here the full number is open from the start. An answer 102 is an
interim one to an HTTP client: the answer that follows it counts.
"""

import asyncio
import base64
import importlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from rbm_ops.emulators.meter import Meter
from rbm_ops.emulators.pubsub.delivery import Delivery
from rbm_ops.emulators.pubsub.messages import types
from rbm_ops.emulators.pubsub.resources import Subscription

if TYPE_CHECKING:
    from rbm_ops.emulators.pubsub.posting import Poster

_ACKNOWLEDGING = frozenset({200, 201, 202, 204})
_PAUSE_SECONDS_MIN = 0.1
_PAUSE_SECONDS_MAX = 1.0
_WRAPPED_HEADERS = {"Content-Type": "application/json"}
_UNWRAPPED_HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}

_Post = Callable[[str, bytes, Mapping[str, str], float], Awaitable[int | None]]


class Pushers:
    """One pusher for each subscription that has an endpoint, from `start` to `stop`."""

    def __init__(self, outstanding_pushes: int, meter: Meter) -> None:
        self._outstanding_pushes = outstanding_pushes
        self._meter = meter
        self._is_started = False
        self._loading: asyncio.Task[Poster] | None = None
        self._pushers: dict[str, Pusher] = {}

    def start(self) -> None:
        """Begin pushing; subscriptions come in by `follow`."""
        self._is_started = True

    async def stop(self) -> None:
        for pusher in self._pushers.values():
            await pusher.stop()
        self._pushers.clear()
        self._is_started = False
        if self._loading:
            await (await self._loading).close()
            self._loading = None

    def follow(self, subscription: Subscription) -> None:
        """Start or end pushing, as the subscription now says."""
        name = subscription.config.name
        is_gone = subscription.backlog.closed_by is not None
        is_wanted = bool(subscription.config.push_config.push_endpoint) and not is_gone
        if is_wanted and self._is_started and name not in self._pushers:
            self._pushers[name] = Pusher(
                subscription, self._post, self._outstanding_pushes, self._meter.note_push
            )
        elif not is_wanted and name in self._pushers:
            self._pushers.pop(name).end()

    async def _post(
        self, url: str, body: bytes, headers: Mapping[str, str], timeout_seconds: float
    ) -> int | None:
        self._loading = self._loading or asyncio.create_task(_load_poster())
        poster = await asyncio.shield(self._loading)
        return await poster.post(url, body, headers, timeout_seconds=timeout_seconds)


async def _load_poster() -> "Poster":
    """In a thread: the emulators go on answering meanwhile."""
    await asyncio.to_thread(importlib.import_module, "rbm_ops.emulators.pubsub.posting")
    from rbm_ops.emulators.pubsub.posting import Poster

    return Poster()


class Pusher:
    """Pushes the messages of one subscription; reads its configuration anew for every request."""

    def __init__(
        self,
        subscription: Subscription,
        post: _Post,
        outstanding_pushes: int,
        note_push: Callable[[], None],
    ) -> None:
        self._config = subscription.config
        self._backlog = subscription.backlog
        self._post_request = post
        self._note_push = note_push
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
        self._note_push()
        body, headers = _compose(self._config, delivery)
        url = self._config.push_config.push_endpoint
        try:
            status = await self._post_request(url, body, headers, self._config.ack_deadline_seconds)
        except ConnectionError:
            self._pause()
            return None
        if status is not None:
            self._pause_seconds = _PAUSE_SECONDS_MIN
        return status

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
