"""`rbm quarantine list|replay`: in the running local cloud, else where the environment names."""

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rbm_ledger.domain.errors import NotConfirmed
from rbm_ops.deadletters.letters import name_with_prefix
from rbm_ops.documents import connect_firestore, connect_ledger, read_query
from rbm_ops.environment import Cloud, find_cloud
from rbm_ops.failures import reporting_failures
from rbm_ops.json_text import print_json
from rbm_ops.quarantine.payloads import (
    Quarantined,
    describe_quarantined,
    find_refusal,
    make_attributes,
    make_data,
    merge_replayed,
    read_quarantined,
)
from rbm_ops.requests.publishing import connect_topic
from rbm_ops.tables import make_table, print_line, print_table, say_time

_ID_CHARACTERS = 12
_NONE = "Nothing is in quarantine that matches."
_MORE = "There may be more than these: see --limit."


async def run_list(arguments: argparse.Namespace) -> int:
    """Raises NoCloud and NoAnswer."""
    payloads, is_all = await _read_payloads(find_cloud(), arguments)
    if arguments.json:
        print_json({"documents": [describe_quarantined(each) for each in payloads], "isComplete": is_all})
    else:
        notes = {each.id: each.problem or "understood by this version" for each in payloads}
        _print_payloads(payloads, notes, is_all=is_all)
    return 0 if payloads else 1


async def run_replay(arguments: argparse.Namespace) -> int:
    """Raises NoCloud and NoAnswer."""
    cloud = find_cloud()
    payloads, is_all = await _read_payloads(cloud, arguments)
    choices = {name: getattr(arguments, name) for name in ("even_if_unknown", "again", "even_expired")}
    left = {each.id: find_refusal(each, datetime.now(UTC), **choices) for each in payloads}
    left = {document_id: reason for document_id, reason in left.items() if reason}
    chosen = [each for each in payloads if each.id not in left]
    if arguments.yes:
        left |= await _replay(cloud, chosen, arguments.prefix)
    if arguments.json:
        print_json(_describe_replay(payloads, left, is_done=arguments.yes))
    else:
        verb = "published again" if arguments.yes else "would be published again"
        notes = {each.id: f"left: {left[each.id]}" if each.id in left else verb for each in payloads}
        _print_payloads(payloads, notes, is_all=is_all)
        if payloads and not arguments.yes:
            print_line("Nothing was done. Do it with --yes.")
    return 0 if payloads and not left else 1


async def _read_payloads(cloud: Cloud, arguments: argparse.Namespace) -> tuple[list[Quarantined], bool]:
    """Those that match, and whether all were looked at."""
    now = datetime.now(UTC)
    with reporting_failures("Firestore"):
        query = connect_firestore(cloud.project, cloud.firestore_host).collection("quarantine")
        found = await read_query(query.limit(arguments.limit))
    payloads = [read_quarantined(document.id, document.to_dict() or {}, now) for document in found]
    matching = [each for each in payloads if _matches(each, arguments)]
    return matching, len(found) < arguments.limit


def _matches(payload: Quarantined, arguments: argparse.Namespace) -> bool:
    is_named = not arguments.id or payload.id.startswith(tuple(arguments.id))
    return is_named and arguments.reason.lower() in str(payload.record.get("reason", "")).lower()


async def _replay(cloud: Cloud, payloads: Sequence[Quarantined], prefix: str) -> dict[str, str]:
    """What was not published, and why. Marked once it is published: a repeat would do no harm."""
    ledger = connect_ledger(cloud.project, cloud.firestore_host)
    publishers = {
        topic: connect_topic(name_with_prefix(topic, prefix), cloud.project, cloud.pubsub_host)
        for topic in {each.topic for each in payloads}
    }

    async def replay_one(payload: Quarantined) -> str:
        try:
            await publishers[payload.topic].publish(make_data(payload), make_attributes(payload))
            await ledger.merge(merge_replayed(payload, datetime.now(UTC)))
        except NotConfirmed as error:
            return f"not confirmed, {error.reason}"
        return ""

    with reporting_failures("Pub/Sub"):
        outcomes = await asyncio.gather(*map(replay_one, payloads))
    return {payload.id: why for payload, why in zip(payloads, outcomes, strict=True) if why}


def _describe_replay(
    payloads: Sequence[Quarantined], left: Mapping[str, str], *, is_done: bool
) -> dict[str, Any]:
    verb = "replayed" if is_done else "wouldBeReplayed"
    return {
        "isDone": is_done,
        "documents": [
            {
                **describe_quarantined(each),
                "outcome": "left" if each.id in left else verb,
                "leftBecause": left.get(each.id, ""),
            }
            for each in payloads
        ],
    }


def _print_payloads(payloads: Sequence[Quarantined], notes: Mapping[str, str], *, is_all: bool) -> None:
    if not payloads:
        print_line(_NONE)
        return
    table = make_table("id", "last written", "family", "type", "agent", "reason", "replayed", "")
    for each in payloads:
        record = each.record
        table.add_row(
            each.id[:_ID_CHARACTERS],
            say_time(each.written_at),
            *(str(record.get(name) or "–") for name in ("family", "eventType", "agentId", "reason")),
            say_time(each.replayed_at),
            notes[each.id],
        )
    print_table(table)
    if not is_all:
        print_line(_MORE)
