from pathlib import Path

import pytest

from rbm_ledger.client.updates import Update, parse_update
from rbm_ledger.domain.json_bytes import encode_compact
from rbm_ops.bench.path import Life, measure_path
from rbm_ops.bench.setting import Setting
from rbm_ops.local.addresses import choose_addresses


def test_a_look_measures_until_all_are_read(tmp_path: Path) -> None:
    setting = Setting(
        choose_addresses(None, emulators={}),
        tmp_path,
        rounds=1,
        seconds=0.4,
        warm_up_seconds=0.2,
        report=lambda _step: None,
    )
    (sample,) = measure_path(setting, rates=(10,))
    figures = sample.figures
    assert sample.scenario == "whole path, 10 messages/s"
    assert 0 < figures["p50_ms"] <= figures["p95_ms"] <= figures["p99_ms"]
    assert figures["accepted_p50_ms"] > 0
    assert figures["receipt_p50_ms"] > 0


def _update(state: str, second: int, *steps: str) -> Update:
    times = {"accepted": "2026-11-25T10:00:01Z", "READ": "2026-11-25T10:00:02Z"}
    return parse_update(
        encode_compact(
            {
                "kind": "message",
                "state": state,
                "recordedTime": f"2026-11-25T10:00:{second:02}Z",
                "timeline": [{"what": step, "at": times[step]} for step in steps],
            }
        )
    )


_UPDATES = (
    _update("read", 4, "READ"),  # it has overtaken the record
    _update("read", 5, "accepted", "READ"),
    _update("read", 9, "accepted", "READ"),
)


@pytest.mark.parametrize("updates", [_UPDATES, _UPDATES[::-1], (_UPDATES[1], _UPDATES[2], _UPDATES[0])])
def test_updates_in_any_order_give_the_first_time_of_each(updates: tuple[Update, ...]) -> None:
    life = Life(due=0)
    for update in updates:
        life.note(update)
    seconds_of_minute = [at % 60 for at in (life.read_sent, life.read, life.accepted)]
    assert seconds_of_minute == [2, 4, 5]


def test_a_message_that_is_pending_is_neither_accepted_nor_read() -> None:
    life = Life(due=0)
    life.note(_update("pending", 3))
    assert (life.accepted, life.read) == (0, 0)
