"""When the next call begins: what is quick is waited for, what is slow is not."""

from tests.functions.adapters.gated_commit import (
    GatedCommit,
    finish,
    go_idle,
    make_group,
    outcomes_of,
    submit_each,
)

from rbm_ledger.domain.errors import Refused


async def test_service_that_answers_quickly_is_called_once_at_a_time() -> None:
    commit = GatedCommit()
    group = make_group(commit, max_calls=3, spacing_seconds=1000)
    callers = submit_each(group, "a")
    await go_idle()
    callers += submit_each(group, "b")
    await go_idle()
    callers += submit_each(group, "c")
    await go_idle()
    assert commit.batches == [("a",)]
    commit.calls[0].succeed()
    await go_idle()
    assert commit.batches == [("a",), ("b", "c")]
    await finish(commit)
    assert await outcomes_of(callers) == list("ABC")


async def test_call_that_is_full_is_followed_at_once() -> None:
    commit = GatedCommit()
    group = make_group(commit, max_items=2, max_calls=2, spacing_seconds=1000)
    callers = submit_each(group, *"abcde")
    await go_idle()
    assert commit.batches == [("a", "b"), ("c", "d")]
    await finish(commit)
    assert await outcomes_of(callers) == list("ABCDE")


async def test_service_that_takes_its_time_is_called_while_it_does() -> None:
    commit = GatedCommit()
    group = make_group(commit, max_calls=2, spacing_seconds=0)
    callers = []
    for item in "abc":
        callers += submit_each(group, item)
        await go_idle()
    assert commit.batches == [("a",), ("b",)]
    await finish(commit)
    assert await outcomes_of(callers) == list("ABC")


async def test_call_that_hangs_after_quick_ones_holds_up_nobody() -> None:
    commit = GatedCommit()
    group = make_group(commit, max_calls=2, spacing_seconds=0.01)
    for _ in range(20):
        callers = submit_each(group, "quick")
        await go_idle()
        commit.calls[-1].succeed()
        assert await outcomes_of(callers) == ["QUICK"]
    hanging = submit_each(group, "hangs")
    await go_idle()
    later = submit_each(group, "b", "c")
    await commit.wait_for_calls(22)
    commit.calls[-1].succeed()
    assert await outcomes_of(later) == ["B", "C"]
    await finish(commit)
    assert await outcomes_of(hanging) == ["HANGS"]


async def test_member_that_is_tried_alone_holds_up_nobody() -> None:
    commit = GatedCommit()
    group = make_group(commit, max_calls=2, spacing_seconds=0.01)
    company = submit_each(group, "a", "b")
    await go_idle()
    commit.calls[0].fail(Refused("in company"))
    await go_idle()
    later = submit_each(group, "c")
    await commit.wait_for_calls(3)
    commit.calls[-1].succeed()
    assert await outcomes_of(later) == ["C"]
    await finish(commit)
    assert await outcomes_of(company) == ["A", "B"]


async def test_callers_of_one_turn_share_their_first_call() -> None:
    commit = GatedCommit()
    callers = submit_each(make_group(commit, max_calls=8), "a", "b", "c")
    await go_idle()
    assert commit.batches == [("a", "b", "c")]
    await finish(commit)
    assert await outcomes_of(callers) == list("ABC")
