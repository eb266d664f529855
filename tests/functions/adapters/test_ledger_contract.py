"""What every ledger does, the fake as well as Firestore: the use cases rely on nothing else."""

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from tests.functions.adapters.conftest import OpenLedger

from rbm_ledger.domain.errors import Refused
from rbm_ledger.domain.ledger import Merge, fold
from rbm_ledger.usecases.ports import Ledger

DOCUMENT = ("agents", "growing-tree-bank", "messages", "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11")
NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)

FIELD_NAMES = (
    *("plain", "fi-rcs", "REJECTED", "two.parts", "..", "0digits", "a/b", "*", "[0]", "@at", "~", "$money"),
    *("`", "back`tick", "``", "back\\slash", "\\`", 'double"quote', "it's"),
    *(" ", " blank around ", "new\nline"),
    *("ünïcödé", "漢字", "😀", "_", "__half", "x" * 400),
)
VALUES: dict[str, Any] = {
    "microseconds": NOON,
    "another time zone": NOON.astimezone(timezone(timedelta(hours=5, minutes=45))),
    "before 1970": datetime(1901, 2, 3, 4, 5, 6, 7, tzinfo=UTC),
    "first moment": datetime(1, 1, 1, tzinfo=UTC),
    "last moment": datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    "every byte": bytes(range(256)),
    "no bytes": b"",
    "nothing": None,
    "true": True,
    "false": False,
    "zero": 0,
    "largest integer": (1 << 63) - 1,
    "smallest integer": -(1 << 63),
    "float": 0.1,
    "whole float": 3.0,
    "largest float": 1.7976931348623157e308,
    "smallest float": 5e-324,
    "infinity": float("-inf"),
    "empty text": "",
    "unicode": "Grüße, 漢字, 😀, \u202e, \u0000, e\u0301",
    "long text": "x" * 100_000,
    "empty map": {},
    "empty list": [],
    "nested": {"a": {"b": [{"c": None, "d": [1, "two", 3.0]}, True]}, "e": {"f": {"g": {}}}},
    "list of all": [1, 1.5, "1", True, None, b"1", NOON, {}, {"a": []}],
}
UNLIKE_ELEMENTS: tuple[Any, ...] = (
    "1",
    1,
    2.5,
    None,
    b"1",
    NOON,
    {"a": 1},
    {"a": 2},
    {"a": 1, "b": 2},
    {},
    "a",
    "A",
    "",
)


async def merge_all(ledger: Ledger, *merges: Merge) -> None:
    await asyncio.gather(*(ledger.merge(merge) for merge in merges))


async def test_missing_document_reads_as_none(ledger: Ledger) -> None:
    assert await ledger.read(DOCUMENT) is None


async def test_first_merge_creates_the_document(ledger: Ledger) -> None:
    await ledger.merge(
        Merge(
            DOCUMENT,
            values={("agentId",): "growing-tree-bank"},
            maxima={("stateRank",): 30},
            unions={("events",): ({"eventType": "READ"},)},
        )
    )
    assert await ledger.read(DOCUMENT) == {
        "agentId": "growing-tree-bank",
        "stateRank": 30,
        "events": [{"eventType": "READ"}],
    }


async def test_merge_of_a_maximum_alone_creates_the_document(ledger: Ledger) -> None:
    document = ("brands", "some-brand", "consents", "+14155550101")
    await ledger.merge(Merge(document, maxima={("optedOutAtMs",): -5}))
    assert await ledger.read(document) == {"optedOutAtMs": -5}


async def test_merge_replaces_what_it_names_and_keeps_the_rest(ledger: Ledger) -> None:
    await ledger.merge(Merge(DOCUMENT, values={("kept",): 1, ("map",): {"old": 1}, ("in", "kept"): 1}))
    await ledger.merge(Merge(DOCUMENT, values={("map",): {"new": 2}, ("in", "added"): 2}))
    assert await ledger.read(DOCUMENT) == {"kept": 1, "map": {"new": 2}, "in": {"kept": 1, "added": 2}}


async def test_maximum_only_rises(ledger: Ledger) -> None:
    for rank in (30, 10, 60, 60, 40):
        await ledger.merge(Merge(DOCUMENT, maxima={("stateRank",): rank}))
    assert await ledger.read(DOCUMENT) == {"stateRank": 60}


async def test_maximum_keeps_millisecond_times_exact(ledger: Ledger) -> None:
    await ledger.merge(
        Merge(DOCUMENT, maxima={("a",): (1 << 63) - 1, ("b",): -(1 << 63), ("c",): (1 << 53) + 1})
    )
    assert await ledger.read(DOCUMENT) == {"a": (1 << 63) - 1, "b": -(1 << 63), "c": (1 << 53) + 1}


async def test_union_adds_what_is_not_there_yet_in_order(ledger: Ledger) -> None:
    one, two, three = ({"eventId": str(number), "sendTime": NOON} for number in (1, 2, 3))
    await ledger.merge(Merge(DOCUMENT, unions={("events",): (one, two, one)}))
    await ledger.merge(Merge(DOCUMENT, unions={("events",): (two, three)}))
    assert await ledger.read(DOCUMENT) == {"events": [one, two, three]}


async def test_union_keeps_elements_apart_that_differ(ledger: Ledger) -> None:
    for element in UNLIKE_ELEMENTS * 2:
        await ledger.merge(Merge(DOCUMENT, unions={("events",): (element,)}))
    assert await ledger.read(DOCUMENT) == {"events": list(UNLIKE_ELEMENTS)}


async def test_union_of_maps_does_not_mind_the_order_of_their_members(ledger: Ledger) -> None:
    await merge_all(
        ledger,
        Merge(DOCUMENT, unions={("events",): ({"a": 1, "b": 2},)}),
        Merge(DOCUMENT, unions={("events",): ({"b": 2, "a": 1},)}),
    )
    assert await ledger.read(DOCUMENT) == {"events": [{"a": 1, "b": 2}]}


@pytest.mark.parametrize("name", FIELD_NAMES, ids=ascii)
async def test_field_name_reaches_its_field_whatever_it_is_made_of(ledger: Ledger, name: str) -> None:
    merge = Merge(
        DOCUMENT,
        values={("values", name): "value", (name,): "top"},
        maxima={("launchStateAtMs", name, "LAUNCHED"): 7},
        unions={("unions", name): (name,)},
    )
    await ledger.merge(merge)
    await ledger.merge(merge)
    assert await ledger.read(DOCUMENT) == fold(None, merge)


async def test_all_field_names_stand_beside_each_other(ledger: Ledger) -> None:
    merge = Merge(
        DOCUMENT,
        values={("values", name): name for name in FIELD_NAMES},
        maxima={("launchStateAtMs", name, name): number for number, name in enumerate(FIELD_NAMES)},
        unions={("unions", name): (name,) for name in FIELD_NAMES},
    )
    await ledger.merge(merge)
    assert await ledger.read(DOCUMENT) == fold(None, merge)


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
async def test_value_comes_back_as_it_went(ledger: Ledger, value: Any) -> None:
    await ledger.merge(Merge(DOCUMENT, values={("value",): value, ("in", "a", "map"): {"value": value}}))
    stored = await ledger.read(DOCUMENT)
    assert stored == {"value": value, "in": {"a": {"map": {"value": value}}}}
    assert type(stored["value"]) is type(value)


async def test_document_names_may_hold_whatever_an_identifier_may(ledger: Ledger) -> None:
    documents = [
        ("agents", name, "messages", "1") for name in ("a+b@c:d=e", "%2F", "漢字 😀", "~", "x" * 400, "a.b")
    ]
    await merge_all(ledger, *(Merge(path, values={("agentId",): path[1]}) for path in documents))
    stored = await asyncio.gather(*(ledger.read(path) for path in documents))
    assert stored == [{"agentId": path[1]} for path in documents]


async def test_many_merges_into_distinct_documents_all_arrive(ledger: Ledger) -> None:
    merges = [
        Merge(("agents", "a", "messages", str(number)), values={("number",): number})
        for number in range(1100)
    ]
    await merge_all(ledger, *merges)
    stored = await asyncio.gather(*(ledger.read(merge.document) for merge in merges))
    assert stored == [{"number": number} for number in range(1100)]


async def test_many_merges_into_one_document_lose_nothing(ledger: Ledger) -> None:
    await merge_all(
        ledger,
        *(
            Merge(
                DOCUMENT,
                values={("values", str(number)): number},
                maxima={("stateRank",): number},
                unions={("events",): ({"eventId": number},)},
            )
            for number in range(300)
        ),
    )
    stored = await ledger.read(DOCUMENT)
    assert stored is not None
    assert stored["stateRank"] == 299
    assert stored["values"] == {str(number): number for number in range(300)}
    assert sorted(event["eventId"] for event in stored["events"]) == list(range(300))


async def test_two_instances_writing_the_same_document_converge(open_ledger: OpenLedger) -> None:
    instances = [open_ledger(), open_ledger()]
    for _ in range(10):
        await asyncio.gather(
            *(
                instances[number % 2].merge(
                    Merge(
                        DOCUMENT,
                        maxima={("stateRank",): number, ("in", "map"): -number},
                        unions={("events",): ({"eventId": number % 7},)},
                    )
                )
                for number in range(20)
            )
        )
    for instance in instances:
        stored = await instance.read(DOCUMENT)
        assert stored is not None
        assert (stored["stateRank"], stored["in"]) == (19, {"map": 0})
        assert sorted(event["eventId"] for event in stored["events"]) == list(range(7))


async def test_write_is_seen_by_the_next_read_of_another_instance(open_ledger: OpenLedger) -> None:
    writer, reader = open_ledger(), open_ledger()
    for number in range(5):
        await writer.merge(Merge(DOCUMENT, values={("number",): number}))
        assert await reader.read(DOCUMENT) == {"number": number}


async def test_document_that_would_be_too_large_is_refused_alone(ledger: Ledger) -> None:
    merges = [Merge(("agents", str(number)), values={("text",): "x"}) for number in range(9)]
    merges[4] = dataclasses.replace(merges[4], values={("text",): "x" * (2 << 20)})
    outcomes = await asyncio.gather(*(ledger.merge(merge) for merge in merges), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [dict] * 4 + [Refused] + [dict] * 4
    stored = await asyncio.gather(*(ledger.read(merge.document) for merge in merges))
    assert stored == [None if number == 4 else {"text": "x"} for number in range(9)]
