"""Consent against its evidence."""

from dataclasses import replace
from typing import Any

import pytest
from tests.functions.domain.builders import AGENT, PHONE, merges_of

from rbm_ledger.domain.consent import Decision, Evidence, EvidenceKind
from rbm_ledger.domain.ledger import fold
from rbm_ops.rebuild.consents import compare_consent, compare_word, find_latest, read_evidence

OUT = Evidence(
    Decision.OPTED_OUT, EvidenceKind.KEYWORD, AGENT, PHONE, id="1", at_ms=2000, note="STOP", own_at_ms=2000
)
IN = Evidence(Decision.OPTED_IN, EvidenceKind.SERVICE, AGENT, PHONE, id="2", at_ms=3000, source="shop")
LATE = OUT.at_ms + 7 * 86_400_000 + 1
BRANDS = ("", "acme")


@pytest.mark.parametrize("brand", BRANDS)
@pytest.mark.parametrize("word", [OUT, IN])
def test_evidence_is_read_as_it_was_written(word: Evidence, brand: str) -> None:
    written, _ = merges_of(word, brand)
    assert read_evidence(fold(None, written)) == word


@pytest.mark.parametrize("brand", BRANDS)
def test_consent_that_was_lost_is_made_from_its_evidence(brand: str) -> None:
    _, merge_out = merges_of(OUT, brand)
    _, merge_in = merges_of(IN, brand)
    expected = fold(fold(None, merge_out), merge_in)
    latest = find_latest([OUT, IN, replace(OUT, at_ms=1000)])
    record: dict[str, Any] = {}
    for difference in compare_consent(merge_out.document, {}, latest):
        assert difference.mend is not None
        record = fold(record, difference.mend)
    assert record == expected
    assert list(compare_consent(merge_out.document, record, latest)) == []


@pytest.mark.parametrize("latest", [[], [OUT]])
def test_word_that_no_evidence_backs_is_told_and_kept(latest: list[Evidence]) -> None:
    path = merges_of(OUT)[1].document
    [difference] = compare_consent(path, {"optedOutAtMs": LATE}, find_latest(latest))
    assert (difference.field, difference.stored, difference.mend) == ("optedOutAtMs", LATE, None)


def test_word_that_was_first_heard_earlier_is_told_and_mended() -> None:
    _, merge = merges_of(replace(IN, at_ms=IN.at_ms + 1))
    record = fold(None, merge)
    difference = compare_word(merge.document, record, IN)
    assert difference is not None
    assert (difference.stored, difference.rebuilt) == (IN.at_ms + 1, IN.at_ms)
    assert difference.mend is not None
    mended = fold(record, difference.mend)
    assert compare_word(merge.document, mended, IN) is None
    assert list(compare_consent(merge.document, mended, find_latest([IN]))) == []
    # Not backed to the millisecond, where no evidence says so.
    [unbacked] = compare_consent(merge.document, record, find_latest([IN]))
    assert (unbacked.field, unbacked.mend) == ("optedInAtMs", None)


def test_consent_of_before_that_has_a_maximum_for_every_word_is_as_it_must_be() -> None:
    path = merges_of(IN)[1].document
    record = {"optedInAtMs": IN.at_ms}
    assert compare_word(path, record, IN) is None
    assert list(compare_consent(path, record, find_latest([IN]))) == []


def test_word_of_which_a_repeat_was_worked_off_first_is_no_difference() -> None:
    path = merges_of(OUT)[1].document
    assert list(compare_consent(path, {"optedOutAtMs": LATE - 1}, find_latest([OUT]))) == []


@pytest.mark.parametrize("change", [{"decision": "maybe"}, {"by": None}, {"id": 7}, {"atMs": "soon"}])
def test_evidence_that_nobody_writes_is_none(change: dict[str, Any]) -> None:
    written, _ = merges_of(OUT)
    assert read_evidence({**fold(None, written), **change}) is None
