"""The usual send: a blocking call, then the document by the client library, then an update of its own."""

import base64
import json
import os
import uuid
from typing import Any

import functions_framework
import requests
from google.cloud import firestore, pubsub_v1

_ENDPOINT = os.environ["RBM_API_ENDPOINT"]
_DATABASE = firestore.Client()
_TOPIC = os.environ["TOPIC"] and f"projects/{os.environ['GOOGLE_CLOUD_PROJECT']}/topics/{os.environ['TOPIC']}"
_PUBLISHER = pubsub_v1.PublisherClient() if _TOPIC else None


@functions_framework.http
def send(request: Any) -> tuple[str, int]:
    body = request.get_json()
    asked = json.loads(base64.b64decode(body["message"]["data"])) if "message" in body else body
    message_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{asked['agentId']}/{asked['idempotencyKey']}"))
    _record(message_id, asked, _call(message_id, asked))
    if _PUBLISHER:
        update = {"kind": "message", "messageId": message_id, "state": "accepted"}
        _PUBLISHER.publish(_TOPIC, json.dumps(update).encode(), state="accepted").result(10)
    return "", 204


def _call(message_id: str, asked: dict[str, Any]) -> dict[str, Any]:
    answer = requests.post(
        f"{_ENDPOINT}/v1/phones/{asked['phoneNumber']}/agentMessages",
        params={"messageId": message_id, "agentId": asked["agentId"]},
        headers={"Authorization": "Bearer TOKEN"},
        json={name: asked[name] for name in ("contentMessage", "messageTrafficType")},
        timeout=10,
    )
    answer.raise_for_status()
    fields: dict[str, Any] = answer.json()
    return fields


def _record(message_id: str, asked: dict[str, Any], answer: dict[str, Any]) -> None:
    document = _DATABASE.collection("agents", asked["agentId"], "messages").document(message_id)
    document.set(
        {
            **{name: asked[name] for name in ("agentId", "phoneNumber", "contentMessage", "source")},
            "messageId": message_id,
            "stateRank": 30,
            "sendTime": answer["sendTime"],
            "acceptedTime": firestore.SERVER_TIMESTAMP,
            "updatedTime": firestore.SERVER_TIMESTAMP,
        },
        merge=True,
    )
