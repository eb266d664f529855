"""What stands in `spill/`: written in any order and as often as one likes, it says the same."""

import itertools
from datetime import UTC, datetime
from functools import reduce
from typing import Any

import pytest

from rbm_ledger.domain.ledger import Merge, combine, fold
from rbm_ledger.domain.spilling import (
    merge_drained,
    merge_spilled,
    read_spilled,
    spill_path,
    waiting_events,
)

PAYLOAD = b'{"eventType": "DELIVERED"}'
FIRST = {"family": "UserEvent", "receivedTime": "2026-11-22T12:00:00.000001Z", "traceparent": "00-a-b-01"}
AGAIN = {"family": "UserEvent", "receivedTime": "2026-11-22T12:00:07.000000Z"}
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

MERGES = (merge_spilled(PAYLOAD, FIRST), merge_spilled(PAYLOAD, AGAIN), merge_drained(PAYLOAD, NOON))


def fold_all(*merges: Merge) -> dict[str, Any]:
    record: dict[str, Any] = reduce(fold, merges, {})
    return {**record, "deliveries": sorted(record.get("deliveries", []), key=str)}


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))], ids=str)
def test_any_order_and_repetition_says_the_same(order: tuple[int, ...]) -> None:
    merges = [MERGES[number] for number in order]
    assert fold_all(*merges) == fold_all(*merges, *merges) == fold_all(combine(*merges)) == fold_all(*MERGES)


def test_event_is_read_back_as_it_was_first_delivered() -> None:
    event = read_spilled(fold_all(MERGES[1], MERGES[0]))
    assert event is not None
    assert (event.payload, event.attributes) == (PAYLOAD, FIRST)
    assert event.received_at == datetime(2026, 11, 22, 12, 0, 0, 1, tzinfo=UTC)


def test_each_payload_has_a_document_of_its_own() -> None:
    assert len({spill_path(payload) for payload in (PAYLOAD, PAYLOAD + b" ", b"")}) == 3
    assert {merge.document for merge in MERGES} == {spill_path(PAYLOAD)}


@pytest.mark.parametrize(("numbers", "drained"), [((0,), 0), ((0, 2), 1), ((0, 2, 0), 1), ((0, 2, 1), 1)])
def test_event_waits_until_it_is_drained_and_never_again(numbers: tuple[int, ...], drained: int) -> None:
    assert fold_all(*(MERGES[number] for number in numbers))["drained"] == drained


def test_only_what_waits_is_asked_for() -> None:
    query = waiting_events(limit=7, offset=2)
    assert (query.collection, query.parent, query.bound) == ("spill", (), ("drained",))
    assert (query.at_least, query.at_most, query.limit, query.offset) == (0, 0, 7, 2)


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"raw": PAYLOAD},
        {"raw": PAYLOAD, "deliveries": []},
        {"raw": PAYLOAD, "deliveries": {"family": "UserEvent"}},
        {"raw": PAYLOAD, "deliveries": ["UserEvent", {"family": 1}]},
        {"raw": PAYLOAD.decode(), "deliveries": [FIRST]},
        {"raw": b"", "deliveries": [FIRST]},
        {"deliveries": [FIRST]},
    ],
    ids=str,
)
def test_document_that_webhook_did_not_write_is_not_read(record: dict[str, Any]) -> None:
    assert read_spilled(record) is None
