"""What Firestore takes, in the words of the tests."""

from datetime import datetime

from tests.support.storage_size import MAX_DOCUMENT_BYTES, document_bytes

from rbm_ledger.domain.ledger import Merge, fold


def fits_firestore(value: object, levels: int = 20) -> bool:
    """cloud.google.com/firestore/quotas, read 2026-11, in this test's own words."""
    if isinstance(value, str):
        return not any(0xD800 <= ord(character) < 0xE000 for character in value)
    if isinstance(value, int):
        return value.bit_length() < 64
    if isinstance(value, list | tuple):
        return levels > 0 and all(
            not isinstance(item, list) and fits_firestore(item, levels - 1) for item in value
        )
    if isinstance(value, dict):
        names = all(fits_name(name) for name in value)
        return levels > 0 and names and all(fits_firestore(member, levels - 1) for member in value.values())
    return value is None or isinstance(value, bool | float | bytes | datetime)


def fits_name(name: str) -> bool:
    reserved = len(name) > 3 and name.startswith("__") and name.endswith("__")
    return fits_firestore(name) and not reserved and 0 < len(name.encode()) <= 1500


def assert_writable(merge: Merge) -> None:
    assert len(merge.document) % 2 == 0
    assert all(fits_name(name) and "/" not in name and name not in (".", "..") for name in merge.document)
    for operation in (merge.values, merge.maxima, merge.minima, merge.unions):
        assert all(fits_name(name) for path in operation for name in path)
        assert all(fits_firestore(value) for value in operation.values())
    assert document_bytes(merge.document, fold(None, merge)) <= MAX_DOCUMENT_BYTES
