"""What stands in `spill/`: written in any order and as often as one likes, it says the same."""

import itertools
from datetime import UTC, datetime
from functools import reduce
from typing import Any

import pytest

from rbm_ledger.domain.ledger import Merge, combine, fold
from rbm_ledger.domain.spilling import (
    SpilledEvent,
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

MERGES = (merge_spilled(PAYLOAD, FIRST), merge_drained(SpilledEvent(PAYLOAD, FIRST), NOON))


def fold_all(*merges: Merge) -> dict[str, Any]:
    return reduce(fold, merges, {})


@pytest.mark.parametrize("order", [*itertools.permutations(range(2))], ids=str)
def test_any_order_and_repetition_says_the_same(order: tuple[int, ...]) -> None:
    merges = [MERGES[number] for number in order]
    assert fold_all(*merges) == fold_all(*merges, *merges) == fold_all(combine(*merges)) == fold_all(*MERGES)


@pytest.mark.parametrize("payload", [PAYLOAD, b""])
def test_event_is_read_back_as_it_was_delivered(payload: bytes) -> None:
    event = read_spilled(fold_all(merge_spilled(payload, FIRST)))
    assert event == SpilledEvent(payload, FIRST)
    assert event.received_at == datetime(2026, 11, 22, 12, 0, 0, 1, tzinfo=UTC)


def test_each_delivery_of_each_payload_has_a_document_of_its_own() -> None:
    merges = [
        merge_spilled(payload, delivery)
        for payload in (PAYLOAD, PAYLOAD + b" ", b"")
        for delivery in (FIRST, AGAIN)
    ]
    assert len({merge.document for merge in merges}) == 6
    assert {merge.document for merge in MERGES} == {spill_path(PAYLOAD, FIRST)}


@pytest.mark.parametrize(("numbers", "drained"), [((0,), 0), ((0, 1), 1), ((0, 1, 0), 1)])
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
        {"raw": PAYLOAD, "attributes": [FIRST]},
        {"raw": PAYLOAD, "attributes": {"family": 1}},
        {"raw": PAYLOAD.decode(), "attributes": FIRST},
        {"attributes": FIRST},
    ],
    ids=str,
)
def test_document_that_webhook_did_not_write_is_not_read(record: dict[str, Any]) -> None:
    assert read_spilled(record) is None
