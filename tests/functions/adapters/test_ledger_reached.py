"""What a write says of its maxima: what they have come to, so that a writer knows whether it was alone."""

import asyncio
from datetime import UTC, datetime, timedelta

from tests.functions.adapters.conftest import OpenLedger

from rbm_ledger.domain.ledger import Merge, fold, is_undisturbed
from rbm_ledger.usecases.ports import Ledger
from rbm_ledger.usecases.recording import Recorder

DOCUMENT = ("agents", "growing-tree-bank", "messages", "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11")
NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


def merge_rank(rank: int, event: str = "e") -> Merge:
    return Merge(
        DOCUMENT,
        values={("agentId",): "growing-tree-bank", ("labels",): {"a": ["b"]}},
        maxima={("stateRank",): rank, ("sweep", "dueAtMs"): -rank},
        unions={("events",): ({"eventId": event, "eventType": "READ", "sendTime": NOON},)},
    )


def make_recorder(ledger: Ledger) -> Recorder:
    return Recorder(
        ledger=ledger, updates=None, clock=lambda: NOON, retention=timedelta(days=30), store_content=True
    )


async def test_write_says_what_its_maxima_have_come_to(ledger: Ledger) -> None:
    assert await ledger.merge(merge_rank(60)) == {("stateRank",): 60, ("sweep", "dueAtMs"): -60}
    assert await ledger.merge(merge_rank(30)) == {("stateRank",): 60, ("sweep", "dueAtMs"): -30}


async def test_minimum_only_falls_and_the_write_says_what_it_has_come_to(ledger: Ledger) -> None:
    said = [
        await ledger.merge(Merge(DOCUMENT, maxima={("highest",): at}, minima={("said", "atMs"): at}))
        for at in (5, 7, -3, 4)
    ]
    assert [each["said", "atMs"] for each in said] == [5, 5, -3, -3]
    assert [each["highest",] for each in said] == [5, 7, 7, 7]
    record = await ledger.read(DOCUMENT)
    assert record is not None
    assert (record["said"], record["highest"]) == ({"atMs": -3}, 7)


async def test_write_without_maxima_says_nothing(ledger: Ledger) -> None:
    assert await ledger.merge(Merge(DOCUMENT, unions={("events",): (1,)})) == {}


async def test_writes_at_once_say_what_they_have_come_to_together(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    reached = await asyncio.gather(*(ledger.merge(merge_rank(rank)) for rank in (10, 70, 30)))
    assert max(each["stateRank",] for each in reached) == 70
    assert all(each["stateRank",] >= rank for each, rank in zip(reached, (10, 70, 30), strict=True))


async def test_undisturbed_writer_knows_the_document_without_reading_it(ledger: Ledger) -> None:
    await ledger.merge(merge_rank(10, "first"))
    known = await ledger.read(DOCUMENT) or {}
    record = await make_recorder(ledger).record_acceptance(known, merge_rank(30, "second"))
    assert record == await ledger.read(DOCUMENT)


async def test_disturbed_writer_reads_what_the_document_says(ledger: Ledger) -> None:
    await ledger.merge(merge_rank(60, "receipt"))
    record = await make_recorder(ledger).record_acceptance({}, merge_rank(30))
    assert record == await ledger.read(DOCUMENT)
    assert [event["eventId"] for event in record["events"]] == ["receipt", "e"]


def test_silence_about_maxima_counts_as_disturbed() -> None:
    assert not is_undisturbed(fold({}, merge_rank(30)), merge_rank(30), {})


def test_word_of_one_maximum_alone_is_no_proof() -> None:
    assert not is_undisturbed(fold({}, merge_rank(30)), merge_rank(30), {("stateRank",): 30})
