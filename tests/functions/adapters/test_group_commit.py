"""Batches form while calls are under way; every caller gets the outcome of its own item, and none waits for ever."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from rbm_ledger.adapters.group_commit import GroupCommit, Limits
from rbm_ledger.domain.errors import NotConfirmed, Refused

_LOOP_TURNS = 30
_DEADLINE_SECONDS = 5


@dataclass
class OpenCall:
    """A call under way: the test decides how it ends."""

    items: tuple[str, ...]
    end: asyncio.Future[Sequence[Any]] = field(default_factory=asyncio.Future)

    def succeed(self) -> None:
        self.end.set_result([item.upper() for item in self.items])

    def fail(self, error: BaseException) -> None:
        self.end.set_exception(error)


class GatedCommit:
    """Remembers every call, and answers none by itself."""

    def __init__(self) -> None:
        self.calls: list[OpenCall] = []

    async def __call__(self, items: Sequence[str]) -> Sequence[Any]:
        call = OpenCall(tuple(items))
        self.calls.append(call)
        return await call.end

    @property
    def batches(self) -> list[tuple[str, ...]]:
        return [call.items for call in self.calls]


def make_group(
    commit: Any, *, max_items: int = 100, max_bytes: int = 1000, max_calls: int = 1
) -> GroupCommit[str, str]:
    return GroupCommit(commit, limits=Limits(max_items, max_bytes, max_calls), size_bytes=len)


def submit_each(group: GroupCommit[str, str], *items: str) -> list[asyncio.Task[str]]:
    return [asyncio.create_task(group.submit(item)) for item in items]


async def go_idle() -> None:
    """Lets everything run that needs no answer and no time."""
    for _ in range(_LOOP_TURNS):
        await asyncio.sleep(0)


async def finish(commit: GatedCommit) -> None:
    """Answers every call that is open or opens because of it."""
    await go_idle()
    while open_calls := [call for call in commit.calls if not call.end.done()]:
        for call in open_calls:
            call.succeed()
        await go_idle()


async def outcomes_of(callers: Sequence[asyncio.Task[str]]) -> list[Any]:
    async with asyncio.timeout(_DEADLINE_SECONDS):
        return await asyncio.gather(*callers, return_exceptions=True)


async def test_lone_caller_is_called_at_once() -> None:
    commit = GatedCommit()
    callers = submit_each(make_group(commit), "a")
    await go_idle()
    assert commit.batches == [("a",)]
    commit.calls[0].succeed()
    assert await outcomes_of(callers) == ["A"]


async def test_callers_during_a_call_share_the_next_one() -> None:
    commit = GatedCommit()
    group = make_group(commit)
    callers = submit_each(group, "a")
    await go_idle()
    callers += submit_each(group, "b", "c", "d")
    await go_idle()
    assert commit.batches == [("a",)]
    commit.calls[0].succeed()
    await go_idle()
    assert commit.batches == [("a",), ("b", "c", "d")]
    commit.calls[1].succeed()
    assert await outcomes_of(callers) == ["A", "B", "C", "D"]


async def test_caller_after_an_idle_time_is_called_at_once_again() -> None:
    commit = GatedCommit()
    group = make_group(commit)
    for turn, item in enumerate("abc"):
        callers = submit_each(group, item)
        await go_idle()
        commit.calls[turn].succeed()
        assert await outcomes_of(callers) == [item.upper()]


async def test_calls_under_way_never_exceed_their_limit() -> None:
    commit = GatedCommit()
    group = make_group(commit, max_items=1, max_calls=3)
    callers = submit_each(group, *"abcdef")
    await go_idle()
    assert commit.batches == [("a",), ("b",), ("c",)]
    commit.calls[1].succeed()
    await go_idle()
    assert commit.batches == [("a",), ("b",), ("c",), ("d",)]
    await finish(commit)
    assert await outcomes_of(callers) == list("ABCDEF")


async def test_batch_holds_at_most_max_items() -> None:
    commit = GatedCommit()
    callers = submit_each(make_group(commit, max_items=2, max_calls=3), *"abcde")
    await go_idle()
    assert commit.batches == [("a", "b"), ("c", "d"), ("e",)]
    await finish(commit)
    assert await outcomes_of(callers) == list("ABCDE")


async def test_batch_holds_at_most_max_bytes_and_an_oversize_item_goes_alone() -> None:
    commit = GatedCommit()
    items = ("aaa", "bb", "c" * 20, "dd", "e")
    callers = submit_each(make_group(commit, max_bytes=5, max_calls=3), *items)
    await go_idle()
    assert commit.batches == [("aaa", "bb"), ("c" * 20,), ("dd", "e")]
    await finish(commit)
    assert await outcomes_of(callers) == [item.upper() for item in items]


async def test_item_refused_in_company_is_tried_alone() -> None:
    commit = GatedCommit()
    callers = submit_each(make_group(commit), "a", "b", "c")
    await go_idle()
    commit.calls[0].end.set_result(["A", Refused("in company"), "C"])
    await go_idle()
    assert commit.batches == [("a", "b", "c"), ("b",)]
    commit.calls[1].succeed()
    assert await outcomes_of(callers) == ["A", "B", "C"]


async def test_refused_batch_is_tried_member_by_member_and_only_the_bad_one_fails() -> None:
    refusal = Refused("b is bad")

    async def commit(items: Sequence[str]) -> Sequence[str]:
        if "b" in items:
            raise refusal
        return [item.upper() for item in items]

    outcomes = await outcomes_of(submit_each(make_group(commit), "a", "b", "c"))
    assert outcomes == ["A", refusal, "C"]


async def test_batch_that_one_member_breaks_is_tried_member_by_member() -> None:
    async def commit(items: Sequence[str]) -> Sequence[str]:
        if "b" in items:
            raise TypeError("b can't be encoded")
        return [item.upper() for item in items]

    first, broken, last = await outcomes_of(submit_each(make_group(commit), "a", "b", "c"))
    assert (first, last) == ("A", "C")
    assert isinstance(broken, TypeError)


async def test_lone_refusal_is_not_tried_again() -> None:
    commit = GatedCommit()
    callers = submit_each(make_group(commit), "a")
    await go_idle()
    commit.calls[0].fail(Refused("no"))
    [refused] = await outcomes_of(callers)
    assert isinstance(refused, Refused)
    assert len(commit.calls) == 1


async def test_transient_error_reaches_the_whole_batch_and_later_calls_succeed() -> None:
    commit = GatedCommit()
    group = make_group(commit)
    callers = submit_each(group, "a", "b")
    await go_idle()
    error = NotConfirmed("down")
    commit.calls[0].fail(error)
    assert await outcomes_of(callers) == [error, error]
    later = submit_each(group, "c")
    await go_idle()
    commit.calls[1].succeed()
    assert await outcomes_of(later) == ["C"]
    assert commit.batches == [("a", "b"), ("c",)]


@pytest.mark.parametrize("under_way", [False, True])
async def test_cancelled_caller_does_not_disturb_the_others(under_way: bool) -> None:
    commit = GatedCommit()
    group = make_group(commit)
    callers = submit_each(group, "a")
    await go_idle()
    callers += submit_each(group, "b", "c", "d")
    await go_idle()
    if under_way:
        commit.calls[0].succeed()
        await go_idle()
    callers[2].cancel()
    await finish(commit)
    outcomes = await outcomes_of(callers)
    assert [outcomes[0], outcomes[1], outcomes[3]] == ["A", "B", "D"]
    assert isinstance(outcomes[2], asyncio.CancelledError)


@pytest.mark.parametrize(
    "error", [RuntimeError("a bug"), KeyError("a bug"), TimeoutError(), asyncio.CancelledError(), OSError()]
)
@pytest.mark.parametrize("company", [1, 3])
async def test_whatever_a_commit_raises_no_caller_is_left_hanging(error: BaseException, company: int) -> None:
    async def commit(items: Sequence[str]) -> Sequence[str]:
        if "d" not in items:
            raise error
        return [item.upper() for item in items]

    group = make_group(commit)
    outcomes = await outcomes_of(submit_each(group, *"abc"[:company]))
    assert all(isinstance(outcome, Exception) for outcome in outcomes)
    assert await outcomes_of(submit_each(group, "d")) == ["D"]


@pytest.mark.parametrize("too_few", [[], ["A"]])
@pytest.mark.parametrize("company", [2, 3])
async def test_commit_that_answers_too_little_confirms_nothing(too_few: list[str], company: int) -> None:
    async def commit(items: Sequence[str]) -> Sequence[str]:
        return too_few

    outcomes = await outcomes_of(submit_each(make_group(commit), *"abc"[:company]))
    assert [type(outcome) for outcome in outcomes] == [NotConfirmed] * company


async def test_end_of_the_event_loop_ends_the_calls() -> None:
    commit = GatedCommit()
    callers = submit_each(make_group(commit), "a")
    await go_idle()
    [call] = asyncio.all_tasks() - {asyncio.current_task(), *callers}
    call.cancel()
    await go_idle()
    assert call.cancelled()
    callers[0].cancel()
    assert isinstance((await outcomes_of(callers))[0], asyncio.CancelledError)
