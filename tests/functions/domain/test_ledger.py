"""Merges commute; the highest state that was ever reached wins."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.builders import correlate_type, fold_all, fold_one, merge_step, record_answer

from rbm_ledger.domain.identifiers import make_document_id
from rbm_ledger.domain.ledger import (
    SCHEMA_VERSION,
    DocumentPath,
    FieldPath,
    Merge,
    State,
    combine,
    conversation_path,
    fold,
    is_orphan,
    message_path,
    stamp,
    state_of,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DOCUMENT = ("agents", "growing-tree-bank")

values = (
    st.integers(0, 3)
    | st.text("ab", max_size=2)
    | st.dictionaries(st.text("ab", max_size=1), st.integers(0, 3))
)
elements = st.lists(values, max_size=3).map(tuple)


def fields(prefix: str) -> st.SearchStrategy[FieldPath]:
    return st.sampled_from(((f"{prefix}1",), (f"{prefix}2",), (f"{prefix}3", "x"), (f"{prefix}3", "y", "z")))


merges = st.builds(
    Merge,
    st.just(DOCUMENT),
    values=st.dictionaries(fields("value"), values, max_size=3),
    maxima=st.dictionaries(fields("maximum"), st.integers(-5, 5), max_size=3),
    unions=st.dictionaries(fields("union"), elements, max_size=3),
)
records = st.none() | st.lists(merges, max_size=3).map(lambda several: fold_all(several).get(DOCUMENT))


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ("pending", State.PENDING),
        ("pending accepted", State.ACCEPTED),
        ("accepted pending", State.ACCEPTED),
        ("pending unreachable", State.UNREACHABLE),
        ("pending rejected", State.REJECTED),
        ("suppressed", State.SUPPRESSED),
        ("accepted DELIVERED", State.DELIVERED),
        ("DELIVERED accepted", State.DELIVERED),
        ("DELIVERED", State.DELIVERED),
        ("READ", State.READ),
        ("accepted DELIVERED READ", State.READ),
        ("READ DELIVERED accepted", State.READ),
        ("accepted READ", State.READ),
        ("pending DELIVERED", State.DELIVERED),
        ("pending DELIVERED unreachable", State.DELIVERED),
        ("accepted TTL_EXPIRATION_REVOKED", State.EXPIRED),
        ("TTL_EXPIRATION_REVOKED accepted", State.EXPIRED),
        ("accepted TTL_EXPIRATION_REVOKE_FAILED", State.EXPIRY_INCONCLUSIVE),
        ("accepted TTL_EXPIRATION_REVOKE_FAILED TTL_EXPIRATION_REVOKED", State.EXPIRED),
        ("accepted TTL_EXPIRATION_REVOKED TTL_EXPIRATION_REVOKE_FAILED", State.EXPIRED),
        ("accepted TTL_EXPIRATION_REVOKED DELIVERED", State.DELIVERED),
        ("accepted DELIVERED TTL_EXPIRATION_REVOKED", State.DELIVERED),
        ("accepted DELIVERED TTL_EXPIRATION_REVOKE_FAILED", State.DELIVERED),
        ("accepted READ TTL_EXPIRATION_REVOKED", State.READ),
        ("accepted revoked", State.REVOKED),
        ("accepted not-revoked", State.ACCEPTED),
        ("accepted revoked DELIVERED", State.DELIVERED),
        ("accepted DELIVERED revoked", State.DELIVERED),
        ("accepted revoked TTL_EXPIRATION_REVOKED", State.REVOKED),
        ("accepted DELIVERED DELIVERED READ READ DELIVERED", State.READ),
    ],
)
def test_state_is_the_highest_that_was_reached(steps: str, state: State) -> None:
    document = fold_one(merge for step in steps.split() for merge in merge_step(step))
    assert state_of(document) is state


@given(st.lists(st.sampled_from(list(State)), min_size=1))
def test_state_never_goes_back(states: list[State]) -> None:
    document: dict[str, Any] = {}
    for state in states:
        before = state_of(document)
        document = fold(document, Merge(DOCUMENT, maxima={("stateRank",): state.value}))
        assert state_of(document) >= before
    assert state_of(document) is max(states)


def test_state_labels_are_those_of_the_contract() -> None:
    assert {state.value: state.label for state in State} == {
        0: "unknown_message",
        10: "pending",
        20: "suppressed",
        21: "rejected",
        22: "unreachable",
        30: "accepted",
        35: "unresolved",
        40: "expiry_inconclusive",
        50: "expired",
        51: "revoked",
        60: "delivered",
        70: "read",
    }


@pytest.mark.parametrize(
    ("rank", "state"),
    [
        (34, State.ACCEPTED),
        (39, State.UNRESOLVED),
        (69, State.DELIVERED),
        (99, State.READ),
        (-1, State.UNKNOWN_MESSAGE),
    ],
)
def test_rank_of_a_newer_version_counts_as_the_nearest_below(rank: int, state: State) -> None:
    assert state_of({"stateRank": rank}) is state


def test_document_without_a_rank_is_unknown() -> None:
    assert state_of({}) is State.UNKNOWN_MESSAGE


def test_message_with_events_and_no_request_is_an_orphan_until_send_records_it() -> None:
    early = fold_one(correlate_type("DELIVERED"))
    assert is_orphan(early)
    assert not is_orphan(fold(early, record_answer(200)))
    assert not is_orphan(fold(None, record_answer(503)))
    assert not is_orphan({})


def test_paths_are_those_of_the_contract() -> None:
    assert message_path("a", "m") == ("agents", "a", "messages", "m")
    assert conversation_path("a", "+1") == ("agents", "a", "conversations", "+1")
    assert message_path("a/b", "__x__")[1::2] == (make_document_id("a/b"), make_document_id("__x__"))


@given(records, merges, merges)
def test_folding_two_merges_is_folding_their_combination(
    record: dict[str, Any] | None, first: Merge, second: Merge
) -> None:
    assert fold(fold(record, first), second) == fold(record, combine(first, second))


@given(merges, merges, merges)
def test_combining_is_associative(first: Merge, second: Merge, third: Merge) -> None:
    assert combine(combine(first, second), third) == combine(first, combine(second, third))


@given(records, merges)
def test_folding_a_merge_twice_changes_nothing_more(record: dict[str, Any] | None, merge: Merge) -> None:
    once = fold(record, merge)
    assert fold(once, merge) == once
    assert fold(record, combine(merge, merge)) == once


@given(records, merges, merges)
def test_folding_and_combining_leave_their_inputs_alone(
    record: dict[str, Any] | None, first: Merge, second: Merge
) -> None:
    before = deepcopy((record, first, second))
    folded = fold(fold(record, first), second)
    combine(first, second)
    assert (record, first, second) == before
    after = deepcopy(folded)
    fold(folded, first)
    assert folded == after


def test_unrelated_fields_and_documents_stay() -> None:
    record = {"content": {"text": "Hello"}, "consent": {"optedInAtMs": 5}, "events": [1]}
    merge = Merge(DOCUMENT, {("state",): 1}, {("consent", "optedOutAtMs"): 7}, {("events",): (2,)})
    assert fold(record, merge) == {
        "content": {"text": "Hello"},
        "consent": {"optedInAtMs": 5, "optedOutAtMs": 7},
        "events": [1, 2],
        "state": 1,
    }


def test_maximum_keeps_the_higher_and_union_one_of_each() -> None:
    first = Merge(DOCUMENT, maxima={("rank",): 60}, unions={("events",): ({"id": 1}, {"id": 2})})
    second = Merge(DOCUMENT, maxima={("rank",): 30}, unions={("events",): ({"id": 2}, {"id": 3})})
    assert fold(fold(None, first), second) == {"rank": 60, "events": [{"id": 1}, {"id": 2}, {"id": 3}]}


@pytest.mark.parametrize("stored", [None, "text", [], {}])
def test_what_is_no_number_or_no_array_is_replaced_as_the_database_does(stored: object) -> None:
    merge = Merge(DOCUMENT, maxima={("rank",): 10}, unions={("events",): (1,)})
    stored_events = None if isinstance(stored, list) else stored
    assert fold({"rank": stored, "events": stored_events}, merge) == {"rank": 10, "events": [1]}


@pytest.mark.parametrize(
    ("document", "is_kept"),
    [
        (("agents", "a", "messages", "m"), False),
        (("agents", "a", "conversations", "p", "userMessages", "m"), False),
        (("agents", "a", "senders", "i"), False),
        (("quarantine", "q"), False),
        (("agents", "a"), True),
        (("agents", "a", "consents", "p"), True),
        (("brands", "b", "consents", "p", "evidence", "e"), True),
    ],
)
@given(merge=merges)
def test_stamp_adds_times_and_version_and_nothing_else(
    document: DocumentPath, is_kept: bool, merge: Merge
) -> None:
    """What must not be forgotten is never purged."""
    merge = replace(merge, document=document)
    stamped = stamp(merge, now=NOW, retention=timedelta(days=30))
    purge = {} if is_kept else {("purgeTime",): NOW + timedelta(days=30)}
    assert stamped.values == {
        **merge.values,
        **purge,
        ("updatedTime",): NOW,
        ("schemaVersion",): SCHEMA_VERSION,
    }
    assert (stamped.document, stamped.maxima, stamped.unions) == (merge.document, merge.maxima, merge.unions)
