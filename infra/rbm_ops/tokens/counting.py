"""What the function logged of verified events: in Cloud Logging, or in the log of a local cloud.

`webhook_event_published` and `webhook_event_spilled` carry `webhook` and `token_version`, a fingerprint.
Nothing is written for each event besides that line: the metric that Terraform makes of it counts.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from rbm_ledger.domain.signature import fingerprint_token
from rbm_ledger.domain.times import format_rfc3339
from rbm_ops.google_apis import GoogleApis, Refused
from rbm_ops.tables import say_time
from rbm_ops.tokens.usage import TokensByWebhook, Usage, Use

EVENTS = ("webhook_event_published", "webhook_event_spilled")
_NO_TIMES = "a log of this machine tells no times, and may begin with today's rbm up"
# Releases before the fingerprint logged a token's place in the list.
_PLACES = " OR ".join(map(str, range(10)))


def read_cloud_usage(
    apis: GoogleApis, tokens: TokensByWebhook, *, project: str, prefix: str, days: int, now: datetime
) -> Usage:
    """The last event of each token by its log entry, their number by the metric; never raises."""
    since = now - timedelta(days=days)
    look = partial(_find_last, apis, project)
    try:
        last = {
            (webhook, fingerprint): look(_by_token(prefix, webhook, fingerprint, since))
            for webhook, fingerprint in _list_tokens(tokens)
        }
        unnamed = look(_verified_since(prefix, since, _PLACES))
    except Refused as refusal:
        return Usage({}, days, f"the logs can't be read ({refusal})")
    unknown = f"until {say_time(unnamed)} a release was there that did not name tokens" if unnamed else ""
    counts = _count(apis, project, prefix, since, now)
    return Usage({token: Use(_verified(counts, token[1]), at) for token, at in last.items()}, days, unknown)


def read_local_usage(log: Path, days: int) -> Usage:
    """Of a local cloud's webhook; the file's time is that of its last line."""
    try:
        lines = log.read_text(errors="replace").splitlines()
        written_at = datetime.fromtimestamp(log.stat().st_mtime, UTC)
    except OSError as error:
        return Usage({}, days, f"{log}: {error.strerror}")
    counts: dict[tuple[str, str], int] = {}
    for entry in _verifying(lines):
        token = (str(entry.get("webhook", "")), str(entry.get("token_version", "")))
        counts[token] = counts.get(token, 0) + 1
    return Usage({token: Use(count, written_at) for token, count in counts.items()}, days, _NO_TIMES)


def _verifying(lines: Iterable[str]) -> Iterable[Mapping[str, Any]]:
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and entry.get("event") in EVENTS:
            yield entry


def _list_tokens(tokens: TokensByWebhook) -> list[tuple[str, str]]:
    return [(webhook, fingerprint_token(token)) for webhook, listed in tokens.items() for token in listed]


def _find_last(apis: GoogleApis, project: str, chosen: str) -> datetime | None:
    """Raises Refused."""
    answer = apis.post(
        "logs",
        "entries:list",
        {
            "resourceNames": [f"projects/{project}"],
            "filter": chosen,
            "orderBy": "timestamp desc",
            "pageSize": 1,
        },
    )
    entries = answer.get("entries", [])
    if not entries and answer.get("nextPageToken"):
        raise Refused(0, "there are more than can be searched at once")
    return datetime.fromisoformat(entries[0]["timestamp"]) if entries else None


def _by_token(prefix: str, webhook: str, fingerprint: str, since: datetime) -> str:
    """A webhook without a name is not logged: fields without a value are left out."""
    named = f'jsonPayload.webhook="{webhook}"' if webhook else "NOT jsonPayload.webhook:*"
    quoted = f'"{fingerprint}"'
    return f"{_verified_since(prefix, since, quoted)} AND {named}"


def _verified_since(prefix: str, since: datetime, tokens: str) -> str:
    events = " OR ".join(f'"{event}"' for event in EVENTS)
    return " AND ".join(
        (
            'resource.type="cloud_run_revision"',
            f'resource.labels.service_name="{prefix}-webhook"',
            f"jsonPayload.event=({events})",
            f"jsonPayload.token_version=({tokens})",
            f'timestamp>="{format_rfc3339(since)}"',
        )
    )


def _count(
    apis: GoogleApis, project: str, prefix: str, since: datetime, now: datetime
) -> Mapping[str, int] | None:
    """By fingerprint; None without the metrics, which only Terraform makes."""
    counts: dict[str, int] = {}
    query = {
        "interval.startTime": format_rfc3339(since),
        "interval.endTime": format_rfc3339(now),
        "aggregation.alignmentPeriod": f"{int((now - since).total_seconds())}s",
        "aggregation.perSeriesAligner": "ALIGN_DELTA",
        "aggregation.crossSeriesReducer": "REDUCE_SUM",
        "aggregation.groupByFields": "metric.labels.token_version",
    }
    metric = f'metric.type="logging.googleapis.com/user/{prefix}/{EVENTS[0]}"'
    chosen = {**query, "filter": f'{metric} AND resource.type="cloud_run_revision"'}
    try:
        found = apis.list("monitoring", f"projects/{project}/timeSeries", "timeSeries", chosen)
    except Refused:
        return None
    for series in found:
        fingerprint = series.get("metric", {}).get("labels", {}).get("token_version", "")
        points = sum(int(point["value"].get("int64Value", 0)) for point in series.get("points", []))
        counts[fingerprint] = counts.get(fingerprint, 0) + points
    return counts


def _verified(counts: Mapping[str, int] | None, fingerprint: str) -> int | None:
    return None if counts is None else counts.get(fingerprint, 0)
