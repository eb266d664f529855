"""What every ledger finds, the fake as well as Firestore."""

import asyncio
from typing import Any

import pytest

from rbm_ledger.domain.deadlines import DUE, ORPHAN_DUE, SHARD
from rbm_ledger.domain.ledger import FieldPath, Merge, Query
from rbm_ledger.usecases.ports import Ledger

AGENTS = ("growing-tree-bank", "second-agent")


def message(number: int, shard: int, due_ms: int, *, agent: str = AGENTS[0], **fields: Any) -> Merge:
    return Merge(
        ("agents", agent, "messages", f"{number:04}"),
        values={
            ("number",): number,
            SHARD: shard,
            **{(name,): value for name, value in fields.items()},
        },
        maxima={DUE: due_ms},
    )


async def fill(ledger: Ledger, *merges: Merge) -> None:
    await asyncio.gather(*map(ledger.merge, merges))


async def find(ledger: Ledger, **changes: Any) -> list[Any]:
    """The numbers of what is due in shard 3."""
    query: dict[str, Any] = {"collection": "messages", "parent": None, "bound": DUE, "equals": {SHARD: 3}}
    return [record.get("number") for record in await ledger.find(Query(**{**query, **changes}))]


async def test_nothing_is_found_where_nothing_is(ledger: Ledger) -> None:
    assert await find(ledger, at_most=100) == []


async def test_messages_of_all_agents_are_found_by_shard_and_deadline_in_its_order(ledger: Ledger) -> None:
    await fill(
        ledger,
        message(1, 3, 50),
        message(2, 3, 40, agent=AGENTS[1]),
        message(3, 3, 100),
        message(4, 3, 101),
        message(5, 4, 10),
        message(6, 3, -5),
    )
    assert await find(ledger, at_most=100) == [6, 2, 1, 3]
    assert await find(ledger, at_most=100, equals={SHARD: 4}) == [5]
    assert await find(ledger, at_most=100, equals={}) == [6, 5, 2, 1, 3]


@pytest.mark.parametrize(
    ("at_least", "at_most", "found"),
    [
        (None, None, [10, 20, 30]),
        (20, None, [20, 30]),
        (None, 20, [10, 20]),
        (20, 20, [20]),
        (21, 29, []),
        (30, 10, []),
    ],
)
async def test_both_ends_of_a_range_belong_to_it(
    ledger: Ledger, at_least: int | None, at_most: int | None, found: list[int]
) -> None:
    await fill(ledger, *(message(number, 3, number) for number in (30, 10, 20)))
    assert await find(ledger, at_least=at_least, at_most=at_most) == found


async def test_limit_keeps_the_first_ones_and_equal_ones_stand_by_name(ledger: Ledger) -> None:
    await fill(ledger, *(message(number, 3, 7, agent=AGENTS[number % 2]) for number in range(1, 9)))
    assert await find(ledger, at_most=7) == [2, 4, 6, 8, 1, 3, 5, 7]
    assert await find(ledger, at_most=7, limit=3) == [2, 4, 6]


async def test_offset_passes_over_the_first_ones(ledger: Ledger) -> None:
    await fill(ledger, *(message(number, 3, 7 + number // 6) for number in range(1, 9)))
    assert await find(ledger, at_least=7, at_most=8, offset=3, limit=4) == [4, 5, 6, 7]
    assert await find(ledger, at_least=8, at_most=8, offset=2) == [8]
    assert await find(ledger, at_most=8, offset=8) == []


async def test_document_without_the_field_is_not_found(ledger: Ledger) -> None:
    await fill(ledger, message(1, 3, 5), Merge(("agents", "a", "messages", "2"), values={SHARD: 3}))
    assert await find(ledger, at_most=100) == [1]
    assert await find(ledger, bound=ORPHAN_DUE, at_most=100) == []


async def test_record_is_found_whole(ledger: Ledger) -> None:
    await fill(ledger, message(1, 3, 5, fallback={"on": ["expired"], "payload": {"sms": [1, None, "x"]}}))
    [found] = await ledger.find(Query("messages", None, DUE, at_most=9, equals={SHARD: 3}))
    assert found == await ledger.read(("agents", AGENTS[0], "messages", "0001"))


async def test_collection_below_a_parent_is_that_one_alone(ledger: Ledger) -> None:
    consents = [("agents", agent, "consents", "+14155550101", "evidence") for agent in AGENTS]
    await fill(
        ledger,
        *(
            Merge((*consent, str(at_ms)), values={("atMs",): at_ms, ("agent",): consent[1]})
            for consent in consents
            for at_ms in (3, 1, 2)
        ),
        Merge(("evidence", "1"), values={("atMs",): 1}),
        Merge((*consents[0], "1", "evidence", "1"), values={("atMs",): 1}),
    )
    query = Query("evidence", consents[0][:-1], ("atMs",), at_least=1, at_most=2)
    assert [(found["agent"], found["atMs"]) for found in await ledger.find(query)] == [
        (AGENTS[0], 1),
        (AGENTS[0], 2),
    ]


@pytest.mark.parametrize("value", ["text", 3, 3.5, True, b"\0", [1], {"a": {"b": 1}}], ids=repr)
@pytest.mark.parametrize("path", [("plain",), ("in", "a map"), ("back`tick",), ("two.parts",)], ids=str)
async def test_field_of_any_name_and_value_may_be_asked_for(
    ledger: Ledger, path: FieldPath, value: Any
) -> None:
    await fill(
        ledger,
        Merge(("agents", "1"), values={path: value, ("at",): 1, ("number",): 1}),
        Merge(("agents", "2"), values={path: "another", ("at",): 1, ("number",): 2}),
        Merge(("agents", "3"), values={("at",): 1, ("number",): 3}),
    )
    assert await find(ledger, collection="agents", bound=("at",), equals={path: value}) == [1]


async def test_write_is_found_at_once(ledger: Ledger) -> None:
    for due_ms in (5, 50, 200):
        await ledger.merge(message(1, 3, due_ms))
        assert await find(ledger, at_most=100) == ([1] if due_ms <= 100 else [])
