"""What is known of a phone: the later answer counts, in whatever order they were written."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from tests.functions.domain.builders import AGENT, PHONE, fold_one

from rbm_ledger.domain.capabilities import describe_capability, is_fresh, merge_capability
from rbm_ledger.domain.ledger import Merge
from rbm_ledger.domain.outcomes import Answer

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAMING = {"agentId": AGENT, "phoneNumber": PHONE}


def reachable(minute: int, *features: str, **body: Any) -> Merge:
    answer = Answer(200, body={"features": list(features), **body})
    return merge_capability(AGENT, PHONE, answer, NOW + timedelta(minutes=minute))


def unreachable(minute: int) -> Merge:
    return merge_capability(AGENT, PHONE, Answer(404), NOW + timedelta(minutes=minute))


def test_positive_answer_names_features_carrier_and_time() -> None:
    record = fold_one([reachable(0, "RICHCARD_STANDALONE", "ACTION_DIAL", carrier="T-Mobile")])
    assert describe_capability(record) == {
        **NAMING,
        "state": "reachable",
        "features": ["ACTION_DIAL", "RICHCARD_STANDALONE"],
        "carrier": "T-Mobile",
        "checkedTime": "2026-11-22T12:00:00.000000Z",
    }


LIVES = {
    "left": ([reachable(0, "A"), unreachable(1)], "unreachable", []),
    "came back": ([unreachable(0), reachable(1, "A")], "reachable", ["A"]),
    "lost a feature": ([reachable(0, "A", "B"), reachable(1, "B", "C")], "reachable", ["B", "C"]),
    "was asked twice at once": ([reachable(0, "A"), reachable(0, "A")], "reachable", ["A"]),
    "left and came back": ([reachable(0, "A"), unreachable(1), reachable(2, "B")], "reachable", ["B"]),
}


@pytest.mark.parametrize(("merges", "state", "features"), LIVES.values(), ids=LIVES)
def test_later_answer_counts_in_every_order_of_writing(
    merges: list[Merge], state: str, features: list[str]
) -> None:
    for order in permutations(merges):
        described = describe_capability(fold_one(order))
        assert (described["state"], described["features"]) == (state, features)


@pytest.mark.parametrize("merge", [reachable(0), unreachable(0)])
def test_answer_of_either_kind_is_fresh_up_to_its_age(merge: Merge) -> None:
    record, age = fold_one([merge]), timedelta(minutes=5)
    assert is_fresh(record, NOW + age - timedelta(milliseconds=1), age)
    assert not is_fresh(record, NOW + age, age)


@pytest.mark.parametrize("features", [None, "ACTION_DIAL", [1, None, "a.b", "", "x y"], {}])
def test_features_that_are_no_names_are_left_out(features: object) -> None:
    merge = merge_capability(AGENT, PHONE, Answer(200, body={"features": features}), NOW)
    assert describe_capability(fold_one([merge]))["features"] == []
