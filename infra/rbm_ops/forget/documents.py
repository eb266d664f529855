"""Where documents say something of a phone number, page by page.

    agents/{agent}/messages          phoneNumber is its; or its user tapped on what nobody has recorded
    agents/{agent}/conversations/{number}, and userMessages below it
    agents/{agent}/capabilities/{number}
    agents/{agent} and brands/{brand}: consents/{number}, and evidence below it
    quarantine, spill                raw is to or of it: each has to be read, no index tells

No query needs an index of its own: within one collection every field that is not exempt has one.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from rbm_ledger.domain.identifiers import make_document_id
from rbm_ledger.domain.ledger import DocumentPath, Record
from rbm_ops.forget.naming import Naming
from rbm_ops.rebuild.pages import PAGE_SIZE, list_owners, read_pages

RAW_COLLECTIONS = ("quarantine", "spill")
CONSENT_KINDS = ("consents", "evidence")
KINDS = ("messages", "userMessages", "conversations", "capabilities", *CONSENT_KINDS, *RAW_COLLECTIONS)
_TIMEOUT_SECONDS = 30.0
# Each may have most of a megabyte.
_RAW_PAGE_SIZE = 30

Named = tuple[DocumentPath, Record]


@dataclass(frozen=True, slots=True)
class Found:
    """Documents of one of the KINDS."""

    kind: str
    documents: Sequence[Named]


@dataclass(frozen=True, slots=True)
class Documents:
    """Raises as the client does. `note` is told how many documents were read."""

    client: Any
    naming: Naming
    note: Callable[[int], None]

    async def find(self) -> AsyncIterator[Found]:
        agents = await list_owners(self.client, "agents")
        for agent in agents:
            async for found in self._find_of_agent(agent):
                yield found
        for owner in [*agents, *await list_owners(self.client, "brands")]:
            async for found in self._find_with_children(owner, "consents", "evidence"):
                yield found
        for collection in RAW_COLLECTIONS:
            async for page in self._read((collection,), page_size=_RAW_PAGE_SIZE):
                yield Found(collection, [each for each in page if self._is_named(each[1])])

    async def delete(self, documents: Sequence[DocumentPath]) -> None:
        """All of a page, or none."""
        batch = self.client.batch()
        for path in documents:
            batch.delete(self.client.document(*path))
        await batch.commit(timeout=_TIMEOUT_SECONDS)

    async def _find_of_agent(self, agent: DocumentPath) -> AsyncIterator[Found]:
        is_its = FieldFilter("phoneNumber", "==", self.naming.phone_number)
        async for page in self._read((*agent, "messages"), is_its):
            yield Found("messages", page)
        async for found in self._find_with_children(agent, "conversations", "userMessages"):
            if found.kind == "userMessages":  # what they lead to comes first: afterwards nothing would
                yield Found("messages", await self._find_tapped(agent, found.documents))
            yield found
        yield Found("capabilities", await self._get((*agent, "capabilities", self._id)))

    async def _find_with_children(
        self, owner: DocumentPath, collection: str, below: str
    ) -> AsyncIterator[Found]:
        """What is below a document stays when that is deleted, so it comes first."""
        document = (*owner, collection, self._id)
        async for page in self._read((*document, below)):
            yield Found(below, page)
        yield Found(collection, await self._get(document))

    async def _find_tapped(self, agent: DocumentPath, user_messages: Sequence[Named]) -> list[Named]:
        """Messages that only a tap tells of: they hold what the user tapped, and no number."""
        named = (record.get("repliesTo") for _, record in user_messages)
        tapped = {message_id for message_id in named if isinstance(message_id, str)}
        found = [
            each
            for message_id in sorted(tapped)
            for each in await self._get((*agent, "messages", make_document_id(message_id)))
        ]
        return [(path, record) for path, record in found if "phoneNumber" not in record]

    async def _read(
        self, collection: DocumentPath, *filters: Any, page_size: int = PAGE_SIZE
    ) -> AsyncIterator[Sequence[Named]]:
        async for page in read_pages(self.client, collection, page_size, filters):
            self.note(len(page))
            yield page

    async def _get(self, document: DocumentPath) -> list[Named]:
        found = await self.client.document(*document).get(timeout=_TIMEOUT_SECONDS)
        self.note(1)
        return [(document, found.to_dict() or {})] if found.exists else []

    def _is_named(self, record: Record) -> bool:
        raw = record.get("raw")
        return isinstance(raw, bytes) and self.naming.is_in(raw)

    @property
    def _id(self) -> str:
        return make_document_id(self.naming.phone_number)
