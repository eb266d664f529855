"""Which word tells of a decision, and which message confirms it."""

from dataclasses import replace
from typing import Any

import pytest
from tests.functions.domain.builders import AGENT, CONSENT_DOCUMENT, PHONE

from rbm_ledger.domain.consent import (
    Decision,
    Evidence,
    EvidenceKind,
    describe_evidence,
    find_acknowledgement,
    is_acknowledged_enough,
    is_told_already,
    merge_acknowledgement,
    query_nearby,
)
from rbm_ledger.domain.ledger import fold

OUT, IN = Decision.OPTED_OUT, Decision.OPTED_IN
SAID = Evidence(OUT, EvidenceKind.EVENT, AGENT, PHONE, "event-1", 1_000_000)
MAX_BYTES = 1 << 20


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
        ({"heardAtMs": {"optedIn": {"a": 20}}, "acknowledgements": claims(("m1", 10), ("m2", 30))}, "m2"),
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
