"""Bodies and signatures as Google sends them, made without the code under test."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

PARTNER_TOKENS = ("SJENCPGJESMGUFPY", "OLDERPARTNERTOKEN")
AGENT_TOKEN = "AGENTSOWNTOKEN"
TOKENS = {"": list(PARTNER_TOKENS), "growing-tree-bank": [AGENT_TOKEN]}

PUBLISH_TIME = "2026-11-22T10:00:00.125Z"
SUBSCRIPTION = "projects/served/subscriptions/some-subscription"


def encode_data(payload: bytes) -> str:
    return base64.b64encode(payload).decode()


def decode_data(body: bytes) -> bytes:
    """The signed bytes inside a delivery."""
    return base64.b64decode(json.loads(body)["message"]["data"])


def sign(payload: bytes, token: str = PARTNER_TOKENS[0]) -> str:
    """HMAC-SHA512 with the token as key, in base64 (guides/integrate/webhooks, read 2026-04)."""
    return base64.b64encode(hmac.new(token.encode(), payload, hashlib.sha512).digest()).decode()


def wrap_delivery(payload: bytes, **envelope: Any) -> bytes:
    """What RBM posts, with no more than it promises; `envelope` adds to it."""
    return json.dumps({"message": {"data": encode_data(payload), **envelope}}).encode()


def sign_headers(payload: bytes, token: str = PARTNER_TOKENS[0]) -> dict[str, str]:
    return {"X-Goog-Signature": sign(payload, token)}


def push_fields(
    payload: bytes, *, attributes: Mapping[str, str] | None = None, message_id: str = "1", **message: Any
) -> dict[str, Any]:
    """A push with both spellings, as production sends it."""
    fields = {
        "data": encode_data(payload),
        "attributes": dict(attributes or {}),
        "messageId": message_id,
        "message_id": message_id,
        "publishTime": PUBLISH_TIME,
        "publish_time": PUBLISH_TIME,
        **message,
    }
    return {"message": fields, "subscription": SUBSCRIPTION}


def push_body(payload: bytes, **options: Any) -> bytes:
    return json.dumps(push_fields(payload, **options)).encode()


CLOUD_EVENT = {
    "specversion": "1.0",
    "type": "google.cloud.pubsub.topic.v1.messagePublished",
    "source": "//pubsub.googleapis.com/projects/served/topics/rbm-events",
    "id": "1",
    "time": PUBLISH_TIME,
}
"""The attributes that Eventarc gives to each event."""

EVENTARC_HEADERS = {f"ce-{name}": value for name, value in CLOUD_EVENT.items()} | {
    "Content-Type": "application/json"
}
STRUCTURED_HEADERS = {"Content-Type": "application/cloudevents+json"}


def structured_body(payload: bytes, **options: Any) -> bytes:
    """The same event with its attributes in the body."""
    return json.dumps({**CLOUD_EVENT, "data": push_fields(payload, **options)}).encode()
