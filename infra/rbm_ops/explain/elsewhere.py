"""Where an id may be but in its document: quarantine, dead letters, and what the webhook kept for later.

Looked through one by one, at most so many: these are places that are empty when all is well.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ledger.domain.ledger import Record
from rbm_ops.deadletters.letters import DeadLetter, describe_letter
from rbm_ops.deadletters.subscription import holding_letters, open_kept_letters
from rbm_ops.documents import read_query
from rbm_ops.environment import Cloud

_MOST_READ = 2000
_WAIT_SECONDS = 4.0


async def look_elsewhere(client: Any, cloud: Cloud, ids: Iterable[str]) -> list[dict[str, Any]]:
    """`{"where", "id", …}` of each place that names one of these ids; raises as the clients do."""
    sought = tuple(ids)
    quarantined, spilled, dead = await asyncio.gather(
        _search_documents(client, "quarantine", sought),
        _search_documents(client, "spill", sought),
        _search_dead_letters(cloud, sought),
    )
    return [*quarantined, *spilled, *dead]


async def _search_documents(client: Any, collection: str, ids: tuple[str, ...]) -> list[dict[str, Any]]:
    found = await read_query(client.collection(collection).limit(_MOST_READ))
    records = {document.id: document.to_dict() or {} for document in found}
    return [
        {"where": collection, "id": document_id, **_describe(collection, record)}
        for document_id, record in records.items()
        if _names_any(record.get("raw"), ids)
    ]


def _describe(collection: str, record: Record) -> dict[str, Any]:
    if collection == "quarantine":
        return {"why": record.get("reason", ""), "mend": "rbm quarantine list"}
    if record.get("drained"):
        return {"why": "published", "mend": "nothing to mend"}
    return {"why": "waits to be published", "mend": "rbm spill drain"}


async def _search_dead_letters(cloud: Cloud, ids: tuple[str, ...]) -> list[dict[str, Any]]:
    """They are pulled, and given back at once."""
    async with (
        open_kept_letters(cloud, wait_seconds=_WAIT_SECONDS) as kept,
        holding_letters(kept, _MOST_READ) as held,
    ):
        return [
            {
                "where": "dead letters",
                "id": letter.id,
                "why": f"{letter.what}: {letter.deliveries or 'all'} deliveries failed",
                "mend": f"rbm deadletters replay --id {letter.id}",
                "time": letter.died_at,
                "letter": describe_letter(letter),
            }
            for letter in held.letters
            if is_about(letter, ids)
        ]


def is_about(letter: DeadLetter, ids: tuple[str, ...]) -> bool:
    """Also by the id that its idempotencyKey makes."""
    derived = derive_message_id(letter.agent_id, letter.key) if letter.agent_id and letter.key else ""
    return _names_any(letter.data, ids) or derived in ids


def _names_any(data: object, ids: tuple[str, ...]) -> bool:
    return isinstance(data, bytes) and any(each.encode() in data for each in ids)
