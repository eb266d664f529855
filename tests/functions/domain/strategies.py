"""What strangers might send: any JSON, and JSON that looks almost right."""

import json
from typing import Any

from hypothesis import strategies as st

EVENT_MEMBERS = (
    *("agentId", "senderPhoneNumber", "phoneNumber", "eventType", "eventId", "messageId", "sendTime"),
    *("text", "userFile", "location", "suggestionResponse", "newLaunchState", "regionId"),
)
REQUEST_MEMBERS = (
    *("agentId", "phoneNumber", "contentMessage", "messageTrafficType", "ttl", "expireTime", "messageId"),
    *("idempotencyKey", "source", "clientReference", "labels", "revoke", "text", "contentInfo", "richCard"),
    *("uploadedRbmFile", "fileName", "suggestions", "reply", "action", "postbackData", "standaloneCard"),
    *("carouselCard", "cardContents", "cardContent", "media", "latLong", "latitude", "openUrlAction"),
)

# Lone surrogates are what JSON can spell and UTF-8 can't.
texts = st.text(st.characters(exclude_categories=()), max_size=12)
odd_texts = st.sampled_from(("", ".", "..", "__x__", "a/b", "\0", "\ud800", "~", "x" * 1600, "😀"))
numbers = st.integers() | st.sampled_from((1 << 63, -(1 << 70), 10**400)) | st.floats(allow_nan=False)
leaves = (
    st.none()
    | st.booleans()
    | numbers.filter(lambda n: n == n and abs(n) != float("inf"))
    | texts
    | odd_texts
)


def json_values(names: st.SearchStrategy[str] = texts | odd_texts) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
        max_leaves=12,
    )


def json_objects(members: tuple[str, ...], known: st.SearchStrategy[Any]) -> st.SearchStrategy[bytes]:
    """Objects made of real member names; each value is plausible (`known`) or anything."""
    names = st.sampled_from(members)
    values = known | json_values(names | texts)
    return st.dictionaries(names, values, max_size=9).map(lambda fields: json.dumps(fields).encode())


event_objects = json_objects(
    EVENT_MEMBERS,
    st.sampled_from(
        (
            *(
                "growing-tree-bank@rbm.goog",
                "+12223334444",
                "DELIVERED",
                "UNSUBSCRIBE",
                "NEW_TYPE",
                "__x__",
                "",
            ),
            *("TTL_EXPIRATION_REVOKED", "2018-12-31T15:01:23.045123456Z", "/v1/regions/fi-rcs", "LAUNCHED"),
        )
    ),
)
request_objects = json_objects(
    REQUEST_MEMBERS,
    st.sampled_from(
        (
            *("growing-tree-bank", "+14155550101", "PROMOTION", "600s", "2026-11-22T10:00:00Z", "order-1"),
            "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11",
        )
    )
    | st.sampled_from(({"text": "Hello"}, {"contentMessage": {}}, {"campaign": "none"}, [], {})),
)
garbage = (
    st.binary(max_size=200)
    | texts.map(lambda text: text.encode(errors="surrogatepass"))
    | json_values().map(lambda value: json.dumps(value).encode())
)
HOSTILE_BYTES = {
    "empty": b"",
    "blank": b" \n",
    "cut short": b'{"agentId": "growing',
    "deep objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "deep arrays": b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "deep and cut short": b"[" * 200_000,
    "just too deep": b'{"a":' * 150 + b"1" + b"}" * 150,
    "UTF-16": '{"agentId": "growing-tree-bank"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"agentId": "growing-tree-bank"}'.encode("utf-16-le"),
    "UTF-8 with a mark": b'\xef\xbb\xbf{"agentId": "growing-tree-bank"}',
    "overlong UTF-8": b'{"agentId": "\xc0\xaf"}',
    "surrogate in UTF-8": b'{"agentId": "\xed\xa0\x80"}',
    "NaN": b'{"agentId": NaN}',
    "Infinity": b'{"agentId": -Infinity}',
    "a number beyond any double": b'{"agentId": 1e999}',
    "an integer of 5,000 digits": b'{"agentId": ' + b"9" * 5_000 + b"}",
    "an array": b"[]",
    "a text": b'"growing-tree-bank"',
    "null": b"null",
    "two objects": b"{}{}",
    "control character": b'{"agentId": "a\x00b"}',
}
