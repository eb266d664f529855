"""Points in time as RBM and Pub/Sub write them: RFC 3339, any offset, up to nanoseconds."""

import re
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Hour 24 and an offset of 60 minutes are not RFC 3339, though `fromisoformat` of some Pythons takes them.
_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt]((?!24)\d\d:\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:[0-5]\d)", re.ASCII
)
_LEAP_SECOND = "60"


def parse_rfc3339(text: object) -> datetime | None:
    """The time in UTC, cut to microseconds as Firestore keeps it; None when it is not such a time."""
    found = _RFC3339.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    day, minute, second, fraction, offset = found.groups()
    second = "59" if second == _LEAP_SECOND else second
    micros = (fraction or "")[:6].ljust(6, "0")
    try:
        return datetime.fromisoformat(f"{day}T{minute}:{second}.{micros}{offset.upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def format_rfc3339(at: datetime) -> str:
    """`2026-11-22T10:00:00.000000Z`."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")[: -len("+00:00")] + "Z"


def to_millis(at: datetime) -> int:
    """Milliseconds since 1970."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def from_millis(at_ms: int) -> datetime:
    return EPOCH + timedelta(milliseconds=at_ms)
