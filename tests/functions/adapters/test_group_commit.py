"""Batches form while calls are under way; each caller gets its own outcome, and none waits for ever."""

import asyncio
from collections.abc import Sequence

import pytest
from tests.functions.adapters.gated_commit import (
    GatedCommit,
    finish,
    go_idle,
    make_group,
    outcomes_of,
    submit_each,
)

from rbm_ledger.domain.errors import NotConfirmed, Refused


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


async def test_caller_behind_a_call_that_hangs_waits_no_longer_than_its_own_limit() -> None:
    commit = GatedCommit()
    group = make_group(commit, timeout_seconds=0.01)
    callers = submit_each(group, "a")
    await go_idle()
    callers += submit_each(group, "b")
    assert [type(outcome) for outcome in await outcomes_of(callers)] == [NotConfirmed, NotConfirmed]
    assert commit.batches == [("a",)]


async def test_item_whose_caller_has_given_up_still_goes_out() -> None:
    commit = GatedCommit()
    group = make_group(commit, timeout_seconds=0.01)
    callers = submit_each(group, "a")
    await go_idle()
    callers += submit_each(group, "b")
    await outcomes_of(callers)
    await finish(commit)
    assert commit.batches == [("a",), ("b",)]
