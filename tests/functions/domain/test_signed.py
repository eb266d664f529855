"""What was signed under an id: the same content whatever its spelling, and never another one's place."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.builders import (
    AGENT,
    MESSAGE_DOCUMENT,
    USER_MESSAGE_DOCUMENT,
    correlate,
    correlate_type,
    fold_all,
    fold_one,
)
from tests.support.payloads import event_bytes, load_json

from rbm_ledger.domain.ledger import Merge, fold, quarantine_path
from rbm_ledger.domain.signed import find_conflict

CONTENTS = [
    event_bytes("user-message-text"),
    event_bytes("user-message-text", text="Something else"),
    event_bytes("user-message-location"),
    event_bytes("user-message-text", sendTime="2018-12-31T16:00:00Z"),
    event_bytes("user-message-text", signed={"x": 1}, idClaims={}, contentConflicts=[]),
]


def write(record: dict[str, Any] | None, merge: Merge) -> tuple[dict[str, Any], Merge | None]:
    """As the database does: the document, and what its answer leads to."""
    folded = fold(record, merge)
    reached = {}
    for path in (*merge.maxima, *merge.minima):
        value: Any = folded
        for name in path:
            value = value[name]
        reached[path] = value
    return folded, find_conflict(merge, reached)


def read_contents(document: dict[str, Any]) -> list[dict[str, Any]]:
    contents = [json.loads(signed["json"]) for signed in document["signed"].values()]
    return in_order(contents)


def in_order(contents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(contents, key=lambda content: json.dumps(content, sort_keys=True))


@given(st.lists(st.sampled_from(CONTENTS), min_size=1, max_size=8))
def test_whatever_the_order_and_repetition_all_contents_are_kept_and_the_second_writer_knows(
    payloads: list[bytes],
) -> None:
    document: dict[str, Any] | None = None
    seen: set[bytes] = set()
    for payload in payloads:
        document, conflict = write(document, correlate(payload)[0])
        seen.add(payload)
        assert (conflict is not None) == (len(seen) > 1)
    assert document is not None
    expected = [{**json.loads(payload), "agentId": AGENT} for payload in seen]
    assert read_contents(document) == in_order(expected)


SPELLINGS = {
    "members in another order": lambda fields: json.dumps(dict(reversed(fields.items()))),
    "blanks": lambda fields: json.dumps(fields, indent=4),
    "escapes": lambda fields: json.dumps(fields, ensure_ascii=True),
    "no escapes": lambda fields: json.dumps(fields, ensure_ascii=False),
    "agent without its domain": lambda fields: json.dumps({**fields, "agentId": AGENT}),
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_other_spelling_of_the_same_content_is_no_conflict(spell: Any) -> None:
    fields = {**load_json("decoded-events/user-message-text.json"), "text": "Grüße 😀"}
    document, _ = write(None, correlate(json.dumps(fields).encode())[0])
    again, conflict = write(document, correlate(spell(fields).encode())[0])
    assert conflict is None
    assert again == document


CHANGES: list[dict[str, Any]] = [
    {"sendTime": "2018-12-31T16:00:00Z"},
    {"senderPhoneNumber": "+12025550123"},
    {"reaction": {"emoji": "👍"}},
]


@pytest.mark.parametrize("changes", CHANGES, ids=repr)
def test_other_content_of_an_event_is_kept_beside_the_first(changes: dict[str, Any]) -> None:
    first, second = correlate_type("DELIVERED"), correlate_type("DELIVERED", **changes)
    for one, other in ((first, second), (second, first)):
        document, alone = write(None, one[0])
        document, conflict = write(document, other[0])
        assert alone is None
        assert conflict == Merge(
            MESSAGE_DOCUMENT, unions={("contentConflicts",): ("MxJdOFFXN4QBmdGn1GLbqnpw",)}
        )
        event = {**load_json("decoded-events/user-event-delivered.json"), "agentId": AGENT}
        assert read_contents(document) == in_order([event, {**event, **changes}])


@pytest.mark.parametrize("event_id", ["another", "MxJdOFFXN4QBmdGn1GLbqnpw"])
def test_other_events_of_one_message_are_no_conflict_whatever_their_id(event_id: str) -> None:
    document, _ = write(None, correlate_type("DELIVERED")[0])
    document, conflict = write(document, correlate_type("READ", eventId=event_id)[0])
    assert conflict is None
    assert len(document["signed"]) == len(document["idClaims"]) == 2


def test_document_of_before_is_no_conflict_with_the_repeat_of_its_event() -> None:
    [merge] = correlate_type("DELIVERED")
    kept = {"agentId", "phoneNumber", "messageId", "stateRank", "events", "sweep"}
    before = {name: value for name, value in fold_one([merge]).items() if name in kept}
    document, conflict = write(before, merge)
    assert conflict is None
    assert document["events"] == before["events"]


def test_event_without_an_id_claims_none() -> None:
    document = fold_one(correlate(event_bytes("user-event-delivered", without=("eventId",))))
    assert not {"signed", "idClaims"} & document.keys()


def test_launch_events_of_one_id_are_kept_and_known() -> None:
    document, _ = write(None, correlate(event_bytes("agent-launch-event"))[0])
    document, conflict = write(
        document, correlate(event_bytes("agent-launch-event", newLaunchState="LAUNCHED"))[0]
    )
    assert conflict is not None
    assert [event["newLaunchState"] for event in document["launchEvents"]] == ["REJECTED", "LAUNCHED"]


def test_content_that_shall_not_be_stored_is_known_by_its_digest_alone() -> None:
    document, _ = write(None, correlate(CONTENTS[0], store_content=False)[0])
    document, conflict = write(document, correlate(CONTENTS[1], store_content=False)[0])
    assert conflict is not None
    assert list(document["signed"].values()) == [{"id": USER_MESSAGE_DOCUMENT[-1]}] * 2
    assert "Something else" not in repr(document)


@pytest.mark.parametrize("store_content", [True, False])
def test_content_too_long_for_its_document_is_kept_raw_where_it_may_be(store_content: bool) -> None:
    payload = event_bytes("user-message-text", text="x" * 20_000)
    documents = fold_all(correlate(payload, store_content=store_content))
    [(digest, signed)] = documents[USER_MESSAGE_DOCUMENT]["signed"].items()
    assert signed == {"id": USER_MESSAGE_DOCUMENT[-1]}
    kept = documents.get(quarantine_path(payload))
    assert (kept is not None) == store_content
    if kept is not None:
        assert (kept["raw"], kept["reason"]) == (payload, f"too long for its document, as {digest}")


def test_id_that_is_long_is_named_by_its_digest_so_that_many_fill_no_document() -> None:
    long_ids = ("x" * 300_000, "y" * 300_000)
    document: dict[str, Any] | None = None
    for event_id in long_ids:
        document, _ = write(document, correlate_type("READ", eventId=event_id)[0])
    assert document is not None
    names = [signed["id"] for signed in document["signed"].values()]
    assert len(set(names)) == 2
    assert all(len(name) < 100 for name in names)
