"""What the emulators have counted: calls, billed operations, how often one document was written."""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_FIRESTORE = "/google.firestore.v1.Firestore/"
_PUBLISH = "/google.pubsub.v1.Publisher/Publish"
# Enough for whoever asks about documents of a moment ago; an emulator may see millions.
_REMEMBERED_DOCUMENTS = 10_000


@dataclass(frozen=True, slots=True)
class Counts:
    """Since the last reset. `calls` by full method name, `writes` by the document names that were asked for.

    `most_writes` is the number of writes to the document that took the most.
    """

    calls: Mapping[str, int]
    documents_read: int
    documents_written: int
    documents_deleted: int
    most_writes: int
    writes: Mapping[str, int]
    messages_published: int
    pushes: int

    @property
    def operations(self) -> int:
        """All that Firestore bills by the piece."""
        return self.documents_read + self.documents_written + self.documents_deleted

    @property
    def firestore_calls(self) -> int:
        return sum(count for method, count in self.calls.items() if method.startswith(_FIRESTORE))

    @property
    def batch_writes(self) -> int:
        return self.calls.get(f"{_FIRESTORE}BatchWrite", 0)

    @property
    def publish_calls(self) -> int:
        return self.calls.get(_PUBLISH, 0)


class Meter:
    """Fed by the services of one process, which have one thread. Its memory is bounded."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._calls: Counter[str] = Counter()
        self._writes: OrderedDict[str, int] = OrderedDict()  # of the documents written last
        self._documents_read = self._documents_written = self._documents_deleted = self._most_writes = 0
        self._messages_published = self._pushes = 0

    def note_call(self, method: str) -> None:
        self._calls[method] += 1

    def note_reads(self, documents: int) -> None:
        self._documents_read += documents

    def note_write(self, document: str) -> None:
        self._documents_written += 1
        count = self._writes.get(document, 0) + 1
        self._writes[document] = count
        self._writes.move_to_end(document)
        self._most_writes = max(self._most_writes, count)
        if len(self._writes) > _REMEMBERED_DOCUMENTS:
            self._writes.popitem(last=False)

    def note_delete(self) -> None:
        self._documents_deleted += 1

    def note_publish(self, messages: int) -> None:
        self._messages_published += messages

    def note_push(self) -> None:
        self._pushes += 1

    def read(self, documents: Iterable[str] = ()) -> Counts:
        """`documents`: the full names of those whose writes are asked for."""
        return Counts(
            calls=dict(self._calls),
            documents_read=self._documents_read,
            documents_written=self._documents_written,
            documents_deleted=self._documents_deleted,
            most_writes=self._most_writes,
            writes={name: self._writes.get(name, 0) for name in documents},
            messages_published=self._messages_published,
            pushes=self._pushes,
        )
