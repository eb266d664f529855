"""The usual webhook: check the signature, `publish().result()`, answer."""

import base64
import hashlib
import hmac
import json
import os
from typing import Any

import functions_framework
from google.cloud import pubsub_v1

_TOKEN = os.environ["CLIENT_TOKEN"].encode()
_BATCHING = {
    "each": pubsub_v1.types.BatchSettings(max_messages=1),
    "client's own": pubsub_v1.types.BatchSettings(),
}[os.environ["BATCHING"]]
_PUBLISHER = pubsub_v1.PublisherClient(batch_settings=_BATCHING)
_TOPIC = _PUBLISHER.topic_path(os.environ["GOOGLE_CLOUD_PROJECT"], os.environ["TOPIC"])


@functions_framework.http
def webhook(request: Any) -> tuple[str, int]:
    payload = base64.b64decode(json.loads(request.get_data())["message"]["data"])
    signature = base64.b64encode(hmac.new(_TOKEN, payload, hashlib.sha512).digest()).decode()
    if not hmac.compare_digest(signature, request.headers.get("X-Goog-Signature", "")):
        return "", 401
    event = json.loads(payload)
    _PUBLISHER.publish(_TOPIC, payload, type=event["eventType"], messageId=event["messageId"]).result(10)
    return "", 200
