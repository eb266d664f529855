"""What is in force, and why: whatever the order and the repetition of what was said."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.builders import (
    AGENT,
    CONSENT_DOCUMENT,
    PHONE,
    RECEIVED,
    REQUESTED,
    Documents,
    correlate,
    fold_all,
    merges_of,
    normalise,
    send_request,
)
from tests.support.payloads import event_bytes

from rbm_ledger.domain.consent import (
    FIELDS_BY_DECISION,
    Decision,
    Evidence,
    EvidenceKind,
    decide,
    describe_consent,
    evidence_of_request,
    evidence_path,
    join_consents,
)
from rbm_ledger.domain.ledger import Merge
from rbm_ledger.domain.times import format_rfc3339, to_millis

OUT, IN = Decision.OPTED_OUT, Decision.OPTED_IN
SAID = Evidence(OUT, EvidenceKind.EVENT, AGENT, PHONE, "event-1", 1_000_000, own_at_ms=1_000_000)
HEARD = replace(SAID, own_at_ms=None)
EVENTS = {OUT: "user-event-unsubscribe", IN: "user-event-subscribe"}
MAX_BYTES = 1 << 20


@pytest.mark.parametrize(
    ("record", "decision"),
    [
        ({}, IN),
        ({"optedOutAtMs": 0}, OUT),
        ({"optedOutAtMs": -5}, OUT),
        ({"optedInAtMs": -5}, IN),
        ({"optedOutAtMs": 5, "optedInAtMs": 4}, OUT),
        ({"optedOutAtMs": 5, "optedInAtMs": 5}, IN),
        ({"optedOutAtMs": 5, "optedInAtMs": 6}, IN),
        ({"heardAtMs": {"optedOut": {"a": -5}}}, OUT),
        ({"heardAtMs": {"optedOut": {"a": 5, "b": 8}}, "optedInAtMs": 7}, OUT),
        ({"heardAtMs": {"optedOut": {"a": 5, "b": 6}}, "optedInAtMs": 7, "optedOutAtMs": 3}, IN),
        ({"heardAtMs": {"optedIn": {"a": 9}}, "optedOutAtMs": 8, "optedInAtMs": 3}, IN),
        ({"heardAtMs": {"optedIn": {"a": 7}}, "optedOutAtMs": 8}, OUT),
    ],
)
def test_latest_word_is_in_force(record: dict[str, Any], decision: Decision) -> None:
    assert decide(record) is decide(describe_consent(record)) is decision
    assert decide(join_consents([{}, record])) is decision


def test_time_of_each_decision_is_that_of_its_latest_word() -> None:
    heard = {"optedOut": {"a": 5, "b": 8}, "optedIn": {"c": 2}}
    said = {"optedOutAtMs": 8, "optedInAtMs": 4}
    assert describe_consent({"heardAtMs": heard, "optedInAtMs": 4, "phoneNumber": PHONE}) == said
    joined = join_consents([{"heardAtMs": heard}, {"optedInAtMs": 4, "optedOutAtMs": 1}])
    assert joined == {**said, "acknowledgements": []}


def test_word_stands_with_its_evidence() -> None:
    documents = fold_all(merges_of(replace(SAID, source="crm", note="called")))
    consent = documents.pop(CONSENT_DOCUMENT)
    assert consent == {"agentId": AGENT, "phoneNumber": PHONE, "optedOutAtMs": 1_000_000}
    [(path, evidence)] = documents.items()
    assert path[:-1] == (*CONSENT_DOCUMENT, "evidence")
    assert evidence == {
        "decision": "optedOut",
        "by": "event",
        "agentId": AGENT,
        "phoneNumber": PHONE,
        "id": "event-1",
        "atMs": 1_000_000,
        "ownAtMs": 1_000_000,
        "source": "crm",
        "note": "called",
    }


def test_word_without_a_time_of_its_own_counts_from_when_it_was_first_heard() -> None:
    later, other = replace(HEARD, at_ms=5_000_000), replace(HEARD, id="event-2", at_ms=2_000_000)
    consent = fold_all(merge for word in (later, HEARD, other, later) for merge in merges_of(word))[
        CONSENT_DOCUMENT
    ]
    assert sorted(consent["heardAtMs"]["optedOut"].values()) == [1_000_000, 2_000_000]
    assert describe_consent(consent) == {"optedOutAtMs": 2_000_000}


def test_agents_of_a_brand_share_the_consent_and_say_which_of_them_was_told() -> None:
    documents = fold_all([*merges_of(SAID, "b"), *merges_of(replace(SAID, agent_id="other"), "b")])
    consent = documents.pop(("brands", "b", "consents", PHONE))
    assert consent == {"brand": "b", "phoneNumber": PHONE, "optedOutAtMs": 1_000_000}
    assert {evidence["agentId"] for evidence in documents.values()} == {AGENT, "other"}


@pytest.mark.parametrize(
    "changes",
    [
        {"decision": IN},
        {"by": EvidenceKind.KEYWORD},
        {"agent_id": "other"},
        {"id": "event-2"},
        {"source": "crm"},
        {"note": "called"},
        {"own_at_ms": 1_000_001},
        {"own_at_ms": None},
    ],
    ids=repr,
)
def test_another_word_is_another_piece_of_evidence(changes: dict[str, Any]) -> None:
    other = replace(SAID, **changes)
    assert evidence_path(other, "b") != evidence_path(SAID, "b")
    assert evidence_path(replace(SAID, at_ms=5), "b") == evidence_path(SAID, "b")


def test_service_speaks_for_the_user_under_the_id_of_its_request() -> None:
    member = {"state": "optedIn", "note": "signed in the shop"}
    request = send_request(contentMessage=None, messageTrafficType=None, consent=member, source="crm")
    assert evidence_of_request(request, REQUESTED) == Evidence(
        IN,
        EvidenceKind.SERVICE,
        AGENT,
        PHONE,
        request.message_id,
        to_millis(REQUESTED),
        source="crm",
        note="signed in the shop",
    )


# decision, eventId, second of sendTime, second of arrival: as events say it, often without id or time
deliveries = st.tuples(
    st.sampled_from(Decision),
    st.sampled_from(["1", "2", None]),
    st.none() | st.integers(-100, 200),
    st.integers(0, 200),
)
Delivery = tuple[Decision, str | None, int | None, int]


def take(said: Delivery) -> tuple[Merge, ...]:
    decision, event_id, sent, arrived = said
    send_time = None if sent is None else format_rfc3339(RECEIVED + timedelta(seconds=sent))
    payload = event_bytes(EVENTS[decision], eventId=event_id, sendTime=send_time)
    return correlate(payload, received_at=RECEIVED + timedelta(seconds=arrived))


def expect(said: list[Delivery]) -> dict[Decision, int]:
    """The latest of each decision, where what has no time of its own counts from its first arrival."""
    counted: dict[tuple[Any, ...], int] = {}
    for number, (decision, event_id, sent, arrived) in enumerate(said):
        is_heard_once = sent is None and (event_id is not None or decision is IN)
        word = (decision, event_id) if is_heard_once else (decision, number, "each time")
        at = arrived if sent is None else min(sent, arrived)
        counted[word] = min(at, counted.get(word, at))
    return {
        decision: max(at for (one, *_), at in counted.items() if one is decision)
        for decision in {decision for decision, *_ in said}
    }


def normalise_all(documents: Documents) -> Documents:
    return {path: normalise(document) for path, document in documents.items()}


@given(st.lists(deliveries, min_size=1, max_size=8), st.data())
def test_any_order_and_repetition_of_words_ends_in_the_same_documents(
    said: list[Delivery], data: st.DataObject
) -> None:
    merges = [merge for delivery in said for merge in take(delivery)]
    repeated = merges + data.draw(st.lists(st.sampled_from(merges), max_size=8))
    documents = fold_all(data.draw(st.permutations(repeated)))
    expected = {
        FIELDS_BY_DECISION[decision]: to_millis(RECEIVED + timedelta(seconds=second))
        for decision, second in expect(said).items()
    }
    ended, in_order = normalise_all(documents), normalise_all(fold_all(merges))
    assert (ended, describe_consent(ended[CONSENT_DOCUMENT])) == (in_order, expected)


def test_ten_thousand_words_leave_each_document_small() -> None:
    documents = fold_all(
        merge
        for number in range(10_000)
        for merge in merges_of(replace(SAID, id=f"{number}", at_ms=number, own_at_ms=number))
    )
    assert len(documents) == 10_001
    assert max(len(repr(document)) for document in documents.values()) < 300
