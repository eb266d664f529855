"""What each call costs, in documents read, written and deleted.

Source: cloud.google.com/firestore/pricing, read 2026-11. A document that is not there and a query that finds
nothing are one read each; a count reads one for each 1,000 index entries. A write that is refused is not
counted, one that changes nothing is.
"""

from collections.abc import Callable
from typing import Any

import grpc

from rbm_ops.emulators.firestore import messages
from rbm_ops.emulators.firestore.errors import CallRefused
from rbm_ops.emulators.firestore.messages import Message
from rbm_ops.emulators.meter import Meter

_ENTRIES_PER_READ = 1000

Bill = Callable[[Meter, Message, Any], None]  # of a request and its answer (of a stream: the list)


def billed(answer: Callable[[Message], Any], request: Message, meter: Meter) -> Callable[[Message], Any]:
    """The same call, counted once it is answered; `request` is the class of its requests."""
    bill = _BILLS.get(request)
    if bill is None:
        return answer

    def answer_billed(message: Message) -> Any:
        try:
            answered = answer(message)
        except CallRefused as refusal:
            if request is messages.GetDocumentRequest and refusal.status is grpc.StatusCode.NOT_FOUND:
                meter.note_reads(1)
            raise
        bill(meter, message, answered)
        return answered

    return answer_billed


def _bill_get(meter: Meter, _request: Message, _document: Message) -> None:
    meter.note_reads(1)


def _bill_batch_get(meter: Meter, request: Message, _answers: list[Message]) -> None:
    meter.note_reads(len(set(request.documents)))


def _bill_list(meter: Meter, _request: Message, answer: Message) -> None:
    meter.note_reads(max(1, len(answer.documents)))


def _bill_collection_ids(meter: Meter, _request: Message, _answer: Message) -> None:
    meter.note_reads(1)


def _bill_query(meter: Meter, request: Message, answers: list[Message]) -> None:
    """What an offset passes over is read too."""
    found = sum(answer.HasField("document") for answer in answers)
    meter.note_reads(max(1, found + request.structured_query.offset if found else 0))


def _bill_aggregation(meter: Meter, _request: Message, answers: list[Message]) -> None:
    counts = answers[-1].result.aggregate_fields.values()
    entries = max(count.integer_value for count in counts)
    meter.note_reads(max(1, -(-entries // _ENTRIES_PER_READ)))


def _bill_commit(meter: Meter, request: Message, _answer: Message) -> None:
    for write in request.writes:
        _note_write(meter, write)


def _bill_batch_write(meter: Meter, request: Message, answer: Message) -> None:
    for write, status in zip(request.writes, answer.status, strict=True):
        if not status.code:
            _note_write(meter, write)


def _note_write(meter: Meter, write: Message) -> None:
    if write.HasField("delete"):
        meter.note_delete()
    else:
        meter.note_write(write.update.name or write.transform.document)


def _bill_stored(meter: Meter, _request: Message, document: Message) -> None:
    meter.note_write(document.name)


def _bill_delete(meter: Meter, _request: Message, _answer: Message) -> None:
    meter.note_delete()


_BILLS: dict[Message, Bill] = {
    messages.BatchGetDocumentsRequest: _bill_batch_get,
    messages.BatchWriteRequest: _bill_batch_write,
    messages.CommitRequest: _bill_commit,
    messages.CreateDocumentRequest: _bill_stored,
    messages.DeleteDocumentRequest: _bill_delete,
    messages.GetDocumentRequest: _bill_get,
    messages.ListCollectionIdsRequest: _bill_collection_ids,
    messages.ListDocumentsRequest: _bill_list,
    messages.RunAggregationQueryRequest: _bill_aggregation,
    messages.RunQueryRequest: _bill_query,
    messages.UpdateDocumentRequest: _bill_stored,
}
