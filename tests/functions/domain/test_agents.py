"""An agent's document: is it paused, and where is it launched?"""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from rbm_ledger.domain.agents import is_paused, launch_states_of, merge_pause, merge_resume
from rbm_ledger.domain.ledger import fold

AGENT = "growing-tree-bank"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("record", "paused"),
    [
        ({}, False),
        ({"pausedAtMs": 1}, True),
        ({"resumedAtMs": 1}, False),
        ({"pausedAtMs": 2, "resumedAtMs": 1}, True),
        ({"pausedAtMs": 1, "resumedAtMs": 2}, False),
        ({"pausedAtMs": 2, "resumedAtMs": 2}, False),
    ],
)
def test_agent_is_paused_while_that_is_the_later(record: dict[str, int], paused: bool) -> None:
    assert is_paused(record) is paused


def test_pauses_and_resumes_end_alike_in_any_order() -> None:
    merges = [
        merge_pause(AGENT, NOON),
        merge_resume(AGENT, NOON + timedelta(hours=1)),
        merge_pause(AGENT, NOON + timedelta(hours=2)),
    ]
    for order in permutations(merges):
        record: dict[str, Any] | None = None
        for merge in order:
            assert merge.document == ("agents", AGENT)
            record = fold(record, merge)
        assert record is not None
        assert record["agentId"] == AGENT
        assert is_paused(record)


def test_state_of_a_region_is_the_one_announced_last() -> None:
    announced = {"fi-rcs": {"PENDING": 1, "LAUNCHED": 3, "REJECTED": 2}, "de-rcs": {"PENDING": 9}}
    assert launch_states_of({"launchStateAtMs": announced}) == {"de-rcs": "PENDING", "fi-rcs": "LAUNCHED"}


def test_agent_that_no_carrier_spoke_of_has_no_launch_states() -> None:
    assert launch_states_of({}) == launch_states_of({"launchStateAtMs": {"fi-rcs": {}}}) == {}
