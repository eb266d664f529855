"""`rbm spill status` and `rbm spill drain`: in the running local cloud, else where the environment names."""

import argparse
import time
from datetime import UTC, datetime

from rbm_ledger.domain.times import format_rfc3339
from rbm_ledger.usecases.drain import Drain, DrainReport
from rbm_ops.documents import connect_firestore, connect_ledger
from rbm_ops.environment import find_cloud
from rbm_ops.failures import reporting_failures
from rbm_ops.json_text import print_json
from rbm_ops.requests.publishing import connect_topic
from rbm_ops.spill.waiting import Waiting, count_waiting
from rbm_ops.tables import print_line


async def run_status(arguments: argparse.Namespace) -> int:
    """0 where nothing waits, else 1; raises NoAnswer and NoCloud."""
    cloud = find_cloud()
    with reporting_failures("Firestore"):
        waiting = await count_waiting(connect_firestore(cloud.project, cloud.firestore_host))
    if arguments.json:
        print_json(waiting.describe())
    else:
        _print(_tell_waiting(waiting, datetime.now(UTC)))
    return 1 if waiting.events or waiting.unreadable else 0


async def run_drain(arguments: argparse.Namespace) -> int:
    """0 where nothing waits any more, else 1; raises NoAnswer and NoCloud."""
    cloud = find_cloud()
    drain = Drain(
        connect_ledger(cloud.project, cloud.firestore_host),
        connect_topic(arguments.topic, cloud.project, cloud.pubsub_host),
        lambda: datetime.now(UTC),
        time.monotonic,
        arguments.seconds,
        max_pages=1_000_000,
    )
    with reporting_failures("Firestore"):
        report = await drain()
    if arguments.json:
        print_json(report.describe())
    else:
        _print(_tell_drained(report))
    return 0 if report.is_complete else 1


def _tell_waiting(waiting: Waiting, now: datetime) -> list[str]:
    if not waiting.events and not waiting.unreadable:
        return ["Nothing waits."]
    more = "" if waiting.is_complete else " and more"
    lines = [f"{waiting.events} events{more} wait to be published: rbm spill drain"]
    if waiting.oldest_received_at is not None:
        age_seconds = max(0, int((now - waiting.oldest_received_at).total_seconds()))
        lines.append(f"The oldest came at {format_rfc3339(waiting.oldest_received_at)}, {age_seconds} s ago.")
    lines += [f"webhook did not write spill/{name}: it can't be published." for name in waiting.unreadable]
    return lines


def _tell_drained(report: DrainReport) -> list[str]:
    lines = [f"{report.published} events were published."]
    if report.failed:
        lines.append(f"{report.failed} stay: {report.reason}")
    if report.unreadable:
        lines.append(f"{report.unreadable} documents can't be read; see: rbm spill status")
    if report.is_complete:
        lines.append("Nothing waits any more.")
    elif not report.failed and not report.unreadable:
        lines.append("Time is over, and more may wait.")
    return lines


def _print(lines: list[str]) -> None:
    for line in lines:
        print_line(line)
