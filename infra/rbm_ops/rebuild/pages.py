"""All documents, page by page in the order of their names: no more than a page is in memory.

Each collection is read by itself, as its owner's: names are always indexed.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from google.cloud.firestore_v1.field_path import FieldPath

from rbm_ledger.domain.identifiers import make_document_id
from rbm_ledger.domain.ledger import DocumentPath, Record, agent_path

PAGE_SIZE = 300
_TIMEOUT_SECONDS = 30.0

Page = Sequence[tuple[DocumentPath, Record]]


async def list_owners(client: Any, collection: str, name: str | None = None) -> list[DocumentPath]:
    """Of `agents` or `brands`, those with anything below them, whether they have a document or not."""
    if name is not None:
        return [(collection, make_document_id(name))]
    return [
        (collection, reference.id)
        async for reference in client.collection(collection).list_documents(timeout=_TIMEOUT_SECONDS)
    ]


async def read_pages(
    client: Any, collection: DocumentPath, page_size: int = PAGE_SIZE, filters: Sequence[Any] = ()
) -> AsyncIterator[Page]:
    """None at all of an empty collection. Raises as the client does."""
    query = client.collection(*collection)
    for each in filters:
        query = query.where(filter=each)
    query = query.order_by(FieldPath.document_id()).limit(page_size)
    last = None
    while True:
        found = await (query.start_after(last) if last else query).get(timeout=_TIMEOUT_SECONDS)
        if found:
            yield [(tuple(each.reference.path.split("/")), each.to_dict() or {}) for each in found]
        if len(found) < page_size:
            return
        last = found[-1]


async def list_page_names(
    client: Any, collection: DocumentPath, page_size: int = PAGE_SIZE
) -> AsyncIterator[list[DocumentPath]]:
    """Also of documents that are not there themselves, but have something below them."""
    names: list[DocumentPath] = []
    listed = client.collection(*collection).list_documents(page_size=page_size, timeout=_TIMEOUT_SECONDS)
    async for reference in listed:
        names.append(tuple(reference.path.split("/")))
        if len(names) == page_size:
            yield names
            names = []
    if names:
        yield names


async def find_messages(client: Any, message_id: str, agent_id: str | None) -> Page:
    """Those of this id: of one agent, else of whichever."""
    if agent_id is not None:
        path = (*agent_path(agent_id), "messages", make_document_id(message_id))
        found = await client.document(*path).get(timeout=_TIMEOUT_SECONDS)
        return [(path, found.to_dict() or {})] if found.exists else []
    owners = await list_owners(client, "agents")
    pages = [await find_messages(client, message_id, name) for _, name in owners]
    return [each for page in pages for each in page]
