"""When the platform wants to be called again: seconds or a date, and whatever else a proxy may say."""

from datetime import UTC, datetime

import pytest
from tests.functions.adapters.conftest import MakeApi
from tests.functions.adapters.platform_requests import create_call
from tests.functions.adapters.scripted_platform import Reply, ScriptedPlatform
from tests.support.payloads import load_bytes

from rbm_ledger.adapters.rbm_api import read_retry_after

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 5 ", 5.0),
        ("3601", 3600.0),
        ("999999999", 3600.0),
        ("Sun, 22 Nov 2026 10:01:30 GMT", 90.0),
        ("Sunday, 22-Nov-26 10:01:30 GMT", 90.0),
        ("Sun Nov 22 10:01:30 2026", 90.0),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0.0),
        ("Sun, 22 Nov 2099 10:00:00 GMT", 3600.0),
    ],
)
def test_time_to_wait_is_read_and_is_an_hour_at_most(value: str, seconds: float) -> None:
    assert read_retry_after(value, NOW) == seconds


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "-1",
        "1.5",
        "1e3",
        "½",
        "٣",
        "9" * 5000,
        "nan",
        "inf",
        "0x10",
        "Sun, 99 Nov 2026 10:00:00 GMT",
        f"Sun, 22 Nov {'9' * 20} 10:00:00 GMT",
        f"Sun, 22 Nov 2026 {'9' * 20}:00:00 GMT",
        f"Sun, 22 Nov 2026 10:00:00 +{'9' * 20}",
    ],
)
def test_nonsense_is_ignored(value: str) -> None:
    assert read_retry_after(value, NOW) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("3", 3.0), ("Sun, 22 Nov 2026 10:00:02 GMT", 2.0), ("later", None)],
)
async def test_answer_says_when_to_call_again(
    platform: ScriptedPlatform, make_api: MakeApi, value: str, seconds: float | None
) -> None:
    body = load_bytes("error-bodies/429-resource-exhausted.json")
    platform.replies = [Reply(429, body, {"Retry-After": value})]
    answer = await make_api(platform.url, clock=lambda: NOW).call(create_call())
    assert (answer.http_status, answer.retry_after_seconds) == (429, seconds)


async def test_answer_that_nobody_can_read_still_says_when_to_call_again(
    platform: ScriptedPlatform, make_api: MakeApi
) -> None:
    platform.replies = [Reply(503, b"<html>", {"Retry-After": "9"})]
    answer = await make_api(platform.url).call(create_call())
    assert (answer.status, answer.retry_after_seconds) == ("UNREADABLE_ANSWER", 9.0)
