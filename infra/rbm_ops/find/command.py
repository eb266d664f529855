"""`rbm find`: in the running local cloud, else where the environment names."""

import argparse
from datetime import UTC, datetime

from rbm_ledger.domain.ledger import Record, state_of
from rbm_ops.documents import connect_firestore
from rbm_ops.environment import find_cloud
from rbm_ops.failures import reporting_failures
from rbm_ops.find.queries import describe_found, read_asked, time_of
from rbm_ops.find.searching import Found, find_messages
from rbm_ops.json_text import print_json
from rbm_ops.tables import make_table, print_line, print_table, say_time, shorten_number

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_HEADINGS = ("requested", "agent", "number", "state", "source", "reference", "id")


async def run_find(arguments: argparse.Namespace) -> int:
    """Raises NoCloud and NoAnswer."""
    cloud = find_cloud()
    with reporting_failures("Firestore"):
        client = connect_firestore(cloud.project, cloud.firestore_host)
        found = await find_messages(client, read_asked(arguments), at_most=arguments.scan)
    newest_first = sorted(found.records, key=lambda record: time_of(record) or _LONG_AGO, reverse=True)
    shown = newest_first[: arguments.limit]
    if arguments.json:
        messages = [describe_found(record) for record in shown]
        is_complete = found.is_complete and len(shown) == len(newest_first)
        print_json({"messages": messages, "isComplete": is_complete, "scanned": found.scanned})
    else:
        _print_messages(shown, found, full_numbers=arguments.full_numbers)
    return 0 if shown else 1


def _print_messages(shown: list[Record], found: Found, *, full_numbers: bool) -> None:
    if shown:
        table = make_table(*_HEADINGS)
        for record in shown:
            table.add_row(*_describe_columns(record, full_numbers=full_numbers))
        print_table(table)
    else:
        print_line("There are no such messages.")
    if len(shown) < len(found.records):
        print_line(f"{len(found.records) - len(shown)} more are not shown: see --limit.")
    if not found.is_complete:
        print_line(f"Only {found.scanned} documents were read, and there are more: narrow it, or see --scan.")


def _describe_columns(record: Record, *, full_numbers: bool) -> tuple[str, ...]:
    return (
        say_time(time_of(record)),
        str(record.get("agentId", "")),
        shorten_number(str(record.get("phoneNumber", "")), is_full=full_numbers),
        state_of(record).label,
        str(record.get("source", "")),
        str(record.get("clientReference", "")),
        str(record.get("messageId", "")),
    )
