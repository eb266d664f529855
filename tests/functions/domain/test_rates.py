"""A token bucket of which each instance has its share."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm_ledger.domain.ledger import fold
from rbm_ledger.domain.rates import Allowance, merge_seen, senders_query, share_of

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
NOW_MS = 1_795_341_600_000


def take(allowance: Allowance, now: float, per_second: float) -> Allowance:
    return allowance.grow(now, per_second).spend()


def test_first_call_goes_at_once_and_the_second_waits_for_its_turn() -> None:
    first = Allowance(100.0).grow(100.0, 4)
    assert first.wait_seconds(4) == 0
    assert first.spend().wait_seconds(4) == 0.25


def test_each_call_ahead_is_one_turn_more() -> None:
    assert Allowance(100.0).spend().wait_seconds(4, ahead=3) == 1.0


def test_idle_allowance_grows_to_half_a_seconds_calls() -> None:
    assert Allowance(0.0).grow(3600.0, 50).calls == 25


@pytest.mark.parametrize("per_second", [0.01, 1.0, 2.0])
def test_allowance_of_a_low_rate_grows_to_one_call(per_second: float) -> None:
    assert Allowance(0.0, calls=0).grow(3600.0, per_second).calls == 1


def test_allowance_shrinks_with_the_share() -> None:
    assert Allowance(0.0, calls=25).grow(0.0, 10).calls == 5


def test_clock_that_stands_or_goes_back_gives_nothing() -> None:
    spent = take(Allowance(100.0), 100.0, 10)
    assert spent.grow(100.0, 10).calls == spent.grow(99.0, 10).calls == 0


def test_what_rounding_takes_from_a_call_is_not_waited_for() -> None:
    assert Allowance(0.0, calls=1 - 1e-9).wait_seconds(10) == 0


@given(
    per_second=st.floats(0.01, 1000),
    pauses=st.lists(st.floats(0, 100), max_size=60),
)
def test_calls_that_wait_for_their_turn_never_exceed_rate_and_burst(
    per_second: float, pauses: list[float]
) -> None:
    allowance, now, calls = Allowance(0.0), 0.0, []
    for pause in pauses:
        now += pause / per_second
        allowance = allowance.grow(now, per_second)
        now += allowance.wait_seconds(per_second)
        allowance = take(allowance, now, per_second)
        calls.append(now)
    burst = max(1.0, per_second / 2)
    for number, start in enumerate(calls):
        for count, end in enumerate(calls[number:], start=1):
            assert count <= burst + per_second * (end - start) + 0.001


@pytest.mark.parametrize(("senders", "share"), [(0, 60), (1, 60), (4, 15)])
def test_share_is_the_same_for_each_sender_and_all_for_one_who_knows_of_none(
    senders: int, share: float
) -> None:
    assert share_of(60, senders) == share


def test_sender_that_is_seen_again_has_one_document_with_the_latest_time() -> None:
    early, late = (merge_seen("growing-tree-bank", "i/1", NOW + timedelta(seconds=at)) for at in (0, 10))
    assert early.document == late.document == ("agents", "growing-tree-bank", "senders", "i%2F1")
    assert fold(fold(None, late), early) == {"seenAtMs": NOW_MS + 10_000}


def test_senders_are_those_seen_in_the_last_30_seconds() -> None:
    query = senders_query("growing-tree-bank", NOW)
    assert (query.collection, query.parent) == ("senders", ("agents", "growing-tree-bank"))
    assert (query.bound, query.at_least, query.at_most) == (("seenAtMs",), NOW_MS - 30_000, None)
    assert query.limit == 1000
