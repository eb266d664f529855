"""Which dead letters a command is about: those that match all that was asked for. Pure."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rbm_ops.deadletters.letters import DeadLetter, name_with_prefix


@dataclass(frozen=True, slots=True)
class Wanted:
    """`members`: name and value, each of the request's or event's JSON, or of the attributes."""

    ids: frozenset[str] = frozenset()
    topic: str = ""
    source: str = ""
    members: Sequence[tuple[str, str]] = ()
    older_than: timedelta = timedelta()


def matches(letter: DeadLetter, wanted: Wanted, now: datetime) -> bool:
    return (
        (not wanted.ids or letter.id in wanted.ids or letter.key in wanted.ids)
        and wanted.topic in ("", letter.topic)
        and wanted.source in ("", letter.source)
        and all(_has(letter, name, value) for name, value in wanted.members)
        and now - letter.died_at >= wanted.older_than
    )


def read_wanted(arguments: argparse.Namespace) -> Wanted:
    topic = name_with_prefix(arguments.topic, arguments.prefix) if arguments.topic else ""
    return Wanted(
        ids=frozenset(arguments.id),
        topic=topic,
        source=arguments.subscription_of or "",
        members=arguments.filter,
        older_than=arguments.older_than,
    )


def _has(letter: DeadLetter, name: str, value: str) -> bool:
    named = letter.fields.get(name, letter.attributes.get(name))
    return str(named) == value or (name == "agentId" and letter.agent_id == value)
