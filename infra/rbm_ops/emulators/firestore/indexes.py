"""Which documents of a collection hold which value in a field: found out when a query first asks, and kept.

Without it each query would read the whole collection, and the sweep of the messages asks again for each page.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set

from rbm_ops.emulators.firestore.fields import key_at
from rbm_ops.emulators.firestore.messages import Document
from rbm_ops.emulators.firestore.paths import FieldPath, collection_of
from rbm_ops.emulators.firestore.values import Key

_Names = defaultdict[Key, set[str]]


class EqualityIndexes:
    """Of the serialized documents that it was given; it is told of each change before that is made."""

    def __init__(self, documents: Mapping[str, bytes]) -> None:
        self._documents = documents
        self._indexes: defaultdict[str, dict[FieldPath, _Names]] = defaultdict(dict)

    def find(self, collection: str, names: Iterable[str], path: FieldPath, key: Key) -> Set[str]:
        """Those of the collection's `names` whose field is that."""
        if path not in self._indexes[collection]:
            index = self._indexes[collection][path] = defaultdict(set)
            for name in names:
                _add(index, name, path, self._documents[name])
        return self._indexes[collection][path].get(key, frozenset())

    def note(self, name: str, data: bytes | None) -> None:
        """That the document changes, or, for None, goes."""
        for path, index in self._indexes.get(collection_of(name), {}).items():
            for key in _keys(self._documents.get(name), path):
                index[key].discard(name)
            _add(index, name, path, data)


def _add(index: _Names, name: str, path: FieldPath, data: bytes | None) -> None:
    for key in _keys(data, path):
        index[key].add(name)


def _keys(data: bytes | None, path: FieldPath) -> Iterator[Key]:
    """One, or none without the document or the field."""
    key = None if data is None else key_at(Document.FromString(data), path)
    if key is not None:
        yield key
