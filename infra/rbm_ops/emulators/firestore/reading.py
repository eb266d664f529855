"""The calls that read documents. Each takes a request and gives the answer, or the answers of the stream."""

from collections.abc import Iterable
from functools import partial

import grpc

from rbm_ops.emulators.firestore.errors import CallRefused, invalid_argument, not_implemented
from rbm_ops.emulators.firestore.fields import mask_paths, project
from rbm_ops.emulators.firestore.messages import (
    AggregationResult,
    BatchGetDocumentsResponse,
    Document,
    Message,
    RunAggregationQueryResponse,
    RunQueryResponse,
)
from rbm_ops.emulators.firestore.paths import (
    FieldPath,
    check_database,
    check_document_name,
    check_same_database,
)
from rbm_ops.emulators.firestore.queries import QueryPlan, find_names, plan_query
from rbm_ops.emulators.firestore.store import DocumentStore
from rbm_ops.emulators.firestore.transactions import Transaction, Transactions


class DocumentReader:
    """GetDocument, BatchGetDocuments, RunQuery, RunAggregationQuery."""

    def __init__(self, store: DocumentStore, transactions: Transactions) -> None:
        self._store = store
        self._transactions = transactions

    def get_document(self, request: Message) -> Message:
        check_document_name(request.name)
        stored = self._read(request.name, self._join_transaction(request))
        if stored is None:
            raise CallRefused(grpc.StatusCode.NOT_FOUND, f'Document "{request.name}" not found.')
        return project(Document.FromString(stored), requested_paths(request))

    def batch_get_documents(self, request: Message) -> list[Message]:
        check_database(request.database)
        for name in request.documents:
            check_document_name(name)
            check_same_database(name, request.database)
        paths, read_time = requested_paths(request), self._store.clock.tick().committed
        transaction = self._join_transaction(request)
        answers = _announce(request, transaction, BatchGetDocumentsResponse)
        for name in dict.fromkeys(request.documents):
            stored = self._read(name, transaction)
            if stored is None:
                answers.append(BatchGetDocumentsResponse(missing=name, read_time=read_time))
            else:
                found = project(Document.FromString(stored), paths)
                answers.append(BatchGetDocumentsResponse(found=found, read_time=read_time))
        return answers

    def run_query(self, request: Message) -> list[Message]:
        plan = plan_query(request.parent, request.structured_query)
        transaction = self._join_transaction(request)
        read_time = self._store.clock.tick().committed
        answers = _announce(request, transaction, RunQueryResponse)
        for name in self._search(plan, transaction):
            document = project(Document.FromString(self._read(name, transaction)), plan.selects)
            answers.append(RunQueryResponse(document=document, read_time=read_time))
        if answers and answers[-1].HasField("document"):
            return answers
        return [*answers, RunQueryResponse(read_time=read_time, done=True)]

    def run_aggregation_query(self, request: Message) -> list[Message]:
        aggregation = request.structured_aggregation_query
        _check_aggregations(aggregation.aggregations)
        plan = plan_query(request.parent, aggregation.structured_query)
        transaction = self._join_transaction(request)
        found = len(self._search(plan, transaction))
        result = _count_result(aggregation.aggregations, found)
        read_time = self._store.clock.tick().committed
        answers = _announce(request, transaction, RunAggregationQueryResponse)
        return [*answers, RunAggregationQueryResponse(result=result, read_time=read_time)]

    def _join_transaction(self, request: Message) -> Transaction | None:
        selector = request.WhichOneof("consistency_selector")
        if selector == "read_time":
            raise not_implemented("reading the past (read_time)")
        if selector == "new_transaction":
            return self._transactions.begin(request.new_transaction)
        return self._transactions.find(request.transaction) if selector == "transaction" else None

    def _read(self, name: str, transaction: Transaction | None) -> bytes | None:
        stored = self._store.get(name)
        if transaction is not None:
            transaction.note_document(name, stored)
        return stored

    def _search(self, plan: QueryPlan, transaction: Transaction | None) -> list[str]:
        names = find_names(self._store, plan)
        if transaction is not None:
            transaction.note_search(partial(find_names, self._store, plan), names)
        return names


def requested_paths(request: Message) -> tuple[FieldPath, ...] | None:
    """The fields that a request's mask asks for; None: all of them."""
    return mask_paths(request.mask) if request.HasField("mask") else None


def _announce(request: Message, transaction: Transaction | None, answer: Message) -> list[Message]:
    """A transaction begun by this call is named in an answer of its own, before all others."""
    if transaction is None or not request.HasField("new_transaction"):
        return []
    return [answer(transaction=transaction.id)]


def _check_aggregations(aggregations: Iterable[Message]) -> None:
    if not aggregations:
        raise invalid_argument("Aggregations can not be empty.")
    if not all(part.HasField("count") for part in aggregations):
        raise not_implemented("aggregations other than count")
    aliases = [part.alias for part in aggregations if part.alias]
    if len(set(aliases)) < len(aliases):
        raise invalid_argument("Two aggregations have the same alias.")


def _count_result(aggregations: Iterable[Message], found: int) -> Message:
    result, unnamed = AggregationResult(), 0
    for part in aggregations:
        unnamed += not part.alias
        count = min(found, part.count.up_to.value) if part.count.HasField("up_to") else found
        result.aggregate_fields[part.alias or f"field_{unnamed}"].integer_value = count
    return result
