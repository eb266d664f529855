"""Words of consent that come at once or in any order: what subscribers are left with is what is in force."""

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.functions.fakes import InMemoryLedger
from tests.functions.usecases.consenting import AT_MS, Consenting

from rbm_ledger.domain.consent import Decision, decide
from rbm_ledger.domain.ledger import DocumentPath, Merge, Query, Reached, Record


class HesitantLedger(InMemoryLedger):
    """Every operation takes a while, as drawn: so that what is under way at once runs in any interleaving."""

    def __init__(self, hesitations: list[int]) -> None:
        super().__init__()
        self._hesitations = itertools.cycle(hesitations)

    async def _hesitate(self) -> None:
        for _ in range(next(self._hesitations)):
            await asyncio.sleep(0)

    async def merge(self, merge: Merge) -> Reached:
        await self._hesitate()
        return await super().merge(merge)

    async def read(self, document: DocumentPath) -> Record | None:
        await self._hesitate()
        return await super().read(document)

    async def find(self, query: Query) -> Sequence[Record]:
        await self._hesitate()
        return await super().find(query)


words = st.lists(
    st.tuples(st.sampled_from(Decision), st.integers(0, 200)),
    min_size=1,
    max_size=6,
    unique_by=lambda word: word[1],
)
hesitations = st.lists(st.integers(0, 5), min_size=1, max_size=20)


def describe_told(told: list[dict[str, Any]]) -> Record:
    """What a subscriber knows who keeps the latest of both times, in whatever order updates come."""
    fields = ("optedOutAtMs", "optedInAtMs")
    known = {
        name: [update["consent"][name] for update in told if name in update["consent"]] for name in fields
    }
    return {name: max(times) for name, times in known.items() if times}


@settings(max_examples=200)
@given(words, hesitations)
async def test_what_is_said_at_once_leaves_subscribers_with_what_is_in_force(
    said: list[tuple[Decision, int]], waits: list[int]
) -> None:
    consenting = Consenting(ledger=HesitantLedger(waits))
    await asyncio.gather(*(consenting.say(decision, seconds) for decision, seconds in said))
    assert decide(describe_told(consenting.told)) is decide(await consenting.read())


@settings(max_examples=100)
@given(words)
async def test_last_that_is_told_of_what_is_said_one_by_one_is_in_force(
    said: list[tuple[Decision, int]],
) -> None:
    consenting = Consenting()
    for decision, seconds in said:
        await consenting.say(decision, seconds)
    assert consenting.told[-1]["state"] == decide(await consenting.read())


@settings(max_examples=100)
@given(words)
async def test_first_word_of_each_kind_is_told_whatever_came_before_it(
    said: list[tuple[Decision, int]],
) -> None:
    consenting = Consenting()
    for decision, seconds in said:
        await consenting.say(decision, seconds)
    told = {(update["evidence"]["decision"], update["evidence"]["atMs"]) for update in consenting.told}
    for decision in {decision for decision, _ in said}:
        first = min(seconds for one, seconds in said if one is decision)
        assert (decision, AT_MS + first * 1000) in told
