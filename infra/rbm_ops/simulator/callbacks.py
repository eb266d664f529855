"""Calls to the webhooks: one queue for all agents of the partner, each callback tried until HTTP 200."""

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from rbm_ops.simulator.background import BackgroundTasks
from rbm_ops.simulator.clock import Clock, ClockMode
from rbm_ops.simulator.disturbances import Disturbances
from rbm_ops.simulator.envelope import encode_event, type_of, webhook_type_of, wrap_event
from rbm_ops.simulator.posting import Attempt, WebhookCaller
from rbm_ops.simulator.resources import JsonObject, format_time, short_agent_id
from rbm_ops.simulator.settings import SimulatorSettings
from rbm_ops.simulator.wire import WireLog

# The first of a pair that is to be reversed does not wait longer than this for the second.
_REVERSED_WAIT_SECONDS = 2.0


@dataclass(slots=True)
class Callback:
    """The same bytes at every try. `on_tried` is called once, after the first, whatever came of it."""

    number: int
    event: JsonObject
    payload: bytes
    body: bytes
    kept_until: datetime
    on_tried: Callable[[], None] | None = None
    attempts: int = 0
    next_attempt_time: datetime | None = None


class CallbackQueue:
    """While one callback waits for its next try others are called, so many at once as the policy allows.

    On a stepped clock one at a time, so that the order of arrival can be repeated.
    """

    def __init__(
        self,
        settings: SimulatorSettings,
        *,
        clock: Clock,
        caller: WebhookCaller,
        disturbances: Disturbances,
        background: BackgroundTasks,
        wire: WireLog,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._caller = caller
        self._disturbances = disturbances
        self._background = background
        self._wire = wire
        self._calls_at_once = 1 if clock.mode is ClockMode.STEPPED else settings.retry.calls_at_once
        self._numbers = itertools.count(1)
        self._forgotten = 0
        self._ready: deque[Callback] = deque()
        self._waiting: dict[int, Callback] = {}
        self._calls = 0
        self._held_back: Callback | None = None
        self._acknowledged = self._failed_attempts = self._dropped = 0

    def post(self, event: JsonObject, *, copies: int = 1, on_tried: Callable[[], None] | None = None) -> None:
        """Queues; returns at once."""
        now = self._clock.now()
        payload = encode_event(event, self._settings.payload_style)
        body = wrap_event(event, payload, publish_time=now, style=self._settings.envelope_style)
        kept_until = now + timedelta(seconds=self._settings.retry.kept_seconds)
        for _ in range(copies * self._disturbances.copies):
            self._admit(Callback(next(self._numbers), event, payload, body, kept_until, on_tried))
            on_tried = None

    def count(self) -> dict[str, int]:
        return {
            "pending": len(self._ready) + len(self._waiting) + self._calls + bool(self._held_back),
            "acknowledged": self._acknowledged,
            "failedAttempts": self._failed_attempts,
            "dropped": self._dropped,
        }

    def list_waiting(self, limit: int) -> list[JsonObject]:
        return [
            {
                "number": callback.number,
                "eventType": type_of(callback.event),
                "agentId": str(callback.event.get("agentId", "")),
                "attempts": callback.attempts,
                "nextAttemptTime": format_time(callback.next_attempt_time or self._clock.now()),
            }
            for callback in itertools.islice(self._waiting.values(), limit)
        ]

    def clear(self) -> None:
        """Forgets what waits, and what becomes of those that are being called just now."""
        self._forgotten = next(self._numbers)
        self._ready.clear()
        self._waiting.clear()
        self._held_back = None
        self._acknowledged = self._failed_attempts = self._dropped = 0

    def _admit(self, callback: Callback) -> None:
        if self._disturbances.takes_next():
            self._drop(callback, "lost on purpose")
        elif self.count()["pending"] >= self._settings.limits.callbacks:
            self._drop(callback, "the simulator keeps no more callbacks")
        elif self._disturbances.delay_seconds > 0:
            self._wait(callback, self._disturbances.delay_seconds)
        elif self._disturbances.is_reversed:
            self._reverse_pair(callback)
        else:
            self._make_ready(callback)

    def _drop(self, callback: Callback, why: str) -> None:
        self._dropped += 1
        self._record(callback, Attempt("", 0, 0.0, why), "dropped")
        _tell_tried(callback)

    def _reverse_pair(self, callback: Callback) -> None:
        """The first of a pair goes out behind the second, or alone when no second comes."""
        if self._held_back is not None:
            self._make_ready(callback)
            self._release(self._held_back)
            return
        self._held_back = callback
        self._clock.call_later(_REVERSED_WAIT_SECONDS, lambda: self._release(callback))

    def _release(self, callback: Callback) -> None:
        if self._held_back is callback:
            self._held_back = None
            self._make_ready(callback)

    def _wait(self, callback: Callback, seconds: float) -> None:
        callback.next_attempt_time = self._clock.now() + timedelta(seconds=seconds)
        self._waiting[callback.number] = callback
        self._clock.call_later(seconds, lambda: self._end_wait(callback))

    def _end_wait(self, callback: Callback) -> None:
        if self._waiting.pop(callback.number, None):
            self._make_ready(callback)

    def _make_ready(self, callback: Callback) -> None:
        callback.next_attempt_time = None
        self._ready.append(callback)
        self._start_calls()

    def _start_calls(self) -> None:
        while self._ready and self._calls < self._calls_at_once:
            self._calls += 1
            self._background.start(self._call(self._ready.popleft()))

    async def _call(self, callback: Callback) -> None:
        with self._clock.working():
            callback.attempts += 1
            attempt = await self._caller.call(callback.event, callback.payload, callback.body)
            self._calls -= 1
            if callback.number > self._forgotten:
                self._judge(callback, attempt)
            self._start_calls()

    def _judge(self, callback: Callback, attempt: Attempt) -> None:
        if attempt.is_acknowledged:
            self._acknowledged += 1
            self._record(callback, attempt, "acknowledged")
        else:
            self._repeat(callback, attempt)
        _tell_tried(callback)

    def _repeat(self, callback: Callback, attempt: Attempt) -> None:
        """Later, unless the time for which Google keeps a callback is over by then."""
        self._failed_attempts += 1
        wait_seconds = self._settings.retry.wait_seconds(callback.attempts)
        if self._clock.now() + timedelta(seconds=wait_seconds) > callback.kept_until:
            self._dropped += 1
            self._record(callback, attempt, "dropped")
            return
        self._wait(callback, wait_seconds)
        self._record(callback, attempt, "failed")

    def _record(self, callback: Callback, attempt: Attempt, outcome: str) -> None:
        event = callback.event
        phone_number = event.get("senderPhoneNumber") or event.get("phoneNumber")
        about = {
            "phoneNumber": phone_number,
            "messageId": event.get("messageId") if "eventType" in event else None,
            "eventId": event.get("eventId") or event.get("messageId"),
            "error": attempt.error or None,
            "nextAttemptTime": callback.next_attempt_time and format_time(callback.next_attempt_time),
        }
        self._wire.add(
            {
                "kind": "callback",
                "time": format_time(self._clock.now()),
                "callback": callback.number,
                "attempt": callback.attempts,
                "url": attempt.url,
                "webhookType": webhook_type_of(event),
                "agentId": short_agent_id(str(event.get("agentId", ""))),
                "eventType": type_of(event),
                "httpStatus": attempt.http_status,
                "outcome": outcome,
                "latencyMs": attempt.latency_ms,
                "isWronglySigned": attempt.is_wrongly_signed,
                "event": event,
                **{name: str(value) for name, value in about.items() if value is not None},
            }
        )


def _tell_tried(callback: Callback) -> None:
    if callback.on_tried is not None:
        callback.on_tried()
        callback.on_tried = None
