"""How an event travels: signed bytes inside a body shaped like a Pub/Sub push."""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime

from rbm_ops.simulator.resources import JsonObject, format_time

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


def encode_event(event: JsonObject) -> bytes:
    """Pretty-printed, as Google does: a receiver that signs a re-serialisation fails."""
    return json.dumps(event, indent=2, ensure_ascii=False).encode()


def sign(client_token: str, payload: bytes) -> str:
    """Source: guides/integrate/webhooks, April 2026. The key is the token as text."""
    return base64.b64encode(hmac.digest(client_token.encode(), payload, hashlib.sha512)).decode()


def wrap_event(event: JsonObject, payload: bytes) -> bytes:
    """The body of the call. Nothing here but `data` is covered by the signature."""
    pubsub_id = str(10**15 + secrets.randbelow(9 * 10**15))
    publish_time = format_time(datetime.now(UTC), timespec="milliseconds")
    message = {
        "attributes": _describe_event(event),
        "data": base64.b64encode(payload).decode(),
        "messageId": pubsub_id,
        "message_id": pubsub_id,
        "publishTime": publish_time,
        "publish_time": publish_time,
    }
    return json.dumps({"message": message, "subscription": _SUBSCRIPTION}).encode()


def _describe_event(event: JsonObject) -> dict[str, str]:
    return {
        "business_id": str(event.get("agentId", "")),
        "product": "RBM",
        "project_number": _PROJECT_NUMBER,
        **_classify_event(event),
    }


def _classify_event(event: JsonObject) -> dict[str, str]:
    """`agent_launch_event` is documented, `message` was seen, `event` is assumed."""
    if "newLaunchState" in event:
        return {"type": "agent_launch_event", "event_type": str(event["newLaunchState"])}
    if "eventType" in event:
        return {"type": "event", "event_type": str(event["eventType"])}
    members = [name for member, name in _MESSAGE_TYPES.items() if member in event]
    return {"type": "message", "message_type": members[0] if members else "UNKNOWN"}
