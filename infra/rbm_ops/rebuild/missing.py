"""What a merge says that a document does not: the document was never told, or forgot. Pure."""

from collections.abc import Iterator
from typing import Any

from rbm_ledger.domain.ledger import FieldPath, Merge, Record, fold
from rbm_ops.rebuild.differences import Difference

# When the sweep looks, and by which number a content is told from others: no facts, alone no difference.
_MARKS = frozenset({"sweep", "idClaims"})


def find_missing(record: Record | None, merge: Merge, why: str) -> Iterator[Difference]:
    """Each carries the whole merge: all of it was written together, and is mended together."""
    if record is None:
        yield Difference(merge.document, "", None, _describe(merge), f"{why}: no such document", merge, True)
        return
    folded = fold(record, Merge(merge.document, {}, merge.maxima, merge.unions, merge.minima))
    for path in (*merge.maxima, *merge.minima):
        stored, rebuilt = _get(record, path), _get(folded, path)
        # A rank that leads nowhere is written with every event.
        if path[0] not in _MARKS and stored != rebuilt and not (stored is None and rebuilt == 0):
            yield Difference(merge.document, ".".join(path), stored, rebuilt, why, merge)
    for path in merge.unions:
        stored, rebuilt = _get(record, path), _get(folded, path)
        held = stored if isinstance(stored, list) else []
        for element in rebuilt[len(held) :]:
            yield Difference(merge.document, ".".join(path), None, element, why, merge)


def _describe(merge: Merge) -> dict[str, Any]:
    """What is not there, as far as it is no text of a user's."""
    said = {**merge.maxima, **merge.minima, **merge.unions}
    return {".".join(path): value for path, value in said.items() if path[0] not in _MARKS}


def _get(record: Record, path: FieldPath) -> Any:
    value: Any = record
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
