"""What the use cases need of the world, in memory: shaped like usecases/ports.py.

The contract suites in tests/functions/adapters hold these fakes and the adapters to the same tests.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rbm_ledger.domain.errors import Refused
from rbm_ledger.domain.ledger import DocumentPath, Merge, Record, fold
from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.domain.requests import SendRequest

_MAX_DOCUMENT_BYTES = 1 << 20


class InMemoryLedger:
    """Raises each of `failures` once, before it writes again. Instances may share `documents`."""

    def __init__(self, documents: dict[DocumentPath, dict[str, Any]] | None = None) -> None:
        self.documents = {} if documents is None else documents
        self.failures: list[Exception] = []
        self.reads: list[DocumentPath] = []

    async def merge(self, merge: Merge) -> None:
        if self.failures:
            raise self.failures.pop(0)
        folded = fold(self.documents.get(merge.document), merge)
        if len(repr(folded)) > _MAX_DOCUMENT_BYTES:
            raise Refused("The document is too large.")
        self.documents[merge.document] = folded

    async def read(self, document: DocumentPath) -> Record | None:
        self.reads.append(document)
        return self.documents.get(document)


@dataclass(frozen=True, slots=True)
class Published:
    data: bytes
    attributes: Mapping[str, str]


class RecordingPublisher:
    """Raises each of `failures` once, before it publishes again."""

    def __init__(self) -> None:
        self.messages: list[Published] = []
        self.failures: list[Exception] = []

    async def publish(self, data: bytes, attributes: Mapping[str, str]) -> str:
        if self.failures:
            raise self.failures.pop(0)
        if not data and not attributes:
            raise Refused("The message is empty.")
        self.messages.append(Published(data, dict(attributes)))
        return str(len(self.messages))


class ScriptedRbmApi:
    """Gives its answers in turn, and remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = deque(answers)
        self.created: list[SendRequest] = []
        self.deleted: list[SendRequest] = []

    async def create_agent_message(self, request: SendRequest) -> Answer:
        self.created.append(request)
        return self._answers.popleft()

    async def delete_agent_message(self, request: SendRequest) -> Answer:
        self.deleted.append(request)
        return self._answers.popleft()


class ScriptedTokens:
    """Client tokens in successive versions: a reload moves on to the next one."""

    def __init__(self, *versions: Mapping[str, Sequence[str]]) -> None:
        self._versions = deque(versions)
        self.reloads = 0

    def active(self, webhook: str) -> Sequence[str]:
        return self._versions[0].get(webhook, ())

    def reload(self) -> bool:
        self.reloads += 1
        if len(self._versions) == 1:
            return False
        self._versions.popleft()
        return True
