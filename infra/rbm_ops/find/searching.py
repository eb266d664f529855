"""Look for messages, agent by agent, a bounded number of documents in all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from google.cloud.firestore_v1.base_query import FieldFilter
from google.cloud.firestore_v1.field_path import FieldPath

from rbm_ledger.domain.ledger import Record, agent_path
from rbm_ops.documents import list_names, read_query
from rbm_ops.find.queries import FIELDS, Asked, is_within

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Found:
    """`is_complete` is False where the bound came before the end: there may be more."""

    records: Sequence[Record]
    scanned: int
    is_complete: bool


async def find_messages(client: Any, asked: Asked, *, at_most: int) -> Found:
    """Reads at most so many documents; raises TimeoutError, or as the client does."""
    records: list[Record] = []
    scanned = 0
    for agent_id in [asked.agent_id] if asked.agent_id else await list_agents(client):
        query = _make_query(client, agent_id, asked)
        read, is_complete = await _read_pages(query, at_most=at_most - scanned)
        scanned += len(read)
        records += [record for record in read if is_within(record, asked)]
        if not is_complete:
            return Found(records, scanned, is_complete=False)
    return Found(records, scanned, is_complete=True)


async def list_agents(client: Any) -> list[str]:
    """Every agent that has any document at all; an agent's own may be missing."""
    return sorted(map(unquote, await list_names(client.collection("agents"))))


async def _read_pages(query: Any, *, at_most: int) -> tuple[list[Record], bool]:
    """In the order of their names, page by page; whether that was all."""
    records: list[Record] = []
    page = query
    while len(records) <= at_most:
        found = await read_query(page.limit(min(_PAGE, at_most - len(records) + 1)))
        records += [document.to_dict() or {} for document in found]
        if len(found) < _PAGE:
            break
        page = query.start_after(found[-1])
    return records[:at_most], len(records) <= at_most


def _make_query(client: Any, agent_id: str, asked: Asked) -> Any:
    query = client.collection(*agent_path(agent_id), "messages").select(FIELDS)
    for path, value in asked.equals.items():
        query = query.where(filter=FieldFilter(FieldPath(*path).to_api_repr(), "==", value))
    return query
