"""The usual correlate: for each event a transaction that reads the document and writes it, or a blind set."""

import base64
import json
import os
from typing import Any

import functions_framework
from google.cloud import firestore

_RANKS = {"DELIVERED": 60, "READ": 70}
_DATABASE = firestore.Client()
_IS_TRANSACTION = os.environ["WRITING"] == "transaction"


@functions_framework.http
def correlate(request: Any) -> tuple[str, int]:
    event = json.loads(base64.b64decode(request.get_json()["message"]["data"]))
    agent_id = event["agentId"].removesuffix("@rbm.goog")
    messages = _DATABASE.collection("agents", agent_id, "messages")
    document = messages.document(event["messageId"])
    if _IS_TRANSACTION:
        _record(_DATABASE.transaction(), document, event)
    else:
        _merge(document, event)
    return "", 204


@firestore.transactional
def _record(transaction: Any, document: Any, event: dict[str, Any]) -> None:
    record = document.get(transaction=transaction).to_dict() or {}
    events = record.get("events", [])
    if any(stored["eventId"] == event["eventId"] for stored in events):
        return
    record["events"] = [*events, _element(event)]
    record["stateRank"] = max(record.get("stateRank", 0), _RANKS[event["eventType"]])
    record["phoneNumber"] = event["senderPhoneNumber"]
    record["updatedTime"] = firestore.SERVER_TIMESTAMP
    transaction.set(document, record)


def _merge(document: Any, event: dict[str, Any]) -> None:
    document.set(
        {
            "events": firestore.ArrayUnion([_element(event)]),
            "stateRank": firestore.Maximum(_RANKS[event["eventType"]]),
            "phoneNumber": event["senderPhoneNumber"],
            "updatedTime": firestore.SERVER_TIMESTAMP,
        },
        merge=True,
    )


def _element(event: dict[str, Any]) -> dict[str, Any]:
    return {name: event[name] for name in ("eventId", "eventType", "sendTime")}
