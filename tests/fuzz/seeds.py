"""Sound inputs, which the hostile ones are made from: what the tests have as files, and one of each kind."""

import base64
import json
from typing import Any

from tests.functions.domain.strategies import HOSTILE_BYTES
from tests.functions.entrypoints.wire import (
    AGENT_TOKEN,
    TOKENS,
    push_body,
    sign,
    structured_body,
    wrap_delivery,
)
from tests.functions.schemas.requests import ONE_OF_EACH
from tests.fuzz.mutations import join_call
from tests.support.payloads import list_names, load_bytes, load_json, request_bytes

Seeds = tuple[bytes, ...]

# Beyond this size a mutation is nothing but slow.
_HANDY_BYTES = 10_000
_POSTBACK = f"rbm1:{base64.urlsafe_b64encode(bytes(range(16))).decode().rstrip('=')}:yes/1"


def _tapped(name: str) -> bytes:
    fields = load_json(f"decoded-events/{name}")
    if "suggestionResponse" in fields:
        fields["suggestionResponse"]["postbackData"] = _POSTBACK
    return json.dumps(fields).encode()


def _call_of(payload: bytes, token: str, webhook: str = "") -> bytes:
    return join_call(sign(payload, token), webhook, wrap_delivery(payload))


def _handy(*inputs: bytes) -> Seeds:
    return tuple(each for each in inputs if len(each) < _HANDY_BYTES)


_FILES = list_names("decoded-events")
_PARTNER_TOKEN = TOKENS[""][0]
_REQUEST_FIELDS: list[Any] = list(ONE_OF_EACH.values())

EVENTS = _handy(*(load_bytes(f"decoded-events/{name}") for name in _FILES), *map(_tapped, _FILES))
HOSTILE = _handy(*HOSTILE_BYTES.values())
REQUESTS = _handy(
    *(json.dumps(fields).encode() for fields in _REQUEST_FIELDS),
    *(request_bytes(name.removesuffix(".json"), trackTaps=True) for name in list_names("agent_messages")),
)
BULKS = _handy(*(json.dumps(fields).encode() for fields in _REQUEST_FIELDS if "recipients" in fields))
EVENT_PUSHES = (
    *(push_body(event, attributes={"receivedTime": "2026-11-22T10:00:00Z"}) for event in EVENTS),
    *map(structured_body, EVENTS),
)
REQUEST_PUSHES = (*map(push_body, REQUESTS), *map(structured_body, REQUESTS))
CALLS = (
    *(_call_of(event, _PARTNER_TOKEN) for event in (*EVENTS, *HOSTILE)),
    *(_call_of(event, AGENT_TOKEN, "growing-tree-bank") for event in EVENTS),
    *(join_call("", "", load_bytes(f"webhook-bodies/{name}")) for name in list_names("webhook-bodies")),
)
POSTBACKS = (_POSTBACK.encode(), b"rbm1::", b"yes", b"rbm1:" + b"_" * 22 + b":", _POSTBACK.encode() * 2)
CLIENT_TOKENS = (
    json.dumps(TOKENS).encode(),
    *(b'{"/agent/": ["a", "b"], "": ["c"]}', b'{"": []}', b'{"": [""]}', b"{}", b"[]", b'{"a": "text"}'),
)
