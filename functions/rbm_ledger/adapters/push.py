"""What Pub/Sub and Eventarc deliver by HTTP, as one value.

A push and a binary CloudEvent have the same body; a structured CloudEvent wraps it in `data`.
Sources: cloud.google.com/pubsub/docs/push, cloud.google.com/eventarc/docs/cloudevents, read 2026-11.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rbm_ledger.domain.errors import MalformedPush, NotJson
from rbm_ledger.domain.json_bytes import JsonObject, decode_base64, decode_object, is_utf8
from rbm_ledger.domain.times import parse_rfc3339

# A message has at most 10 MB, a third more as base64, and its envelope.
MAX_PUSH_BYTES = 14_000_000


@dataclass(frozen=True, slots=True)
class Push:
    """One message of a subscription. `delivery_attempt` is 0 where the subscription does not count."""

    data: bytes
    attributes: Mapping[str, str]
    message_id: str
    publish_time: datetime | None
    delivery_attempt: int


def parse_push(body: bytes) -> Push:
    """The message in this body; raises MalformedPush."""
    try:
        fields = decode_object(body)
    except NotJson as error:
        raise MalformedPush(str(error)) from None
    return unwrap_push(fields)


def is_push(fields: JsonObject) -> bool:
    """Whether these are the fields of an envelope, and not of what it carries."""
    return "message" in fields or "specversion" in fields


def unwrap_push(fields: JsonObject) -> Push:
    """Raises MalformedPush."""
    envelope = fields.get("data") if "specversion" in fields else fields
    message = envelope.get("message") if isinstance(envelope, dict) else None
    if not isinstance(envelope, dict) or not isinstance(message, dict):
        raise MalformedPush("The body has no object at message: it is no Pub/Sub push.")
    message_id = _either(message, "messageId", "message_id")
    if not is_utf8(message_id):
        raise MalformedPush("message.messageId holds half of a surrogate pair.")
    attempt = envelope.get("deliveryAttempt", 0)
    return Push(
        data=_decode_data(message.get("data", "")),
        attributes=_texts(message.get("attributes")),
        message_id=message_id,
        publish_time=parse_rfc3339(_either(message, "publishTime", "publish_time")),
        delivery_attempt=attempt if isinstance(attempt, int) else 0,
    )


def _decode_data(data: object) -> bytes:
    decoded = decode_base64(data)
    if decoded is None:
        raise MalformedPush("message.data is not a text in standard base64.")
    return decoded


def _texts(attributes: object) -> dict[str, str]:
    if not isinstance(attributes, dict):
        return {}
    return {name: value for name, value in attributes.items() if isinstance(value, str)}


def _either(message: JsonObject, name: str, twin: str) -> str:
    value = message.get(name) or message.get(twin)
    return value if isinstance(value, str) else ""
