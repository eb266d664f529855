"""The documents in Firestore: blind merges and reads, in groups; and queries.

Limits: cloud.google.com/firestore/quotas and the reference of BatchWrite, read 2026-11: 500 writes and 10 MiB
per request, one write per document.
"""

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import grpc

from rbm_ledger.adapters.channels import open_channel
from rbm_ledger.adapters.firestore_queries import RunQueryRequest, RunQueryResponse, encode_query
from rbm_ledger.adapters.firestore_values import decode_fields, decode_reached, encode_merge
from rbm_ledger.adapters.group_commit import GroupCommit, Limits
from rbm_ledger.adapters.grpc_calls import Metadata, call_service, translate_code
from rbm_ledger.adapters.message_types import load_message
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.ledger import DocumentPath, Merge, Query, Reached, Record, combine

_WRITE_LIMITS = Limits(max_items=500, max_bytes=8_000_000)
_READ_LIMITS = Limits(max_items=100, max_bytes=1_000_000)

_ADDRESS = "firestore.googleapis.com:443"
_TYPES = "google.cloud.firestore_v1.types.firestore"
_BatchWriteRequest = load_message(_TYPES, "BatchWriteRequest")
_BatchWriteResponse = load_message(_TYPES, "BatchWriteResponse")
_NO_RESULT = load_message("google.cloud.firestore_v1.types.write", "WriteResult")()
_BatchGetRequest = load_message(_TYPES, "BatchGetDocumentsRequest")
_BatchGetResponse = load_message(_TYPES, "BatchGetDocumentsResponse")

_CODES = {code.value[0]: code for code in grpc.StatusCode}


class FirestoreLedger:
    """Connects on the first call, inside the running event loop."""

    def __init__(self, *, project: str, database: str, emulator_host: str, timeout_seconds: float) -> None:
        self._database = f"projects/{project}/databases/{database}"
        self._emulator_host = emulator_host
        self._timeout_seconds = timeout_seconds
        self._channel: Any = None
        self._writes: GroupCommit[_Write, Reached] = GroupCommit(
            self._write_batch,
            limits=_WRITE_LIMITS,
            size_bytes=lambda write: int(write.encoded.ByteSize()),
            timeout_seconds=timeout_seconds,
        )
        self._reads: GroupCommit[DocumentPath, Record | None] = GroupCommit(
            self._read_batch,
            limits=_READ_LIMITS,
            size_bytes=lambda path: sum(map(len, path)),
            timeout_seconds=timeout_seconds,
        )

    async def merge(self, merge: Merge) -> Reached:
        """What its maxima and minima have come to, once the write is durable; raises NotConfirmed."""
        return await self._writes.submit(self._encode(merge))

    async def read(self, document: DocumentPath) -> Record | None:
        """What the document says, or None where there is none; raises NotConfirmed."""
        return await self._reads.submit(document)

    async def find(self, query: Query) -> Sequence[Record]:
        """The documents that it asks for, in its order; raises NotConfirmed."""
        answers = await self._call(
            _run_query(self._connect()), encode_query(f"{self._database}/documents", query)
        )
        # Some answers only tell how far the service has come.
        return [decode_fields(answer.document.fields) for answer in answers if answer.HasField("document")]

    async def _write_batch(self, writes: Sequence["_Write"]) -> Sequence[Exception | Reached]:
        """Merges of the same document go as one write, and share its fate."""
        by_document: dict[DocumentPath, list[_Write]] = {}
        for write in writes:
            by_document.setdefault(write.merge.document, []).append(write)
        joined = [self._join(each) for each in by_document.values()]
        request = _BatchWriteRequest(database=self._database, writes=[write.encoded for write in joined])
        answer = await self._call(_batch_write(self._connect()), request)
        results = itertools.chain(answer.write_results, itertools.repeat(_NO_RESULT))
        outcomes = {
            write.merge.document: _read_outcome(write, status, next(results))
            for write, status in zip(joined, answer.status, strict=True)
        }
        return [outcomes[write.merge.document] for write in writes]

    def _join(self, writes: Sequence["_Write"]) -> "_Write":
        """As one write, what these do to their document."""
        if len(writes) == 1:
            return writes[0]
        return self._encode(combine(*(write.merge for write in writes)))

    def _encode(self, merge: Merge) -> "_Write":
        return _Write(merge, encode_merge(self._name(merge.document), merge))

    async def _read_batch(self, documents: Sequence[DocumentPath]) -> Sequence[Record | None]:
        names = {self._name(path): None for path in documents}
        answers = await self._call(
            _batch_get(self._connect()), _BatchGetRequest(database=self._database, documents=names)
        )
        found = {
            answer.found.name: decode_fields(answer.found.fields)
            for answer in answers
            if answer.WhichOneof("result") == "found"
        }
        return [found.get(self._name(path)) for path in documents]

    async def _call(self, call: Any, request: Any) -> Any:
        return await call_service(
            call, request, timeout_seconds=self._timeout_seconds, metadata=self._metadata()
        )

    def _name(self, path: DocumentPath) -> str:
        return f"{self._database}/documents/{'/'.join(path)}"

    def _metadata(self) -> Metadata:
        routing = ("x-goog-request-params", f"database={self._database}")
        # The emulators let through whoever says to own the project.
        return (routing, ("authorization", "Bearer owner")) if self._emulator_host else (routing,)

    def _connect(self) -> Any:
        if self._channel is None:
            self._channel = open_channel(_ADDRESS, emulator_host=self._emulator_host)
        return self._channel


@dataclass(frozen=True, slots=True)
class _Write:
    """A merge, and what it is on the wire unless others join it."""

    merge: Merge
    encoded: Any


def _batch_write(channel: Any) -> Any:
    return channel.unary_unary(
        "/google.firestore.v1.Firestore/BatchWrite",
        request_serializer=_BatchWriteRequest.SerializeToString,
        response_deserializer=_BatchWriteResponse.FromString,
    )


def _batch_get(channel: Any) -> Any:
    stream = channel.unary_stream(
        "/google.firestore.v1.Firestore/BatchGetDocuments",
        request_serializer=_BatchGetRequest.SerializeToString,
        response_deserializer=_BatchGetResponse.FromString,
    )
    return _gather(stream)


def _run_query(channel: Any) -> Any:
    stream = channel.unary_stream(
        "/google.firestore.v1.Firestore/RunQuery",
        request_serializer=RunQueryRequest.SerializeToString,
        response_deserializer=RunQueryResponse.FromString,
    )
    return _gather(stream)


def _gather(stream: Any) -> Any:
    """A stream of answers as one: a call is answered, or repeated, as a whole."""

    async def gather(request: Any, **options: Any) -> list[Any]:
        return [answer async for answer in stream(request, **options)]

    return gather


def _describe_document(path: DocumentPath) -> str:
    """For a log: a path holds a phone number, or an id that a phone has made."""
    return f"{path[-2]} {hashlib.sha256('/'.join(path).encode()).hexdigest()[:8]}"


def _read_outcome(write: _Write, status: Any, result: Any) -> NotConfirmed | Reached:
    if status.code:
        return translate_code(_CODES[status.code], _describe_document(write.merge.document))
    return decode_reached(write.merge, result)
