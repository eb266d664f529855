"""Promises on the way from a push to documents: every payload has its place, and Firestore takes it."""

import asyncio
import base64
import json
from collections.abc import Coroutine, Iterable
from datetime import datetime
from functools import cache
from typing import Any

from tests.functions.domain.builders import find_said, merges_of
from tests.functions.domain.writable import assert_writable
from tests.functions.usecases.correlating import Correlation
from tests.fuzz.promises.signatures import RECEIVED

from rbm_ledger.adapters.firestore_values import encode_merge
from rbm_ledger.adapters.push import MAX_PUSH_BYTES, Push, parse_push
from rbm_ledger.domain.correlation import Arrival, merges_for
from rbm_ledger.domain.errors import MalformedPush
from rbm_ledger.domain.events import event_key, parse_event
from rbm_ledger.domain.ledger import Merge, fold
from rbm_ledger.domain.postbacks import unwrap_postback, wrap_postbacks
from rbm_ledger.domain.times import parse_rfc3339


def keep_event(payload: bytes) -> None:
    event = parse_event(payload)
    event_key(event, payload).encode()
    merges = merges_for(event, Arrival(payload, RECEIVED))
    evidence = find_said(payload, received_at=RECEIVED)
    assert_storable((*merges, *(merges_of(evidence) if evidence else ())))


def keep_postback(data: bytes) -> None:
    text = data.decode(errors="surrogateescape")
    message_id, own = unwrap_postback(text)
    if message_id is not None:
        content = {"suggestions": [{"reply": {"text": "Yes", "postbackData": own}}]}
        wrapped = wrap_postbacks(content, message_id)
        assert wrapped["suggestions"][0]["reply"]["postbackData"] == text
    fields = {
        "agentId": "growing-tree-bank",
        "senderPhoneNumber": "+14155550101",
        "messageId": "MxIg",
        "suggestionResponse": {"postbackData": text, "text": text},
    }
    keep_event(json.dumps(fields).encode())


def keep_push(body: bytes) -> None:
    push = _parse(body)
    if push is None:
        return
    assert isinstance(push.message_id, str)
    assert push.publish_time is None or isinstance(push.publish_time, datetime)
    assert isinstance(push.delivery_attempt, int)
    assert all(isinstance(text, str) for pair in push.attributes.items() for text in pair)
    assert len(push.data) <= MAX_PUSH_BYTES
    assert base64.b64encode(push.data)[:-4].decode() in body.decode().replace("\\/", "/") or b"\\u" in body


def keep_correlate(body: bytes) -> None:
    """The whole use case with its fakes: written, told, and the same again on a repeat."""
    push = _parse(body)
    if push is None:
        return
    received_at = parse_rfc3339(push.attributes.get("receivedTime")) or push.publish_time or RECEIVED
    correlation = Correlation()
    run(correlation.take(push.data, received_at=received_at))
    once = repr(correlation.ledger.documents)
    assert correlation.ledger.documents
    run(correlation.take(push.data, received_at=received_at))
    assert repr(correlation.ledger.documents) == once


def assert_storable(merges: Iterable[Merge]) -> None:
    """As a document may be, on the wire, and the same after a repeat."""
    for merge in merges:
        assert_writable(merge)
        encode_merge(
            "projects/p/databases/d/documents/" + "/".join(merge.document), merge
        ).SerializeToString()
        once = fold(None, merge)
        assert fold(once, merge) == once


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return _runner().get_loop().run_until_complete(work)


@cache
def _runner() -> asyncio.Runner:
    return asyncio.Runner(loop_factory=asyncio.new_event_loop)


def _parse(body: bytes) -> Push | None:
    try:
        return parse_push(body)
    except MalformedPush:
        return None
