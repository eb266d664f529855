"""What stands beside a message's document: what the user sent after it, and whether he may be sent to."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from rbm_ledger.domain.ledger import Record, consent_path, conversation_path
from rbm_ops.documents import list_names, read_query
from rbm_ops.explain.finding import read_documents

# Of one conversation; in the order of their ids, which says nothing of their time.
_MOST_READ = 500
_MOST_SHOWN = 20
_MOST_BRANDS = 50


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`consents` by whose they are: the agent's own, or a brand's that it may belong to."""

    user_messages: Sequence[Record] = ()
    consents: Mapping[str, Record] = field(default_factory=dict)


async def read_surroundings(client: Any, record: Record) -> Surroundings:
    """Of a message; raises as the client does."""
    agent_id, phone_number = record.get("agentId", ""), record.get("phoneNumber", "")
    if not agent_id or not phone_number:
        return Surroundings()
    user_messages, consents = await asyncio.gather(
        _read_user_messages(client, agent_id, phone_number), _read_consents(client, agent_id, phone_number)
    )
    return Surroundings(choose_replies(record, user_messages), consents)


def choose_replies(record: Record, user_messages: Sequence[Record]) -> list[Record]:
    """Those that answer this message, and what the user sent after it, by time."""
    since = record.get("requestedTime")
    message_id = record.get("messageId")
    chosen = [
        each
        for each in user_messages
        if each.get("repliesTo") == message_id or (since is not None and _is_after(each, since))
    ]
    return sorted(chosen, key=lambda each: str(each.get("sendTime", "")))[:_MOST_SHOWN]


def _is_after(user_message: Record, since: datetime) -> bool:
    at = user_message.get("sendTime")
    return isinstance(at, datetime) and at >= since


async def _read_user_messages(client: Any, agent_id: str, phone_number: str) -> list[Record]:
    collection = client.collection(*conversation_path(agent_id, phone_number), "userMessages")
    return [document.to_dict() or {} for document in await read_query(collection.limit(_MOST_READ))]


async def _read_consents(client: Any, agent_id: str, phone_number: str) -> dict[str, Record]:
    """Which brand an agent has is a setting of the functions: what any brand says of the number is shown."""
    brands = list(map(unquote, await list_names(client.collection("brands"))))[:_MOST_BRANDS]
    paths = [consent_path(agent_id, brand, phone_number) for brand in ("", *brands)]
    records = [document.to_dict() or {} for document in await read_documents(client, paths)]
    return {_say_owner(record): record for record in records}


def _say_owner(consent: Record) -> str:
    return f"brand {consent['brand']}" if "brand" in consent else f"agent {consent.get('agentId', '?')}"
