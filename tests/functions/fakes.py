"""What the use cases need of the world, in memory: shaped like usecases/ports.py.

The contract suites in tests/functions/adapters hold these fakes and the adapters to the same tests.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.schemas import check_update, is_update
from tests.support.storage_size import MAX_DOCUMENT_BYTES, document_bytes

from rbm_ledger.domain.errors import NotConfirmed, Refused
from rbm_ledger.domain.ledger import DocumentPath, FieldPath, Merge, Query, Reached, Record, fold
from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.domain.platform_calls import PlatformCall


class InMemoryLedger:
    """Raises each of `failures` once, before it writes again. Instances may share `documents`."""

    def __init__(self, documents: dict[DocumentPath, dict[str, Any]] | None = None) -> None:
        self.documents = {} if documents is None else documents
        self.failures: list[Exception] = []
        self.reads: list[DocumentPath] = []
        self.unreadable: set[DocumentPath] = set()

    async def merge(self, merge: Merge) -> Reached:
        if self.failures:
            raise self.failures.pop(0)
        folded = fold(self.documents.get(merge.document), merge)
        if document_bytes(merge.document, folded) > MAX_DOCUMENT_BYTES:
            raise Refused("The document is too large.")
        self.documents[merge.document] = folded
        return {path: _member(folded, path) for path in (*merge.maxima, *merge.minima)}

    async def read(self, document: DocumentPath) -> Record | None:
        self.reads.append(document)
        if document in self.unreadable:
            raise NotConfirmed("The document can't be read now.")
        return self.documents.get(document)

    async def find(self, query: Query) -> Sequence[Record]:
        found = [
            record for document, record in sorted(self.documents.items()) if _answers(query, document, record)
        ]
        in_order = sorted(found, key=lambda record: _member(record, query.bound))
        return in_order[query.offset : query.offset + query.limit]


def _answers(query: Query, document: DocumentPath, record: Record) -> bool:
    bound = _member(record, query.bound)
    return (
        document[-2] == query.collection
        and (query.parent is None or document[:-2] == query.parent)
        and all(_member(record, path) == value for path, value in query.equals.items())
        and isinstance(bound, int)
        and (query.at_least is None or bound >= query.at_least)
        and (query.at_most is None or bound <= query.at_most)
    )


def _member(record: Record, path: FieldPath) -> Any:
    value: Any = record
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


@dataclass(frozen=True, slots=True)
class Published:
    data: bytes
    attributes: Mapping[str, str]


class RecordingPublisher:
    """Raises each of `failures` once, before it publishes again. An update has to keep to its schema."""

    def __init__(self) -> None:
        self.messages: list[Published] = []
        self.failures: list[Exception] = []

    async def publish(self, data: bytes, attributes: Mapping[str, str]) -> str:
        if self.failures:
            raise self.failures.pop(0)
        if not data and not attributes:
            raise Refused("The message is empty.")
        if is_update(attributes):
            check_update(data, attributes)
        self.messages.append(Published(data, dict(attributes)))
        return str(len(self.messages))


class ScriptedRbmApi:
    """Gives its answers in turn, and remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = deque(answers)
        self.calls: list[PlatformCall] = []

    async def call(self, call: PlatformCall) -> Answer:
        self.calls.append(call)
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
