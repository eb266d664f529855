"""The plain protobuf classes of google.firestore.v1: much faster than their proto-plus wrappers."""

from typing import Any

from google.protobuf import empty_pb2, timestamp_pb2

from rbm_ledger.adapters.message_types import load_message

Message = Any  # an instance of one of the classes below; they are made at run time and have no static types

_TYPES = "google.cloud.firestore_v1.types"
_CALLS = f"{_TYPES}.firestore"

ArrayValue = load_message(f"{_TYPES}.document", "ArrayValue")
Document = load_message(f"{_TYPES}.document", "Document")
DocumentMask = load_message(f"{_TYPES}.common", "DocumentMask")
Value = load_message(f"{_TYPES}.document", "Value")
Write = load_message(f"{_TYPES}.write", "Write")
WriteResult = load_message(f"{_TYPES}.write", "WriteResult")

Empty = empty_pb2.Empty
Timestamp = timestamp_pb2.Timestamp

AggregationResult = load_message(f"{_TYPES}.aggregation_result", "AggregationResult")
StructuredQuery = load_message(f"{_TYPES}.query", "StructuredQuery")

BatchGetDocumentsRequest = load_message(_CALLS, "BatchGetDocumentsRequest")
BatchGetDocumentsResponse = load_message(_CALLS, "BatchGetDocumentsResponse")
BatchWriteRequest = load_message(_CALLS, "BatchWriteRequest")
BatchWriteResponse = load_message(_CALLS, "BatchWriteResponse")
BeginTransactionRequest = load_message(_CALLS, "BeginTransactionRequest")
BeginTransactionResponse = load_message(_CALLS, "BeginTransactionResponse")
CommitRequest = load_message(_CALLS, "CommitRequest")
CommitResponse = load_message(_CALLS, "CommitResponse")
CreateDocumentRequest = load_message(_CALLS, "CreateDocumentRequest")
DeleteDocumentRequest = load_message(_CALLS, "DeleteDocumentRequest")
GetDocumentRequest = load_message(_CALLS, "GetDocumentRequest")
ListCollectionIdsRequest = load_message(_CALLS, "ListCollectionIdsRequest")
ListCollectionIdsResponse = load_message(_CALLS, "ListCollectionIdsResponse")
ListDocumentsRequest = load_message(_CALLS, "ListDocumentsRequest")
ListDocumentsResponse = load_message(_CALLS, "ListDocumentsResponse")
RollbackRequest = load_message(_CALLS, "RollbackRequest")
RunAggregationQueryRequest = load_message(_CALLS, "RunAggregationQueryRequest")
RunAggregationQueryResponse = load_message(_CALLS, "RunAggregationQueryResponse")
RunQueryRequest = load_message(_CALLS, "RunQueryRequest")
RunQueryResponse = load_message(_CALLS, "RunQueryResponse")
UpdateDocumentRequest = load_message(_CALLS, "UpdateDocumentRequest")
