"""The one idea (DESIGN, section 3) on a real database: whatever the order, one document."""

import asyncio
import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.functions.adapters.conftest import OpenLedger
from tests.functions.domain import swept
from tests.functions.domain.builders import (
    RECEIVED,
    correlate,
    correlate_type,
    fold_all,
    normalise,
    record_answer,
)
from tests.functions.domain.strategies import event_objects, garbage
from tests.support.payloads import event_bytes

from rbm_ledger.domain.ledger import DocumentPath, Merge, stamp
from rbm_ledger.usecases.ports import Ledger

LATER: dict[str, Any] = {"sendTime": "2018-12-31T16:00:00Z"}

# What happens to one message and its conversation; each entry is what one instance writes at once.
LIFE: tuple[tuple[Merge, ...], ...] = (
    (record_answer(503),),
    (record_answer(200, minute=1),),
    correlate_type("DELIVERED"),
    correlate_type("DELIVERED", eventId="another", **LATER),
    correlate(event_bytes("user-event-delivered-minimal")),
    correlate_type("READ"),
    correlate_type("READ", sendTime="no time"),
    correlate_type("TTL_EXPIRATION_REVOKED"),
    correlate_type("TTL_EXPIRATION_REVOKE_FAILED"),
    correlate_type("DELIVERED", eventType="PLAYED"),
    correlate_type("UNSUBSCRIBE"),
    correlate_type("UNSUBSCRIBE", **LATER),
    correlate_type("SUBSCRIBE", sendTime="2018-12-31T17:00:00Z"),
    correlate(event_bytes("user-message-text")),
    correlate(event_bytes("user-message-text", signed={"x": 1}, idClaims={}, agentReadTime="x", purgeTime=1)),
    correlate(event_bytes("user-message-suggestion-reply", messageId="another")),
    correlate(event_bytes("agent-launch-event")),
    correlate(event_bytes("agent-launch-event", newLaunchState="LAUNCHED", **LATER)),
)
lives = st.lists(st.sampled_from(LIFE), min_size=1, max_size=10) | st.lists(
    st.sampled_from(swept.LIFE), min_size=1, max_size=10
)

few = settings(
    max_examples=25,
    # Every example has documents of its own: see `move`.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def move(merges: Sequence[Merge], folder: str) -> list[Merge]:
    """The same writes, below a document that no other example uses, each stamped by an instance's clock."""
    return [
        stamp(
            dataclasses.replace(merge, document=("examples", folder, *merge.document)),
            now=RECEIVED + timedelta(seconds=second),
            retention=timedelta(days=90),
        )
        for second, merge in enumerate(merges)
    ]


def without_order(value: Any) -> Any:
    """The value with arrays and maps in an order of their own: Firestore keeps the first, not the second."""
    match value:
        case Mapping():
            return {name: without_order(value[name]) for name in sorted(value)}
        case list():
            return sorted(map(without_order, value), key=repr)
    return value


def describe(record: Mapping[str, Any] | None) -> Any:
    """What everybody must agree on."""
    return without_order(normalise(without_order(record or {})))


async def write_all(ledgers: Sequence[Ledger], merges: Sequence[Merge], batches: Sequence[int]) -> None:
    """Batch after batch; within one, all at once and by turns over the ledgers."""
    start = 0
    for end in (*sorted(batches), len(merges)):
        await asyncio.gather(
            *(ledgers[number % len(ledgers)].merge(merges[number]) for number in range(start, end))
        )
        start = max(start, end)


async def read_all(ledger: Ledger, documents: Sequence[DocumentPath]) -> dict[DocumentPath, Any]:
    records = await asyncio.gather(*(ledger.read(path) for path in documents))
    return {path: describe(record) for path, record in zip(documents, records, strict=True)}


@few
@given(lives, st.data())
async def test_any_order_repetition_and_interleaving_gives_the_document_that_the_fold_gives(
    open_ledger: OpenLedger, life: list[tuple[Merge, ...]], data: st.DataObject
) -> None:
    folder = uuid.uuid4().hex
    repeated = life + data.draw(st.lists(st.sampled_from(life), max_size=10))
    shuffled = data.draw(st.permutations([merge for write in repeated for merge in write]))
    batches = data.draw(st.lists(st.integers(0, len(shuffled)), max_size=4))
    ledgers = [open_ledger(), open_ledger()]
    await write_all(ledgers, move(shuffled, folder), batches)
    expected = fold_all(move([merge for write in life for merge in write], folder))
    for ledger in ledgers:
        assert await read_all(ledger, list(expected)) == {
            path: describe(document) for path, document in expected.items()
        }


@few
@given(st.permutations(LIFE))
async def test_whole_life_tripled_in_any_order_is_the_same_life(
    open_ledger: OpenLedger, life: Sequence[tuple[Merge, ...]]
) -> None:
    folder = uuid.uuid4().hex
    ledgers = [open_ledger(), open_ledger()]
    merges = [merge for write in life for merge in write]
    await write_all(ledgers, move(merges * 3, folder), [len(merges) // 2, len(merges)])
    expected = fold_all(move([merge for write in LIFE for merge in write], folder))
    assert await read_all(ledgers[0], list(expected)) == {
        path: describe(document) for path, document in expected.items()
    }


@settings(few, max_examples=60)
@given(st.lists(event_objects | garbage, min_size=1, max_size=8))
async def test_whatever_is_signed_fits_into_documents(open_ledger: OpenLedger, payloads: list[bytes]) -> None:
    folder = uuid.uuid4().hex
    ledger = open_ledger()
    merges = move([merge for payload in payloads for merge in correlate(payload)], folder)
    await write_all([ledger], merges, [])
    expected = fold_all(merges)
    assert await read_all(ledger, list(expected)) == {
        path: describe(document) for path, document in expected.items()
    }
