"""Whatever an event says, Firestore takes the merges that it makes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.builders import (
    MESSAGE,
    USER_MESSAGE_DOCUMENT,
    correlate,
    correlate_type,
    fold_all,
)
from tests.functions.domain.strategies import event_objects, garbage
from tests.functions.domain.writable import assert_writable
from tests.support.payloads import event_bytes, list_names, load_json


def test_names_that_no_document_can_have_are_hashed_in_the_path_and_kept_in_the_fields() -> None:
    merges = correlate_type("DELIVERED", messageId="__x__", agentId="a/b@rbm.goog")
    [(path, document)] = fold_all(merges).items()
    assert path[1] == "a%2Fb"
    assert path[3].startswith("~")
    assert (document["agentId"], document["messageId"]) == ("a/b", "__x__")


@pytest.mark.parametrize(
    "member",
    [
        {"location": {"points": [[1, 2], [3]]}},
        {"location": {"latitude": 1 << 70}},
        {"location": {"__proto__": 1}},
        {"location": {"points": [0] * 2000}},
        {"location": json.loads('{"a":' * 30 + "1" + "}" * 30)},
        {"location": {"text": "\ud800"}},
        {"__name__": "x"},
        {"": 1},
        {"reaction": {"emoji": "👍"}, "kind": "x"},
    ],
    ids=lambda member: ascii(member)[:40],
)
def test_content_that_no_document_can_hold_or_nobody_knows_is_kept_as_json_text(
    member: dict[str, Any],
) -> None:
    document = fold_all(correlate(event_bytes("user-message-text", **member)))[USER_MESSAGE_DOCUMENT]
    assert json.loads(document["contentText"]) == member
    assert document["text"] == "Hello, world!"


BOOKKEEPING: list[dict[str, Any]] = [
    {"signed": {"x": 1}, "idClaims": {}},
    {"signed": True, "idClaims": "x", "contentConflicts": "x", "contentText": "x"},
    {"attempts": [], "agentReadTime": "2018-12-31T16:00:00Z", "purgeTime": None, "schemaVersion": 0},
    {"kind": "x", "repliesTo": MESSAGE, "sendTimeText": "x", "updatedTime": 1, "phoneNumber": "+1"},
]


@pytest.mark.parametrize("members", BOOKKEEPING, ids=repr)
def test_signed_members_named_like_our_own_fields_change_none_of_them(members: dict[str, Any]) -> None:
    plain = correlate(event_bytes("user-message-text"))[0]
    odd = correlate(event_bytes("user-message-text", text="second", **members))[0]
    assert set(odd.values) - set(plain.values) == {
        ("contentText",),
        *(path for path in odd.values if path[0] == "signed"),
    }
    assert json.loads(odd.values["contentText",]) == members
    one, other = (fold_all(each)[USER_MESSAGE_DOCUMENT] for each in ((plain, odd), (odd, plain)))
    for name in ("signed", "idClaims", "kind", "phoneNumber", "contentText"):
        assert one[name] == other[name]
    assert len(one["signed"]) == 2


@given(garbage | event_objects, st.booleans())
def test_whatever_arrives_firestore_takes_its_merges(payload: bytes, store_content: bool) -> None:
    merges = correlate(payload, store_content=store_content)
    assert merges
    for merge in merges:
        assert_writable(merge)


@pytest.mark.parametrize("text", ["__x__", "x" * 1501, "\0", "a.b`c", "😀" * 500])
@pytest.mark.parametrize("name", list_names("decoded-events"))
def test_whatever_a_text_says_firestore_takes_the_merges(name: str, text: str) -> None:
    fields = load_json(f"decoded-events/{name}")
    for member in fields:
        for merge in correlate(json.dumps({**fields, member: text}).encode()):
            assert_writable(merge)
