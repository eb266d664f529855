"""The three functions in the test's own event loop, and what a message goes through in them, call by call."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.functions.entrypoints.asgi import call_function
from tests.functions.entrypoints.cloud import AGENT
from tests.functions.entrypoints.wire import push_body, sign_headers, wrap_delivery
from tests.support.payloads import event_bytes, request_bytes

from rbm_ledger.domain.identifiers import derive_message_id

PHONE_NUMBER = "+14155550101"


@dataclass(frozen=True, slots=True)
class ServedLife:
    """Every step fails unless the function says that it is done with."""

    webhook: Any
    correlate: Any
    send: Any

    async def live(self, key: str, **changes: Any) -> str:
        """Requested, accepted, delivered, read, one after the other; returns the message's id."""
        message_id = await self.request(key, **changes)
        for event_type in ("delivered", "read"):
            await self.receive(make_receipt(message_id, event_type))
        return message_id

    async def request(self, key: str, **changes: Any) -> str:
        """As the subscription of rbm-send-requests pushes it; returns the message's id."""
        request = {"idempotencyKey": key, "messageTrafficType": "TRANSACTION", **changes}
        await _post(self.send, push_body(request_bytes(**request)))
        return derive_message_id(AGENT, key)

    async def receive(self, payload: bytes) -> None:
        """A callback of the platform, and its push to `correlate`."""
        await _post(self.webhook, wrap_delivery(payload), sign_headers(payload))
        await self.push(payload)

    async def push(self, payload: bytes) -> None:
        await _post(self.correlate, push_body(payload))


async def in_turn(
    call: Callable[[Any], Awaitable[object]],
    items: Iterable[Any],
    in_flight: int,
    *,
    is_staggered: bool = False,
) -> None:
    """At any time so many calls: each that is answered is followed by the next one.

    Staggered, they do not begin at once, and so do not all wait for the same answer.
    """
    waiting = iter(items)

    async def call_in_turn() -> None:
        for item in waiting:
            await call(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(call_in_turn())
            if is_staggered:
                await asyncio.sleep(0)


def make_receipt(message_id: str, event_type: str) -> bytes:
    """The same bytes for the same message and type: what comes again is a repeat."""
    return make_event(f"user-event-{event_type}", messageId=message_id, eventId=f"{message_id}/{event_type}")


def make_event(name: str, **changes: Any) -> bytes:
    """Another event than any before."""
    named = {"agentId": f"{AGENT}@rbm.goog", "senderPhoneNumber": PHONE_NUMBER, "eventId": uuid.uuid4().hex}
    return event_bytes(name, **{**named, **changes})


async def _post(function: Any, body: bytes, headers: dict[str, str] | None = None) -> None:
    answer = await call_function(function, [body], headers=headers)
    assert answer.status in {200, 204}, answer.body
