"""How an event travels: signed bytes inside a body shaped like a Pub/Sub push."""

import base64
import hashlib
import hmac
from datetime import datetime

import msgspec

from rbm_ops.simulator.events import USER_MESSAGE_MEMBERS
from rbm_ops.simulator.resources import JsonObject, format_time
from rbm_ops.simulator.settings import EnvelopeStyle, PayloadStyle

SIGNATURE_HEADER = "X-Goog-Signature"
WEBHOOK_TYPE_HEADER = "X-Goog-Webhook-Type"

_SUBSCRIPTION = "projects/rbm-simulator/subscriptions/rbm-agent-subscription"
_PROJECT_NUMBER = "123456789012"
# TEXT was seen in a real delivery; the other values are assumed.
_MESSAGE_TYPES = {
    "text": "TEXT",
    "userFile": "FILE",
    "location": "LOCATION",
    "suggestionResponse": "SUGGESTION_RESPONSE",
}


def encode_event(event: JsonObject, style: PayloadStyle = PayloadStyle.PRETTY) -> bytes:
    """Pretty-printed, as Google does: a receiver that signs a re-serialisation fails."""
    encoded = msgspec.json.encode(event)
    if style is PayloadStyle.COMPACT:
        return encoded
    return msgspec.json.format(encoded, indent=2)


def sign(client_token: str, payload: bytes) -> str:
    """Source: guides/integrate/webhooks, April 2026. The key is the token as text."""
    return base64.b64encode(hmac.digest(client_token.encode(), payload, hashlib.sha512)).decode()


def wrap_event(
    event: JsonObject, payload: bytes, *, publish_time: datetime, style: EnvelopeStyle = EnvelopeStyle.FULL
) -> bytes:
    """The body of the call. Nothing here but `data` is covered by the signature."""
    data = base64.b64encode(payload).decode()
    if style is EnvelopeStyle.MINIMAL:
        return msgspec.json.encode({"message": {"data": data}})
    pubsub_id, published = _make_pubsub_id(payload), format_time(publish_time, timespec="milliseconds")
    message = {
        "attributes": _describe_event(event),
        "data": data,
        "messageId": pubsub_id,
        "message_id": pubsub_id,
        "publishTime": published,
        "publish_time": published,
    }
    return msgspec.json.encode({"message": message, "subscription": _SUBSCRIPTION})


def webhook_type_of(event: JsonObject) -> str:
    """Seen in public code after July 2026; that agent_callback marks launch events is assumed."""
    return "agent_callback" if "newLaunchState" in event else "message_callback"


def type_of(event: JsonObject) -> str:
    """`DELIVERED`, `text`, `LAUNCHED`: the event type, the member of a user message, or the launch state."""
    if "eventType" in event:
        return str(event["eventType"])
    if "newLaunchState" in event:
        return str(event["newLaunchState"])
    return next((member for member in USER_MESSAGE_MEMBERS if member in event), "unknown")


def _make_pubsub_id(payload: bytes) -> str:
    """Sixteen digits that follow from the content, so that a run can be repeated byte for byte."""
    number = int.from_bytes(hashlib.blake2b(payload, digest_size=8).digest())
    return str(10**15 + number % (9 * 10**15))


def _describe_event(event: JsonObject) -> dict[str, str]:
    return {
        "business_id": str(event.get("agentId", "")),
        "product": "RBM",
        "project_number": _PROJECT_NUMBER,
        **_classify_event(event),
    }


def _classify_event(event: JsonObject) -> dict[str, str]:
    """`agent_launch_event` is documented, `message` was seen, `event` is assumed."""
    kind = type_of(event)
    if "newLaunchState" in event:
        return {"type": "agent_launch_event", "event_type": kind}
    if "eventType" in event:
        return {"type": "event", "event_type": kind}
    return {"type": "message", "message_type": _MESSAGE_TYPES.get(kind, "UNKNOWN")}
