"""The requests that are sent: what the platform and Pub/Sub send, each one another message."""

import base64
import json
import uuid
from collections.abc import Callable, Sequence

from rbm_ledger.domain.signature import sign
from rbm_ops.bench.driving import http_request
from rbm_ops.local.addresses import CLIENT_TOKEN

AGENT_ID = "growing-tree-bank"
_EVENT_TYPES = ("DELIVERED", "READ")


def webhook_requests(count: int) -> list[bytes]:
    """Signed deliveries of receipts."""
    return [_sign_delivery(payload) for payload in receipts(count)]


def push_requests(payloads: Sequence[bytes]) -> list[bytes]:
    """Pushes of a subscription, as `webhook` publishes these payloads."""
    return [_push(payload) for payload in payloads]


def receipts(count: int, *, message_id: Callable[[int], str] | None = None) -> list[bytes]:
    """DELIVERED and READ of messages in turn; `message_id` of the event's number, else each pair another."""
    ids = [str(uuid.uuid4()) for _ in range(0, count, 2)]
    name = message_id or (lambda number: ids[number // 2])
    return [make_receipt(name(number), _EVENT_TYPES[number % 2], number) for number in range(count)]


def make_receipt(message_id: str, event_type: str, number: int) -> bytes:
    """One receipt; `number` says whose phone it is."""
    return json.dumps(
        {
            "senderPhoneNumber": f"+1415{5550000 + number % 10_000}",
            "eventType": event_type,
            "eventId": str(uuid.uuid4()),
            "messageId": message_id,
            "sendTime": "2026-11-25T10:00:00.123456Z",
            "agentId": f"{AGENT_ID}@rbm.goog",
        }
    ).encode()


def _sign_delivery(payload: bytes) -> bytes:
    envelope = {
        "message": {
            "attributes": {"type": "USER_EVENT", "product": "RBM"},
            "data": base64.b64encode(payload).decode(),
            "messageId": "1234567890",
            "publishTime": "2026-11-25T10:00:00.123Z",
        },
        "subscription": "projects/rbm-platform/subscriptions/webhook",
    }
    return http_request("/", json.dumps(envelope).encode(), {"X-Goog-Signature": sign(payload, CLIENT_TOKEN)})


def _push(payload: bytes) -> bytes:
    event = json.loads(payload)
    envelope = {
        "deliveryAttempt": 1,
        "message": {
            "attributes": {
                "family": "UserEvent",
                "type": event["eventType"],
                "agentId": AGENT_ID,
                "messageId": event["messageId"],
                "eventKey": uuid.uuid4().hex,
                "receivedTime": "2026-11-25T10:00:01.000000Z",
                "tokenVersion": "9f2e9538",
            },
            "data": base64.b64encode(payload).decode(),
            "messageId": str(uuid.uuid4().int % 10**16),
            "publishTime": "2026-11-25T10:00:01.123Z",
        },
        "subscription": "projects/rbm-local/subscriptions/rbm-events-correlate",
    }
    return http_request("/", json.dumps(envelope).encode(), {})
