"""Any interleaving of callers, answers, errors and cancellations: to each its own outcome."""

import asyncio
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.functions.adapters.gated_commit import (
    GatedCommit,
    OpenCall,
    go_idle,
    make_group,
    outcomes_of,
    submit_each,
)

from rbm_ledger.domain.errors import NotConfirmed, Refused

MAX_ITEMS, MAX_BYTES, MAX_CALLS = 3, 12, 2

# An item begins with what becomes of it; its length is its size.
kinds = st.sampled_from(("good", "refused", "broken"))
steps = st.one_of(
    st.tuples(st.just("submit"), kinds, st.integers(0, 10)),
    st.tuples(st.just("answer"), st.integers(0, 3), st.sampled_from(("ok", "down", "cancelled", "too few"))),
    st.tuples(st.just("cancel"), st.integers(0, 30), st.none()),
    st.just(("idle", 0, None)),
)


def answer(call: OpenCall, how: str) -> None:
    """As a service does: a bad item breaks the whole call, or is refused by itself."""
    if how == "down":
        call.fail(NotConfirmed("down"))
    elif how == "cancelled":
        call.fail(asyncio.CancelledError())
    elif how == "too few":
        call.end.set_result([])
    elif any(item.startswith("broken") for item in call.items):
        call.fail(TypeError("an item that can't be encoded"))
    else:
        call.end.set_result(
            [Refused(item) if item.startswith("refused") else item.upper() for item in call.items]
        )


def open_calls(commit: GatedCommit) -> list[OpenCall]:
    return [call for call in commit.calls if not call.end.done()]


def is_own_outcome(item: str, outcome: object) -> bool:
    """The item's own result or error, or that the service was down."""
    if type(outcome) is NotConfirmed:
        return True
    return {
        "good": outcome == item.upper(),
        "refused": isinstance(outcome, Refused) and outcome.reason == item,
        "broken": isinstance(outcome, TypeError),
    }[item.partition(" ")[0]]


class Script:
    def __init__(self) -> None:
        self.commit = GatedCommit()
        self._group = make_group(self.commit, max_items=MAX_ITEMS, max_bytes=MAX_BYTES, max_calls=MAX_CALLS)
        self.items: list[str] = []
        self.callers: list[asyncio.Task[str]] = []

    async def play(self, step: Sequence[Any]) -> None:
        match step:
            case "submit", kind, padding:
                self.items.append(f"{kind} {len(self.items)} {'x' * padding}")
                self.callers += submit_each(self._group, self.items[-1])
            case "answer", number, how if number < len(open_calls(self.commit)):
                answer(open_calls(self.commit)[number], how)
            case "cancel", number, _ if number < len(self.callers):
                self.callers[number].cancel()
            case "idle", _, _:
                await go_idle()
        assert len(open_calls(self.commit)) <= MAX_CALLS

    async def finish(self) -> None:
        await go_idle()
        while calls := open_calls(self.commit):
            answer(calls[0], "ok")
            await go_idle()


async def play(script: list[Sequence[Any]]) -> Script:
    played = Script()
    for step in script:
        await played.play(step)
    await played.finish()
    return played


@settings(max_examples=150, deadline=None)
@given(st.lists(steps, max_size=40))
async def test_any_script_gives_every_caller_its_own_outcome(script: list[Sequence[Any]]) -> None:
    played = await play(script)
    for item, outcome in zip(played.items, await outcomes_of(played.callers), strict=True):
        assert isinstance(outcome, asyncio.CancelledError) or is_own_outcome(item, outcome)


@settings(max_examples=100, deadline=None)
@given(st.lists(steps, max_size=40))
async def test_any_script_keeps_every_call_within_its_limits(script: list[Sequence[Any]]) -> None:
    played = await play(script)
    for batch in played.commit.batches:
        assert 1 <= len(batch) <= MAX_ITEMS
        assert len(batch) == 1 or sum(map(len, batch)) <= MAX_BYTES
    await outcomes_of(played.callers)
