"""What a person reads while the demo runs."""

import io
from datetime import UTC, datetime, timedelta

from rich.console import Console

from rbm_ledger.domain.ledger import State
from rbm_ops.demo.display import Row, describe_failures, describe_steps, render_table
from rbm_ops.demo.scenarios import SCENARIOS

_REQUESTED = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)


def _after(seconds: float) -> datetime:
    return _REQUESTED + timedelta(seconds=seconds)


def test_steps_are_counted_from_the_request_and_plain_successes_left_out() -> None:
    record = {
        "requestedTime": _REQUESTED,
        "acceptedTime": _after(1.5),
        "attempts": [
            {"at": _after(0.1), "httpStatus": 429, "status": "RESOURCE_EXHAUSTED"},
            {"at": _after(1.5), "httpStatus": 200, "status": ""},
        ],
        "events": [{"eventType": "DELIVERED", "sendTime": _after(2)}],
    }
    assert describe_steps(record) == "429 RESOURCE_EXHAUSTED 0.10 → accepted 1.50 → DELIVERED 2.00"


def test_receipt_without_a_time_still_shows() -> None:
    assert describe_steps({"events": [{"eventType": "DELIVERED"}]}) == "DELIVERED"


def test_table_marks_only_messages_that_are_right() -> None:
    right = Row(SCENARIOS[0], "m1", {"stateRank": State.READ.value}, (), 0.4)
    waiting = Row(SCENARIOS[1], "m2")
    console = Console(file=io.StringIO(), width=120)
    console.print(render_table([right, waiting]))
    first, second = console.file.getvalue().splitlines()[1:3]  # type: ignore[attr-defined]
    assert "✓" in first
    assert "read" in first
    assert "0.4 s" in first
    assert "✓" not in second


def test_failures_name_the_message_and_every_difference() -> None:
    wrong = Row(SCENARIOS[0], "m1", differences=("one", "another"))
    right = Row(SCENARIOS[1], "m2", differences=())
    assert describe_failures([wrong, right]) == {f"{SCENARIOS[0].title} (m1)": "one; another"}
