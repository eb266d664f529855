"""The plain protobuf classes of google.firestore.v1: much faster than their proto-plus wrappers."""

from typing import Any

from google.cloud.firestore_v1 import types
from google.protobuf import empty_pb2, timestamp_pb2

Message = Any  # an instance of one of the classes below; they are made at run time and have no static types

ArrayValue = types.ArrayValue.pb()
Document = types.Document.pb()
DocumentMask = types.DocumentMask.pb()
Value = types.Value.pb()
Write = types.Write.pb()
WriteResult = types.WriteResult.pb()

Empty = empty_pb2.Empty
Timestamp = timestamp_pb2.Timestamp

AggregationResult = types.AggregationResult.pb()
StructuredQuery = types.StructuredQuery.pb()

BatchGetDocumentsRequest = types.BatchGetDocumentsRequest.pb()
BatchGetDocumentsResponse = types.BatchGetDocumentsResponse.pb()
BatchWriteRequest = types.BatchWriteRequest.pb()
BatchWriteResponse = types.BatchWriteResponse.pb()
BeginTransactionRequest = types.BeginTransactionRequest.pb()
BeginTransactionResponse = types.BeginTransactionResponse.pb()
CommitRequest = types.CommitRequest.pb()
CommitResponse = types.CommitResponse.pb()
CreateDocumentRequest = types.CreateDocumentRequest.pb()
DeleteDocumentRequest = types.DeleteDocumentRequest.pb()
GetDocumentRequest = types.GetDocumentRequest.pb()
ListCollectionIdsRequest = types.ListCollectionIdsRequest.pb()
ListCollectionIdsResponse = types.ListCollectionIdsResponse.pb()
ListDocumentsRequest = types.ListDocumentsRequest.pb()
ListDocumentsResponse = types.ListDocumentsResponse.pb()
RollbackRequest = types.RollbackRequest.pb()
RunAggregationQueryRequest = types.RunAggregationQueryRequest.pb()
RunAggregationQueryResponse = types.RunAggregationQueryResponse.pb()
RunQueryRequest = types.RunQueryRequest.pb()
RunQueryResponse = types.RunQueryResponse.pb()
UpdateDocumentRequest = types.UpdateDocumentRequest.pb()
