"""What the console reads out of Firestore. Emulators answer these queries without any index of ours.

Google's client takes as long to load as the rest of the console, so it is loaded when a page first asks.
"""

import asyncio
from collections.abc import Awaitable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from rbm_ledger.domain.ledger import DocumentPath, consent_path, conversation_path, message_path
from rbm_ledger.domain.policies import AgentPolicies
from rbm_ops.console.answers import Refusal
from rbm_ops.console.rows import conversation_rows, message_row, newest_first
from rbm_ops.console.statistics import describe_statistics
from rbm_ops.local.addresses import Addresses

if TYPE_CHECKING:
    from google.cloud import firestore

_TIMEOUT_SECONDS = 10.0
_MAX_CONVERSATIONS = 500
_MAX_QUARANTINED = 200
_STATISTICS_DOCUMENTS = 1000
_DESCENDING = "DESCENDING"  # as in firestore.Query

_Read = TypeVar("_Read")


class Ledger:
    """Every read raises Refusal or TimeoutError."""

    def __init__(self, addresses: Addresses, policies: AgentPolicies) -> None:
        self._addresses = addresses
        self._policies = policies

    @cached_property
    def _client(self) -> "firestore.AsyncClient":
        from rbm_ops.documents import connect_firestore

        return connect_firestore(self._addresses.project, self._addresses.firestore)

    async def list_messages(self, limit: int) -> list[dict[str, Any]]:
        """Rows of those that were written last."""
        return newest_first(map(message_row, await self._read_latest("messages", limit)))

    async def find_message(self, agent_id: str, message_id: str) -> dict[str, Any] | None:
        return await self._read_document(message_path(agent_id, message_id))

    async def list_conversations(self) -> list[dict[str, Any]]:
        conversations, consents = await asyncio.gather(
            self._read_latest("conversations", _MAX_CONVERSATIONS),
            self._read_latest("consents", _MAX_CONVERSATIONS),
        )
        return conversation_rows(conversations, consents, self._policies)

    async def find_conversation(self, agent_id: str, phone_number: str) -> dict[str, Any] | None:
        return await self._read_document(conversation_path(agent_id, phone_number))

    async def find_consent(self, agent_id: str, phone_number: str) -> dict[str, Any] | None:
        """The agent's own, or its brand's."""
        return await self._read_document(self._consent_path(agent_id, phone_number))

    async def list_evidence(self, agent_id: str, phone_number: str) -> list[dict[str, Any]]:
        """What was said of consent, the latest first."""
        collection = self._client.collection(*self._consent_path(agent_id, phone_number), "evidence")
        latest = collection.order_by("atMs", direction=_DESCENDING)
        return await self._read_query(latest.limit(_MAX_CONVERSATIONS))

    async def list_user_messages(self, agent_id: str, phone_number: str) -> list[dict[str, Any]]:
        """What the user sent, the latest first."""
        path = (*conversation_path(agent_id, phone_number), "userMessages")
        return await self._read_query(_latest(self._client.collection(*path), _MAX_CONVERSATIONS))

    async def list_quarantine(self) -> list[dict[str, Any]]:
        """With the id of each document."""
        query = _latest(self._client.collection("quarantine"), _MAX_QUARANTINED)
        found = await _limited(query.get(timeout=_TIMEOUT_SECONDS))
        return [{"id": document.id, **(document.to_dict() or {})} for document in found]

    async def read_statistics(self) -> dict[str, Any]:
        messages, user_messages = await asyncio.gather(
            self._read_latest("messages", _STATISTICS_DOCUMENTS),
            self._read_latest("userMessages", _STATISTICS_DOCUMENTS),
        )
        return describe_statistics(messages, user_messages)

    def _consent_path(self, agent_id: str, phone_number: str) -> DocumentPath:
        return consent_path(agent_id, self._policies.brand_of(agent_id), phone_number)

    async def _read_latest(self, collection: str, limit: int) -> list[dict[str, Any]]:
        """Of all agents; `updatedTime` is on every document."""
        return await self._read_query(_latest(self._client.collection_group(collection), limit))

    async def _read_query(self, query: Any) -> list[dict[str, Any]]:
        found = await _limited(query.get(timeout=_TIMEOUT_SECONDS))
        return [document.to_dict() or {} for document in found]

    async def _read_document(self, path: DocumentPath) -> dict[str, Any] | None:
        found = await _limited(self._client.document(*path).get(timeout=_TIMEOUT_SECONDS))
        record: dict[str, Any] | None = found.to_dict()
        return record


def _latest(collection: Any, limit: int) -> Any:
    return collection.order_by("updatedTime", direction=_DESCENDING).limit(limit)


async def _limited(read: Awaitable[_Read]) -> _Read:
    """The client's own repeats go on for minutes."""
    from google.api_core.exceptions import GoogleAPICallError, RetryError

    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            return await read
    except GoogleAPICallError as error:
        raise Refusal(502, f"The emulator refused: {error}") from error
    except RetryError as error:
        raise Refusal(504, f"The emulator can't be reached: {error}") from error
