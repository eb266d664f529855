"""The calls that write, and those that begin and end transactions. On disk first, then the answer."""

import secrets
import string

from rbm_ops.emulators.firestore.errors import CallRefused, invalid_argument
from rbm_ops.emulators.firestore.fields import project
from rbm_ops.emulators.firestore.messages import (
    BatchWriteResponse,
    BeginTransactionResponse,
    CommitResponse,
    Document,
    Empty,
    Message,
    Write,
    WriteResult,
)
from rbm_ops.emulators.firestore.paths import check_collection_id, check_database, check_parent, root_of
from rbm_ops.emulators.firestore.reading import requested_paths
from rbm_ops.emulators.firestore.store import DocumentStore
from rbm_ops.emulators.firestore.transactions import Transactions
from rbm_ops.emulators.firestore.writes import apply_write, check_write, document_name

MAX_BATCH_WRITES = 500
_ID_LETTERS = string.ascii_letters + string.digits


class DocumentWriter:
    """Commit, BatchWrite, Create-, Update-, DeleteDocument, BeginTransaction, Rollback."""

    def __init__(self, store: DocumentStore, transactions: Transactions) -> None:
        self._store = store
        self._transactions = transactions

    def commit(self, request: Message) -> Message:
        """All writes or none."""
        check_database(request.database)
        writes = [check_write(write, request.database) for write in request.writes]
        if request.transaction:
            self._end_transaction(request.transaction, writes)
        return self._commit(writes)

    def batch_write(self, request: Message) -> Message:
        """Each write by itself, with a status of its own."""
        check_database(request.database)
        writes = [check_write(write, request.database) for write in request.writes]
        _check_batch(writes)
        answer = BatchWriteResponse()
        changes: dict[str, bytes | None] = {}
        for write in writes:
            name, status = document_name(write), answer.status.add()
            try:
                outcome = apply_write(write, self._store.get(name), self._store.clock.tick())
            except CallRefused as refusal:
                status.code, status.message = refusal.status.value[0], refusal.text
                answer.write_results.append(WriteResult())
                continue
            changes[name] = outcome.stored
            answer.write_results.append(outcome.result)
        self._store.save(changes)
        return answer

    def create_document(self, request: Message) -> Message:
        check_parent(request.parent)
        check_collection_id(request.collection_id)
        if request.document.name:
            raise invalid_argument(
                "The name of a new document is made of parent, collection and document id."
            )
        identifier = request.document_id or "".join(secrets.choice(_ID_LETTERS) for _ in range(20))
        name = f"{request.parent}/{request.collection_id}/{identifier}"
        write = Write(update=Document(name=name, fields=request.document.fields))
        write.current_document.exists = False
        return self._write_one(write, request)

    def update_document(self, request: Message) -> Message:
        write = Write(update=request.document)
        for part in ("update_mask", "current_document"):
            if request.HasField(part):
                getattr(write, part).CopyFrom(getattr(request, part))
        return self._write_one(write, request)

    def delete_document(self, request: Message) -> Message:
        write = Write(delete=request.name, current_document=request.current_document)
        self._commit([check_write(write, _database_of(request.name))])
        return Empty()

    def begin_transaction(self, request: Message) -> Message:
        check_database(request.database)
        return BeginTransactionResponse(transaction=self._transactions.begin(request.options).id)

    def rollback(self, request: Message) -> Message:
        self._transactions.close(request.transaction)
        return Empty()

    def _commit(self, writes: list[Message]) -> Message:
        time = self._store.clock.tick()
        answer = CommitResponse(commit_time=time.committed)
        changes: dict[str, bytes | None] = {}
        for write in writes:
            name = document_name(write)
            stored = changes[name] if name in changes else self._store.get(name)
            outcome = apply_write(write, stored, time)
            changes[name] = outcome.stored
            answer.write_results.append(outcome.result)
        self._store.save(changes)
        return answer

    def _end_transaction(self, identifier: bytes, writes: list[Message]) -> None:
        transaction = self._transactions.find(identifier)
        if transaction.read_only and writes:
            raise invalid_argument("Cannot write in a read-only transaction.")
        self._transactions.close(identifier)
        transaction.check_unchanged(self._store)

    def _write_one(self, write: Message, request: Message) -> Message:
        name, paths = document_name(write), requested_paths(request)
        self._commit([check_write(write, _database_of(name))])
        return project(Document.FromString(self._store.get(name)), paths)


def _database_of(name: str) -> str:
    return root_of(name).removesuffix("/documents")


def _check_batch(writes: list[Message]) -> None:
    if len(writes) > MAX_BATCH_WRITES:
        raise invalid_argument(f"A batch has more than {MAX_BATCH_WRITES} writes.")
    if len({document_name(write) for write in writes}) < len(writes):
        raise invalid_argument("The same document cannot be written more than once in a single request.")
