"""The documents: serialized, by name, with indexes by collection and by collection id; on disk if asked.

Serialized they take a fraction of the memory of parsed ones, and a version is told from another by comparing
bytes (each holds its update_time).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rbm_ops.emulators.durable import DurableTable
from rbm_ops.emulators.firestore.clock import CommitClock
from rbm_ops.emulators.firestore.indexes import EqualityIndexes
from rbm_ops.emulators.firestore.paths import FieldPath, collection_of, last_segment, root_of
from rbm_ops.emulators.firestore.values import Key


class DocumentStore:
    """Every method is synchronous and the server has one thread, so each call sees and leaves one state."""

    def __init__(self, folder: Path | None) -> None:
        self._table = DurableTable(folder, "firestore.sqlite", "documents")
        self._documents = self._table.load()
        self._collections: dict[str, set[str]] = {}  # documents/a/1/b → names of the documents in it
        self._groups: defaultdict[tuple[str, str], set[str]] = defaultdict(set)  # (root, b) → collections
        self._equal = EqualityIndexes(self._documents)
        self.clock = CommitClock()
        for name in self._documents:
            self._index(name)

    def close(self) -> None:
        self._table.close()

    def get(self, name: str) -> bytes | None:
        return self._documents.get(name)

    def save(self, changes: Mapping[str, bytes | None]) -> None:
        """Write (or, for None, delete) documents: on disk first, so that a failure changes nothing."""
        written = {
            name: data
            for name, data in changes.items()
            if data is not None and data != self._documents.get(name)
        }
        deleted = [name for name, data in changes.items() if data is None and name in self._documents]
        if not written and not deleted:
            return
        self._table.save(written, deleted)
        for name, data in written.items():
            self._equal.note(name, data)
            if name not in self._documents:
                self._index(name)
            self._documents[name] = data
        for name in deleted:
            self._equal.note(name, None)
            del self._documents[name]
            self._unindex(name)

    def names_in(self, collection: str) -> Iterable[str]:
        return self._collections.get(collection, ())

    def names_with(self, collection: str, path: FieldPath, key: Key) -> Iterable[str]:
        """Of the documents in the collection, those whose field at `path` is that."""
        return self._equal.find(collection, self.names_in(collection), path, key)

    def collections_named(self, root: str, collection_id: str) -> Iterable[str]:
        return self._groups.get((root, collection_id), ())

    def collections_below(self, path: str) -> Iterator[str]:
        """All collections anywhere under a document, a collection or a root."""
        prefix = path + "/"
        return (collection for collection in self._collections if collection.startswith(prefix))

    def _index(self, name: str) -> None:
        collection = collection_of(name)
        if collection not in self._collections:
            self._collections[collection] = set()
            self._groups[root_of(name), last_segment(collection)].add(collection)
        self._collections[collection].add(name)

    def _unindex(self, name: str) -> None:
        collection = collection_of(name)
        self._collections[collection].discard(name)
        if not self._collections[collection]:
            del self._collections[collection]
            self._groups[root_of(name), last_segment(collection)].discard(collection)
