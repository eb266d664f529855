"""What is in force, and why: whatever the order and the repetition of what was said."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.builders import (
    AGENT,
    CONSENT_DOCUMENT,
    PHONE,
    REQUESTED,
    Documents,
    fold_all,
    merges_of,
    normalise,
    send_request,
)

from rbm_ledger.domain.consent import (
    Decision,
    Evidence,
    EvidenceKind,
    decide,
    describe_consent,
    describe_evidence,
    evidence_of_request,
    evidence_path,
    find_acknowledgement,
    is_acknowledged_enough,
    is_told_already,
    merge_acknowledgement,
    query_nearby,
)
from rbm_ledger.domain.ledger import Merge, fold
from rbm_ledger.domain.times import to_millis

OUT, IN = Decision.OPTED_OUT, Decision.OPTED_IN
SAID = Evidence(OUT, EvidenceKind.EVENT, AGENT, PHONE, "event-1", 1_000_000)
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
    ],
)
def test_later_word_is_in_force(record: dict[str, int], decision: Decision) -> None:
    assert decide(record) is decision
    assert describe_consent({**record, "phoneNumber": PHONE}) == record


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
        "source": "crm",
        "note": "called",
    }


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


words = st.builds(
    Evidence,
    decision=st.sampled_from(Decision),
    by=st.sampled_from(EvidenceKind),
    agent_id=st.sampled_from(["a", "b"]),
    phone_number=st.just(PHONE),
    id=st.sampled_from(["1", "2", "3"]),
    at_ms=st.integers(-100_000, 200_000),
    source=st.sampled_from(["", "crm"]),
)


def normalise_all(documents: Documents) -> Documents:
    return {path: normalise(document) for path, document in documents.items()}


@given(st.lists(words, min_size=1, max_size=8), st.data())
def test_any_order_and_repetition_of_words_ends_in_the_same_documents(
    said: list[Evidence], data: st.DataObject
) -> None:
    merges: list[Merge] = [merge for word in said for merge in merges_of(word, "brand")]
    repeated = merges + data.draw(st.lists(st.sampled_from(merges), max_size=8))
    shuffled = data.draw(st.permutations(repeated))
    documents = fold_all(shuffled)
    assert normalise_all(documents) == normalise_all(fold_all(merges))
    latest = {decision: [word.at_ms for word in said if word.decision is decision] for decision in Decision}
    is_out = bool(latest[OUT]) and (not latest[IN] or max(latest[OUT]) > max(latest[IN]))
    assert decide(documents["brands", "brand", "consents", PHONE]) is (OUT if is_out else IN)


def test_ten_thousand_words_leave_each_document_small() -> None:
    documents = fold_all(
        merge for number in range(10_000) for merge in merges_of(replace(SAID, id=f"{number}", at_ms=number))
    )
    assert len(documents) == 10_001
    assert max(len(repr(document)) for document in documents.values()) < 300


# Which word tells


def near(*words: tuple[Decision, int, str]) -> list[dict[str, Any]]:
    return [
        describe_evidence(replace(SAID, decision=decision, at_ms=SAID.at_ms + offset_ms, id=evidence_id))
        for decision, offset_ms, evidence_id in words
    ]


ITSELF = (OUT, 0, "event-1")
NEIGHBOURS: dict[str, tuple[list[tuple[Decision, int, str]], bool]] = {
    "alone": ([ITSELF], False),
    "nothing was read": ([], False),
    "the same earlier": ([(OUT, -50, "z"), ITSELF], True),
    "the same at the same time, with a smaller id": ([(OUT, 0, "a"), ITSELF], True),
    "the same at the same time, with a larger id": ([ITSELF, (OUT, 0, "z")], False),
    "the same later": ([ITSELF, (OUT, 1, "a")], False),
    "the other earlier": ([(IN, -50, "z"), ITSELF], False),
    "the same, then the other": ([(OUT, -50, "a"), (IN, -40, "b"), ITSELF], False),
    "the other, then the same": ([(IN, -50, "a"), (OUT, -40, "b"), ITSELF], True),
    "the other at the same time, with a smaller id": ([(OUT, -9, "z"), (IN, 0, "a"), ITSELF], False),
    "a repeat of itself that counts later": ([(OUT, 70, "event-1")], False),
    "a crowd, of which not all is known": ([(OUT, -1, f"{number}") for number in range(100)], False),
    "nearly a crowd": ([(OUT, -1, f"{number}") for number in range(99)], True),
}


@pytest.mark.parametrize(("nearby", "is_told"), NEIGHBOURS.values(), ids=NEIGHBOURS)
def test_word_right_after_one_that_says_the_same_is_no_new_decision(
    nearby: list[tuple[Decision, int, str]], *, is_told: bool
) -> None:
    assert is_told_already(SAID, near(*nearby)) is is_told


def test_minute_before_a_word_is_looked_at() -> None:
    query = query_nearby(SAID, "b")
    assert (query.collection, query.parent) == ("evidence", ("brands", "b", "consents", PHONE))
    assert (query.bound, query.at_least, query.at_most) == (("atMs",), 940_000, 1_000_000)


# Which message confirms


def claims(*claimed: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"messageId": message_id, "optedOutAtMs": at_ms} for message_id, at_ms in claimed]


@pytest.mark.parametrize(
    ("record", "message_id"),
    [
        ({}, None),
        ({"optedOutAtMs": 10, "acknowledgements": claims(("m1", 10))}, "m1"),
        ({"optedOutAtMs": 10, "acknowledgements": claims(("m1", 10), ("m2", 10))}, "m1"),
        ({"optedOutAtMs": 60, "acknowledgements": claims(("m1", 10), ("m2", 60))}, "m1"),
        ({"optedOutAtMs": 30, "optedInAtMs": 20, "acknowledgements": claims(("m1", 10))}, None),
        ({"optedOutAtMs": 30, "optedInAtMs": 20, "acknowledgements": claims(("m1", 10), ("m2", 30))}, "m2"),
        ({"optedOutAtMs": 10, "optedInAtMs": 5, "acknowledgements": claims(("m1", 10))}, "m1"),
    ],
)
def test_first_that_asked_since_the_last_opt_in_confirms_the_opt_out(
    record: dict[str, Any], message_id: str | None
) -> None:
    assert find_acknowledgement(record) == message_id


def test_thousand_confirmations_are_enough_and_fit_into_the_document() -> None:
    record: dict[str, Any] = {}
    for number in range(1000):
        assert not is_acknowledged_enough(record)
        record = fold(record, merge_acknowledgement(CONSENT_DOCUMENT, "m" * 36, number))
    assert is_acknowledged_enough(record)
    assert len(repr(record)) < MAX_BYTES / 8
