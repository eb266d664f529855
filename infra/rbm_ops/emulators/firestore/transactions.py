"""Optimistic transactions: what was read is remembered, and compared when the transaction commits.

Production locks instead (pessimistic by default); either way the loser hears ABORTED and tries again.
"""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import grpc

from rbm_ops.emulators.firestore.errors import CallRefused, invalid_argument, not_implemented
from rbm_ops.emulators.firestore.messages import Message
from rbm_ops.emulators.firestore.store import DocumentStore

MAX_AGE_SECONDS = 270  # cloud.google.com/firestore/quotas, read 2026-11


@dataclass(slots=True)
class Transaction:
    """What a transaction has seen so far."""

    id: bytes
    read_only: bool
    begun_seconds: float
    documents: dict[str, bytes | None] = field(default_factory=dict)
    searches: list[tuple[Callable[[], list[str]], list[str]]] = field(default_factory=list)

    def note_document(self, name: str, stored: bytes | None) -> None:
        self.documents.setdefault(name, stored)

    def note_search(self, search: Callable[[], list[str]], names: list[str]) -> None:
        """A search is run again at commit: documents may have come into its range."""
        self.searches.append((search, names))

    def check_unchanged(self, store: DocumentStore) -> None:
        changed = any(store.get(name) != seen for name, seen in self.documents.items())
        if changed or any(search() != names for search, names in self.searches):
            raise CallRefused(
                grpc.StatusCode.ABORTED, "Too much contention on these documents. Please try again."
            )


class Transactions:
    """The open transactions. Abandoned ones are forgotten when they have expired."""

    def __init__(self) -> None:
        self._open: dict[bytes, Transaction] = {}
        # Ids of an earlier process must not be taken for ours.
        self._ids = itertools.count(time.time_ns())

    def begin(self, options: Message) -> Transaction:
        if options.read_only.HasField("read_time"):
            raise not_implemented("transactions in the past (read_time)")
        self._forget_expired()
        transaction = Transaction(
            id=next(self._ids).to_bytes(8, "big"),
            read_only=options.HasField("read_only"),
            begun_seconds=time.monotonic(),
        )
        self._open[transaction.id] = transaction
        return transaction

    def find(self, identifier: bytes) -> Transaction:
        self._forget_expired()
        if identifier not in self._open:
            raise invalid_argument("The referenced transaction has expired or is no longer valid.")
        return self._open[identifier]

    def close(self, identifier: bytes) -> None:
        self._open.pop(identifier, None)

    def _forget_expired(self) -> None:
        earliest = time.monotonic() - MAX_AGE_SECONDS
        for transaction in list(
            itertools.takewhile(lambda t: t.begun_seconds < earliest, self._open.values())
        ):
            del self._open[transaction.id]
