"""What the tokens verified, from Cloud Logging, its metric, and a log of this machine."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.false_google import FalseGoogle, running_google

from rbm_ledger.domain.signature import fingerprint_token
from rbm_ops.tokens.counting import read_cloud_usage, read_local_usage
from rbm_ops.tokens.usage import Usage, Use

_NOW = datetime(2026, 11, 25, tzinfo=UTC)
_LAST = datetime(2026, 11, 24, tzinfo=UTC)
_TOKENS = {"": ("NEW", "OLD"), "shop": ("SHOP",)}
_NEW = fingerprint_token("NEW")
_SERIES = "monitoring/projects/p/timeSeries"


def _log_of(*fragments: str) -> Any:
    """Answers with an entry where the filter holds all of these."""
    entry = {"timestamp": "2026-11-24T00:00:00Z"}
    return lambda said: {"entries": [entry] if all(each in said["filter"] for each in fragments) else []}


def _read(answers: dict[str, Any]) -> tuple[Usage, FalseGoogle]:
    google = FalseGoogle(answers)
    with running_google(google) as apis:
        usage = read_cloud_usage(apis, _TOKENS, project="p", prefix="rbm", days=8, now=_NOW)
    return usage, google


def test_last_event_is_that_of_the_log_and_the_number_that_of_the_metric() -> None:
    points = [{"value": {"int64Value": "40"}}, {"value": {"int64Value": "2"}}]
    series = [{"metric": {"labels": {"token_version": _NEW}}, "points": points}]
    usage, google = _read({"logs/entries:list": _log_of(f'"{_NEW}"'), _SERIES: {"timeSeries": series}})
    assert usage.unknown == ""
    assert usage.of("", _NEW) == Use(42, _LAST)
    assert usage.of("", fingerprint_token("OLD")) == Use(0, None)
    filters = [said["filter"] for path, said in google.asked if path == "logs/entries:list"]
    assert all('timestamp>="2026-11-17T00:00:00' in each for each in filters)
    assert any('jsonPayload.webhook="shop"' in each for each in filters)
    assert any("NOT jsonPayload.webhook:*" in each for each in filters)


def test_without_the_metric_the_number_is_not_known_but_the_last_event_is() -> None:
    usage, _ = _read({"logs/entries:list": _log_of(f'"{_NEW}"')})
    assert usage.of("", _NEW) == Use(None, _LAST)


def test_logs_that_may_not_be_read_leave_it_unknown() -> None:
    usage, _ = _read({"logs/entries:list": 403})
    assert "403" in usage.unknown
    assert "PRIVATE" not in usage.unknown


def test_log_of_a_release_that_named_places_leaves_it_unknown() -> None:
    usage, _ = _read({"logs/entries:list": _log_of("(0 OR 1 OR"), _SERIES: {}})
    assert "2026-11-24" in usage.unknown


def test_lines_of_a_local_log_are_counted_by_token(tmp_path: Path) -> None:
    log = tmp_path / "webhook.log"
    lines = [
        {"event": "webhook_event_published", "token_version": _NEW},
        {"event": "webhook_event_spilled", "token_version": _NEW},
        {"event": "webhook_event_published", "webhook": "shop", "token_version": _NEW},
        {"event": "webhook_handshake_answered"},
    ]
    log.write_text("\n".join(["no JSON", "[1]", *map(json.dumps, lines)]))
    usage = read_local_usage(log, 8)
    assert usage.of("", _NEW).verified == 2
    assert usage.of("shop", _NEW).verified == 1
    assert usage.of("", _NEW).last_at == datetime.fromtimestamp(log.stat().st_mtime, UTC)
    assert usage.unknown


def test_log_that_is_not_there_leaves_it_unknown(tmp_path: Path) -> None:
    assert "No such file" in read_local_usage(tmp_path / "none", 8).unknown
