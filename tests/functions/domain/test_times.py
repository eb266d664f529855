"""Times as RBM and Pub/Sub write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.strategies import texts

from rbm_ledger.domain.times import format_rfc3339, parse_rfc3339, to_millis

times = st.datetimes(timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22T10:00:00Z", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("2026-11-22t10:00:00z", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("2026-11-22T10:00:00.5Z", datetime(2026, 11, 22, 10, 0, 0, 500_000, UTC)),
        ("2026-11-22T10:00:00.045Z", datetime(2026, 11, 22, 10, 0, 0, 45_000, UTC)),
        ("2026-11-22T10:00:00.045123Z", datetime(2026, 11, 22, 10, 0, 0, 45_123, UTC)),
        ("2026-11-22T10:00:00.999999999Z", datetime(2026, 11, 22, 10, 0, 0, 999_999, UTC)),
        ("2026-11-22T10:00:00+05:30", datetime(2026, 11, 22, 4, 30, tzinfo=UTC)),
        ("2026-11-22T10:00:00-08:00", datetime(2026, 11, 22, 18, tzinfo=UTC)),
        ("2026-11-22T23:30:00-01:00", datetime(2026, 11, 23, 0, 30, tzinfo=UTC)),
        ("2026-11-22T10:00:00-00:00", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2016-12-31T23:59:60.75Z", datetime(2016, 12, 31, 23, 59, 59, 750_000, UTC)),
        ("2017-01-01T01:59:60+02:00", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999999Z", datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC)),
    ],
)
def test_time_is_read_in_utc_cut_to_microseconds(text: str, expected: datetime) -> None:
    found = parse_rfc3339(text)
    assert found == expected
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-11-22",
        "2026-11-22T10:00Z",
        "2026-11-22T10:00:00",
        "2026-11-22 10:00:00Z",
        "2026-11-22T10:00:00.Z",
        "2026-11-22T10:00:00.1234567890Z",
        "2026-11-22T10:00:00,5Z",
        "2026-11-22T10:00:00+0530",
        "2026-11-22T10:00:00+05",
        "20261122T100000Z",
        "2026-W47-7T10:00:00Z",
        "2026-11-22T10:00:00Z\n",
        " 2026-11-22T10:00:00Z",
        "２026-11-22T10:00:00Z",
        "2026-02-29T10:00:00Z",
        "2026-13-01T10:00:00Z",
        "2026-00-10T10:00:00Z",
        "2026-11-31T10:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T10:60:00Z",
        "2026-11-22T10:00:61Z",
        "2026-11-22T10:00:00+24:00",
        "2026-11-22T10:00:00+05:60",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        1795341600,
        1.5,
        None,
        True,
        ["2026-11-22T10:00:00Z"],
        {},
    ],
)
def test_what_is_no_such_time_is_none(text: object) -> None:
    assert parse_rfc3339(text) is None


@given(texts | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", fullmatch=True))
def test_any_text_is_a_utc_time_or_none(text: str) -> None:
    found = parse_rfc3339(text)
    assert found is None or found.tzinfo is UTC


@given(times)
def test_written_time_is_read_back(at: datetime) -> None:
    assert parse_rfc3339(format_rfc3339(at)) == at


def test_time_is_written_in_utc_with_six_digits() -> None:
    at = datetime(2026, 11, 22, 10, tzinfo=timezone(timedelta(hours=2)))
    assert format_rfc3339(at) == "2026-11-22T08:00:00.000000Z"
    assert format_rfc3339(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00.000000Z"


@given(times, times)
def test_written_times_sort_like_times(first: datetime, second: datetime) -> None:
    assert (format_rfc3339(first) < format_rfc3339(second)) == (first < second)


@given(times)
def test_millis_are_cut_never_rounded_up(at: datetime) -> None:
    since_1970 = at - datetime(1970, 1, 1, tzinfo=UTC)
    assert timedelta(0) <= since_1970 - timedelta(milliseconds=to_millis(at)) < timedelta(milliseconds=1)


def test_millis_count_from_1970() -> None:
    assert to_millis(datetime(1970, 1, 1, 0, 0, 1, 999, UTC)) == 1000
    assert to_millis(datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC)) == -1
    assert to_millis(datetime(2026, 11, 22, 10, tzinfo=UTC)) == 1_795_341_600_000
