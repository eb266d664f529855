"""Send requests: one of each kind, and each with one fault that can be seen by its shape."""

from typing import Any

MESSAGE_ID = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
AGENT = {"agentId": "growing-tree-bank"}
TO_ONE = {**AGENT, "phoneNumber": "+14155550101"}
TEXT = {**TO_ONE, "contentMessage": {"text": "Hello"}}
FALLBACK = {"on": ["unreachable", "expired", "undelivered"], "afterSeconds": 60, "payload": {"sms": "Hello"}}
BULK: dict[str, Any] = {
    **AGENT,
    "contentMessage": {"text": "Hello {{name}}"},
    "idempotencyKey": "sale",
    "recipients": [
        {"phoneNumber": "+14155550101", "values": {"name": "Ann"}},
        {
            "phoneNumber": "+14155550102",
            "values": {"name": 7},
            "clientReference": "7",
            "labels": {"part": "b"},
        },
    ],
}
FILE_URL = "https://example.com/a.png"

ONE_OF_EACH: dict[str, dict[str, Any]] = {
    "message": {
        **TEXT,
        "messageTrafficType": "TRANSACTION",
        "ttl": "600s",
        "fallback": FALLBACK,
        "trackTaps": True,
        "validateOnly": False,
        "messageId": MESSAGE_ID,
        "source": "orders",
        "clientReference": "1234",
        "labels": {"campaign": "none"},
    },
    "message at every limit": {
        "agentId": "a" * 191 + "@rbm.goog",
        "phoneNumber": "+123456789012345",
        "contentMessage": {"text": "Hello"},
        "expireTime": "2026-11-23t10:00:60.123456789-00:00",
        "fallback": {"on": ["undelivered"] * 3, "afterSeconds": 2_592_000, "payload": {}},
        "messageId": MESSAGE_ID.upper(),
        "source": "x" * 256,
        "clientReference": "😀" * 256,
        "labels": {f"a.b_c-{number}": "é" * 256 for number in range(64)},
    },
    "message of odd blanks": {
        **TEXT,
        "agentId": "a\u00a0b\u2003c",
        "contentMessage": {"contentInfo": {"fileUrl": "HttpS://e.co/\u00a0\u2028"}},
        "idempotencyKey": " ",
    },
    "message by a time": {**TEXT, "expireTime": "2026-11-23T10:00:00Z", "idempotencyKey": "order-1"},
    "bulk": BULK,
    "bulk with a fallback": {**BULK, "ttl": "60s", "fallback": {**FALLBACK, "payload": {"to": "{{name}}"}}},
    "bulk of places": {
        **BULK,
        "contentMessage": {"contentInfo": {"fileUrl": "{{url}}"}},
        "recipients": [{"phoneNumber": "+14155550101", "values": {"url": FILE_URL}}],
    },
    "revoke": {**TO_ONE, "revoke": {"messageId": MESSAGE_ID}},
    "typing": {**TO_ONE, "agentEvent": {"eventType": "IS_TYPING"}},
    "seen": {**TO_ONE, "agentEvent": {"eventType": "READ", "messageId": "MxIg"}},
    "capability": {**TO_ONE, "capability": {"maxAgeSeconds": 60}},
    "consent": {**TO_ONE, "consent": {"state": "optedOut", "note": "by phone"}},
    "file": {**AGENT, "fileUpload": {"fileUrl": FILE_URL, "contentDescription": "A tree"}},
}


def without(fields: dict[str, Any], name: str) -> dict[str, Any]:
    return {member: value for member, value in fields.items() if member != name}


REFUSED: dict[str, Any] = {
    "no object": [],
    "no kind": TO_ONE,
    "two kinds": {**TEXT, "revoke": {"messageId": MESSAGE_ID}},
    "no agent": without(TEXT, "agentId"),
    "no agent in bulk": without(BULK, "agentId"),
    "no number": without(TEXT, "phoneNumber"),
    "no number for a revoke": {**AGENT, "revoke": {"messageId": MESSAGE_ID}},
    "a number for a file": {**ONE_OF_EACH["file"], "phoneNumber": "+14155550101"},
    "a ttl for a revoke": {**ONE_OF_EACH["revoke"], "ttl": "60s"},
    "an id for a revoke": {**ONE_OF_EACH["revoke"], "messageId": MESSAGE_ID},
    "a fallback for a capability": {**ONE_OF_EACH["capability"], "fallback": FALLBACK},
    "misspelt": {**TEXT, "idempotencykey": "a"},
    "two deadlines": {**TEXT, "ttl": "60s", "expireTime": "2026-11-23T10:00:00Z"},
    "two deadlines in bulk": {**BULK, "ttl": "60s", "expireTime": "2026-11-23T10:00:00Z"},
    "two names": {**TEXT, "messageId": MESSAGE_ID, "idempotencyKey": "a"},
    "an agent with a slash": {**TEXT, "agentId": "a/b"},
    "another domain": {**TEXT, "agentId": "a@example.com"},
    "a long agent": {**TEXT, "agentId": "a" * 201},
    "a national number": {**TEXT, "phoneNumber": "4155550101"},
    "a short number": {**TEXT, "phoneNumber": "+123456"},
    "a long number": {**TEXT, "phoneNumber": "+1234567890123456"},
    "a ttl in minutes": {**TEXT, "ttl": "10m"},
    "a time without a zone": {**TEXT, "expireTime": "2026-11-23T10:00:00"},
    "a traffic type of nobody": {**TEXT, "messageTrafficType": "SPAM"},
    "an id that is none": {**TEXT, "messageId": "1"},
    "an empty key": {**TEXT, "idempotencyKey": ""},
    "a key of a number in bulk": {**BULK, "idempotencyKey": 7},
    "a long source": {**TEXT, "source": "x" * 257},
    "labels in a list": {**TEXT, "labels": []},
    "a label of a number": {**TEXT, "labels": {"a": 1}},
    "a label's odd name": {**TEXT, "labels": {"1": "a"}},
    "many labels": {**TEXT, "labels": {f"a{number}": "" for number in range(65)}},
    "a flag in words": {**TEXT, "trackTaps": "true"},
    "a fallback of nothing": {**TEXT, "fallback": {"on": [], "payload": {}}},
    "a fallback for no reason": {**TEXT, "fallback": {"payload": {}}},
    "a fallback at once": {**TEXT, "fallback": {**FALLBACK, "afterSeconds": 0}},
    "a fallback for ever": {**TEXT, "fallback": {**FALLBACK, "afterSeconds": 2_592_001}},
    "a fallback to a text": {**TEXT, "fallback": {**FALLBACK, "payload": "sms"}},
    "a reason of nobody": {**TEXT, "fallback": {"on": ["bored"], "payload": {}}},
    "an event of nobody": {**TO_ONE, "agentEvent": {"eventType": "LAUGHS"}},
    "a revoke of nothing": {**TO_ONE, "revoke": {}},
    "an age below nothing": {**TO_ONE, "capability": {"maxAgeSeconds": -1}},
    "half a consent": {**TO_ONE, "consent": {"state": "perhaps"}},
    "a file of nowhere": {**AGENT, "fileUpload": {"contentDescription": "A tree"}},
    "bulk and a number": {**BULK, "phoneNumber": "+14155550101"},
    "bulk and an id": {**without(BULK, "idempotencyKey"), "messageId": MESSAGE_ID},
    "bulk of revokes": {**without(BULK, "contentMessage"), "revoke": {"messageId": MESSAGE_ID}},
    "bulk to nobody": {**BULK, "recipients": []},
    "bulk to too many": {
        **BULK,
        "recipients": [
            {"phoneNumber": f"+1415{number:07}", "values": {"name": "x"}} for number in range(1001)
        ],
    },
    "a recipient without a number": {**BULK, "recipients": [{"values": {"name": "Ann"}}]},
    "a recipient's odd member": {**BULK, "recipients": [{**BULK["recipients"][0], "ttl": "60s"}]},
    "values in a list": {**BULK, "recipients": [{"phoneNumber": "+14155550101", "values": []}]},
    "bulk with two contents": {**BULK, "contentMessage": {"text": "a", "contentInfo": {"fileUrl": FILE_URL}}},
    "bulk with a number as text": {**BULK, "contentMessage": {"text": 7}},
}
