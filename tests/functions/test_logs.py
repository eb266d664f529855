"""What a function prints: one JSON object per line, under a constant name, with no whole number in it."""

import asyncio
import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from rbm_ledger.logs import Severity, describe_crash, log, redact_phone_number

# One line


def read_line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    [line] = capsys.readouterr().out.splitlines()
    entry: dict[str, Any] = json.loads(line)
    return entry


def test_entry_is_one_line_that_cloud_logging_understands(capsys: pytest.CaptureFixture[str]) -> None:
    log("something_happened", Severity.WARNING, status=401, reason="two\nlines \u2028 and \ud800")
    assert read_line(capsys) == {
        "severity": "WARNING",
        "message": "something_happened",
        "event": "something_happened",
        "status": 401,
        "reason": "two\nlines \u2028 and \ud800",
    }


def test_entry_is_for_nobody_unless_said_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    log("something_happened")
    assert read_line(capsys)["severity"] == "INFO"


def test_field_without_a_value_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    log("something_happened", missing=None, empty="", count=0, flag=False)
    assert read_line(capsys).keys() == {"severity", "message", "event", "count", "flag"}


def test_value_that_json_does_not_know_is_written_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    log("something_happened", at=datetime(2026, 11, 22, tzinfo=UTC))
    assert read_line(capsys)["at"] == "2026-11-22 00:00:00+00:00"


@pytest.mark.parametrize("phone_number", ["+14155550101", "4155550101", "nobody01"])
def test_redacted_number_shows_two_digits(phone_number: str) -> None:
    assert redact_phone_number(phone_number) == "…01"


def test_redacted_number_that_is_missing_stays_so() -> None:
    assert redact_phone_number("") == ""


NAMING = {
    "alone": ("+14155550101", "…01"),
    "in a document's path": (
        "agents/a/conversations/+14155550101/userMessages/m",
        "agents/a/conversations/…01/userMessages/m",
    ),
    "two": ("+14155550101, +4917612345678", "…01, …78"),
}


@pytest.mark.parametrize(("reason", "shown"), NAMING.values(), ids=NAMING)
def test_number_within_a_text_is_redacted(
    capsys: pytest.CaptureFixture[str], reason: str, shown: str
) -> None:
    """Firestore's own errors name the document, and a conversation is named after its number."""
    log("something_happened", reason=reason)
    assert read_line(capsys)["reason"] == shown


def test_sums_and_short_numbers_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    log("something_happened", reason="1+1, +12345, 2026-11-22T10:00:00+01:00")
    assert read_line(capsys)["reason"] == "1+1, +12345, 2026-11-22T10:00:00+01:00"


def test_crash_is_described_without_the_text_of_the_error() -> None:
    try:
        int("+14155550101 is no number")
    except ValueError as error:
        described = describe_crash(error)
    assert described["error_type"] == "ValueError"
    assert re.fullmatch(
        r"test_logs\.py:\d+ test_crash_is_described_without_the_text_of_the_error", described["frames"][0]
    )
    assert "14155550101" not in json.dumps(described)


class CountingStream(io.StringIO):
    """Standard output that counts how often it is flushed."""

    flushes = 0

    def flush(self) -> None:
        self.flushes += 1


async def test_entries_of_one_turn_of_the_loop_are_flushed_together(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = CountingStream()
    monkeypatch.setattr("sys.stdout", stream)
    for number in range(3):
        log("webhook_event_published", number=number)
    assert stream.flushes == 0
    await asyncio.sleep(0)
    assert (stream.flushes, len(stream.getvalue().splitlines())) == (1, 3)


async def test_entry_of_a_later_turn_is_flushed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = CountingStream()
    monkeypatch.setattr("sys.stdout", stream)
    for _ in range(2):
        log("webhook_event_published")
        await asyncio.sleep(0)
    assert stream.flushes == 2


def test_entry_without_a_loop_is_flushed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = CountingStream()
    monkeypatch.setattr("sys.stdout", stream)
    log("webhook_started")
    assert stream.flushes == 1


async def test_entry_that_somebody_watches_for_is_flushed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = CountingStream()
    monkeypatch.setattr("sys.stdout", stream)
    log("webhook_event_published")
    log("webhook_call_crashed", Severity.ERROR)
    assert (stream.flushes, len(stream.getvalue().splitlines())) == (1, 2)
