"""`google.firestore.v1.Firestore` over gRPC. Any project and database exists, each apart from the others."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import grpc

from rbm_ops.emulators.firestore import messages
from rbm_ops.emulators.firestore.billing import billed
from rbm_ops.emulators.firestore.errors import CallRefused
from rbm_ops.emulators.firestore.listing import Lister
from rbm_ops.emulators.firestore.messages import Message
from rbm_ops.emulators.firestore.reading import DocumentReader
from rbm_ops.emulators.firestore.store import DocumentStore
from rbm_ops.emulators.firestore.transactions import Transactions
from rbm_ops.emulators.firestore.writing import DocumentWriter
from rbm_ops.emulators.meter import Meter
from rbm_ops.emulators.rpc import ServerStream, ServicerContext, ServiceTable, Unary


class FirestoreEmulator:
    """The service over one store; with a folder, whatever was acknowledged survives the process."""

    def __init__(self, folder: Path | None, meter: Meter) -> None:
        self._meter = meter
        self._store = DocumentStore(folder)
        transactions = Transactions()
        self._reader = DocumentReader(self._store, transactions)
        self._writer = DocumentWriter(self._store, transactions)
        self._lister = Lister(self._store)

    def handlers(self) -> list[grpc.GenericRpcHandler]:
        reader, writer, lister = self._reader, self._writer, self._lister
        unary, stream = partial(_unary, self._meter), partial(_stream, self._meter)
        methods: dict[str, Any] = {
            "BatchGetDocuments": stream(reader.batch_get_documents, messages.BatchGetDocumentsRequest),
            "BatchWrite": unary(writer.batch_write, messages.BatchWriteRequest),
            "BeginTransaction": unary(writer.begin_transaction, messages.BeginTransactionRequest),
            "Commit": unary(writer.commit, messages.CommitRequest),
            "CreateDocument": unary(writer.create_document, messages.CreateDocumentRequest),
            "DeleteDocument": unary(writer.delete_document, messages.DeleteDocumentRequest),
            "GetDocument": unary(reader.get_document, messages.GetDocumentRequest),
            "ListCollectionIds": unary(lister.list_collection_ids, messages.ListCollectionIdsRequest),
            "ListDocuments": unary(lister.list_documents, messages.ListDocumentsRequest),
            "Rollback": unary(writer.rollback, messages.RollbackRequest),
            "RunAggregationQuery": stream(reader.run_aggregation_query, messages.RunAggregationQueryRequest),
            "RunQuery": stream(reader.run_query, messages.RunQueryRequest),
            "UpdateDocument": unary(writer.update_document, messages.UpdateDocumentRequest),
        }
        return [ServiceTable("google.firestore.v1.Firestore", methods)]

    def close(self) -> None:
        self._store.close()


def _unary(meter: Meter, answer: Callable[[Message], Message], request: Message) -> Unary:
    answer_billed = billed(answer, request, meter)

    async def call(message: Message, context: ServicerContext) -> Message:
        try:
            return answer_billed(message)
        except CallRefused as refusal:
            return await context.abort(refusal.status, refusal.text)

    return Unary(call, request)


def _stream(meter: Meter, answer: Callable[[Message], list[Message]], request: Message) -> ServerStream:
    answer_billed = billed(answer, request, meter)

    async def call(message: Message, context: ServicerContext) -> AsyncIterator[Message]:
        try:
            answers = answer_billed(message)
        except CallRefused as refusal:
            await context.abort(refusal.status, refusal.text)
        for part in answers:
            yield part

    return ServerStream(call, request)
