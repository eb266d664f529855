"""Authentic and hostile all the same: taken, published, kept, never refused and never repeated for ever."""

import pytest
from tests.functions.entrypoints.cloud import Subscription
from tests.functions.entrypoints.conftest import Post
from tests.functions.entrypoints.hostility import DEEP, HUGE_NUMBER, MANY_DIGITS
from tests.functions.entrypoints.wire import push_body, sign_headers, wrap_delivery
from tests.support.payloads import event_bytes

pytestmark = pytest.mark.usefixtures("never_crashes")

HOSTILE_PAYLOADS = {
    "nothing": b"",
    "text": b"Hello, world!",
    "JSON null": b"null",
    "JSON list": b"[]",
    "empty object": b"{}",
    "cut JSON": b'{"agentId": "',
    "binary noise": bytes(range(256)) * 8,
    "NaN": event_bytes("user-event-delivered").replace(b'"DELIVERED"', b"NaN"),
    "integer of 5,000 digits": event_bytes("user-event-delivered").replace(b'"DELIVERED"', MANY_DIGITS),
    "number beyond a double": event_bytes("user-event-delivered").replace(b'"DELIVERED"', HUGE_NUMBER),
    "100,000 nested lists": b"[" * DEEP + b"]" * DEEP,
    "nested as deep as JSON may": b'{"agentId": "a", "text": '
    + b"[" * 90
    + b"]" * 90
    + b', "senderPhoneNumber": "+1"}',
    "no agentId": event_bytes("user-event-delivered", without=("agentId",)),
    "no phone number": event_bytes("user-event-delivered", without=("senderPhoneNumber",)),
    "no messageId": event_bytes("user-event-delivered", without=("messageId",)),
    "agentId is a number": event_bytes("user-event-delivered", agentId=7),
    "agentId is the domain alone": event_bytes("user-event-delivered", agentId="@rbm.goog"),
    "agentId climbs": event_bytes("user-event-delivered", agentId="../../quarantine"),
    "agentId is reserved": event_bytes("user-event-delivered", agentId="__all__"),
    "agentId has a lone surrogate": event_bytes("user-event-delivered", agentId="\ud800"),
    "eventType is an object": event_bytes("user-event-delivered", eventType={}),
    "eventId has a lone surrogate": event_bytes("user-event-delivered", eventId="\udfff"),
    "messageId is long": event_bytes("user-event-delivered", messageId="m" * 5000),
    "messageId has slashes": event_bytes("user-event-delivered", messageId="a/b//c"),
    "sendTime is no time": event_bytes("user-event-delivered", sendTime="soon"),
    "sendTime is beyond all years": event_bytes("user-event-delivered", sendTime="9999-12-31T23:59:59-23:59"),
    "text with a lone surrogate": event_bytes("user-message-text", text="\ud800"),
    "text of 500 KB": event_bytes("user-message-text", text="a" * 500_000),
    "member with a reserved name": event_bytes("user-message-text", **{"__name__": 1}),
    "member without a name": event_bytes("user-message-text", **{"": 1}),
    "integer beyond 64 bits": event_bytes("user-message-text", text=1 << 64),
    "launch state is a list": event_bytes("agent-launch-event", newLaunchState=[]),
}


@pytest.mark.parametrize("payload", HOSTILE_PAYLOADS.values(), ids=HOSTILE_PAYLOADS)
async def test_hostile_but_authentic_payload_is_published_and_acknowledged(
    request_function: Post, events: Subscription, payload: bytes
) -> None:
    answer = await request_function("webhook", wrap_delivery(payload), headers=sign_headers(payload))
    assert answer.status == 200
    assert answer.body == b""
    [message] = events.pull(1)
    assert message.data == payload
    correlated = await request_function("correlate", push_body(payload, attributes=dict(message.attributes)))
    assert (correlated.status, correlated.body) == (204, b"")


@pytest.mark.parametrize("payload", HOSTILE_PAYLOADS.values(), ids=HOSTILE_PAYLOADS)
async def test_hostile_payload_that_was_published_as_a_request_is_acknowledged(
    request_function: Post, payload: bytes
) -> None:
    answer = await request_function("send", push_body(payload))
    assert (answer.status, answer.body) == (204, b"")
