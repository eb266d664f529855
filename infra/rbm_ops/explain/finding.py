"""Which documents an id names: of a message, by its id or its idempotencyKey, or of what a user sent."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from rbm_ledger.domain.identifiers import derive_message_id, make_document_id, parse_uuid
from rbm_ledger.domain.ledger import Record, conversation_path, message_path
from rbm_ops.documents import read_query
from rbm_ops.find.searching import list_agents

TIMEOUT_SECONDS = 20.0
MOST_CONVERSATIONS = 5000
_MOST_FOUND = 20
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Sought:
    """With an agent `id` may be an idempotencyKey too. The number: of the user who may have sent it."""

    id: str
    agent_id: str = ""
    phone_number: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """`kind` is message or userMessage; `path` that of its document."""

    kind: str
    path: str
    record: Record


async def find_subjects(client: Any, sought: Sought) -> Sequence[Subject]:
    """Raises as the client does."""
    return await _find_messages(client, sought) or await _find_user_messages(client, sought)


async def _find_messages(client: Any, sought: Sought) -> list[Subject]:
    """By name, else in the messages of all agents, for which there is an index (infra/firestore.tf)."""
    message_id = parse_uuid(sought.id) or sought.id
    if sought.agent_id:
        ids = (message_id, derive_message_id(sought.agent_id, sought.id))
        found = await read_documents(client, [message_path(sought.agent_id, each) for each in ids])
    else:
        query = client.collection_group("messages").where(filter=FieldFilter("messageId", "==", message_id))
        found = await read_query(query.limit(_MOST_FOUND))
    return [_describe("message", document) for document in found]


async def _find_user_messages(client: Any, sought: Sought) -> list[Subject]:
    """By name in each conversation: there is no index of what users send."""
    subjects: list[Subject] = []
    left = MOST_CONVERSATIONS
    for agent_id in [sought.agent_id] if sought.agent_id else await list_agents(client):
        numbers = await _list_numbers(client, agent_id, sought, left)
        left -= len(numbers)
        name = make_document_id(sought.id)
        paths = [(*conversation_path(agent_id, number), "userMessages", name) for number in numbers]
        subjects += [_describe("userMessage", document) for document in await read_documents(client, paths)]
    return subjects


async def _list_numbers(client: Any, agent_id: str, sought: Sought, at_most: int) -> list[str]:
    if sought.phone_number:
        return [sought.phone_number]
    if at_most <= 0:
        return []
    conversations = client.collection(*conversation_path(agent_id, "any")[:-1]).select(("phoneNumber",))
    found = await read_query(conversations.limit(at_most))
    return [number for each in found if isinstance(number := (each.to_dict() or {}).get("phoneNumber"), str)]


async def read_documents(client: Any, paths: Sequence[tuple[str, ...]]) -> list[Any]:
    """Those of these documents that are there; raises as the client does, and TimeoutError."""
    found: list[Any] = []
    for start in range(0, len(paths), _PAGE):
        references = [client.document(*path) for path in paths[start : start + _PAGE]]
        async with asyncio.timeout(TIMEOUT_SECONDS):
            read = client.get_all(references, timeout=TIMEOUT_SECONDS)
            found += [document async for document in read if document.exists]
    return found


def _describe(kind: str, document: Any) -> Subject:
    return Subject(kind, document.reference.path, document.to_dict() or {})
