"""What is asked of Firestore, and what is left to be looked at here.

Each agent's messages are asked for by equality alone: Firestore's automatic indexes of single fields answer
any combination of these (cloud.google.com/firestore/docs/query-data/index-overview, read 2026-11), and no
index of ours slows the writes of a campaign down. Times have no index: they are looked at here, over so many
documents at most.
"""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rbm_ledger.domain.ledger import Record, State, state_of

FIELDS = (
    *("agentId", "messageId", "phoneNumber", "stateRank", "requestedTime", "updatedTime"),
    *("source", "clientReference", "labels"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """`equals` by field path; `since` and `until` bound when the message was requested."""

    equals: Mapping[tuple[str, ...], Any]
    agent_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


def read_asked(arguments: argparse.Namespace) -> Asked:
    given: dict[tuple[str, ...], Any] = {
        ("phoneNumber",): arguments.number,
        ("clientReference",): arguments.reference,
        ("source",): arguments.source,
        ("stateRank",): arguments.state.value if arguments.state is not None else None,
        **{("labels", name): value for name, value in arguments.label},
    }
    equals = {path: value for path, value in given.items() if value is not None}
    return Asked(equals, arguments.agent, arguments.since, arguments.until)


def is_within(record: Record, asked: Asked) -> bool:
    """By the time of the request; where nobody recorded one (yet), by the latest write."""
    at = time_of(record)
    if at is None:
        return asked.since is None and asked.until is None
    return (asked.since is None or at >= asked.since) and (asked.until is None or at <= asked.until)


def time_of(record: Record) -> datetime | None:
    at = record.get("requestedTime") or record.get("updatedTime")
    return at if isinstance(at, datetime) else None


def describe_found(record: Record) -> dict[str, Any]:
    """A message as JSON."""
    copied = ("agentId", "messageId", "phoneNumber", "requestedTime", "source", "clientReference", "labels")
    return {"state": state_of(record).label, **{name: record[name] for name in copied if name in record}}


def list_states() -> Iterator[str]:
    return (state.label for state in State)
