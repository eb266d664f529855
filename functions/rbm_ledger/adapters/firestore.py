"""The documents in Firestore: blind merges and reads, in groups; and queries.

Limits: cloud.google.com/firestore/quotas and the reference of BatchWrite, read 2026-11: 500 writes and 10 MiB
per request, one write per document.
"""

from collections.abc import Sequence
from typing import Any

import grpc
from google.cloud.firestore_v1 import types
from google.cloud.firestore_v1.services.firestore.transports.grpc_asyncio import (
    FirestoreGrpcAsyncIOTransport,
)

from rbm_ledger.adapters.firestore_queries import RunQueryRequest, RunQueryResponse, encode_query
from rbm_ledger.adapters.firestore_values import decode_fields, encode_merge, estimate_bytes
from rbm_ledger.adapters.group_commit import GroupCommit, Limits
from rbm_ledger.adapters.grpc_calls import CHANNEL_OPTIONS, Metadata, call_service, translate_code
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.ledger import DocumentPath, Merge, Query, Record, combine

_WRITE_LIMITS = Limits(max_items=500, max_bytes=8_000_000)
_READ_LIMITS = Limits(max_items=100, max_bytes=1_000_000)

_BatchWriteRequest = types.BatchWriteRequest.pb()
_BatchWriteResponse = types.BatchWriteResponse.pb()
_BatchGetRequest = types.BatchGetDocumentsRequest.pb()
_BatchGetResponse = types.BatchGetDocumentsResponse.pb()

_CODES = {code.value[0]: code for code in grpc.StatusCode}


class FirestoreLedger:
    """Connects on the first call, inside the running event loop."""

    def __init__(self, *, project: str, database: str, emulator_host: str, timeout_seconds: float) -> None:
        self._database = f"projects/{project}/databases/{database}"
        self._emulator_host = emulator_host
        self._timeout_seconds = timeout_seconds
        self._channel: Any = None
        self._writes: GroupCommit[Merge, None] = GroupCommit(
            self._write_batch,
            limits=_WRITE_LIMITS,
            size_bytes=estimate_bytes,
            timeout_seconds=timeout_seconds,
        )
        self._reads: GroupCommit[DocumentPath, Record | None] = GroupCommit(
            self._read_batch,
            limits=_READ_LIMITS,
            size_bytes=lambda path: sum(map(len, path)),
            timeout_seconds=timeout_seconds,
        )

    async def merge(self, merge: Merge) -> None:
        """Returns once the write is durable; raises NotConfirmed."""
        await self._writes.submit(merge)

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

    async def _write_batch(self, merges: Sequence[Merge]) -> Sequence[Exception | None]:
        """Merges of the same document go as one write, and share its fate."""
        combined: dict[DocumentPath, Merge] = {}
        for merge in merges:
            stored = combined.get(merge.document)
            combined[merge.document] = combine(stored, merge) if stored else merge
        writes = [encode_merge(self._name(path), merge) for path, merge in combined.items()]
        answer = await self._call(
            _batch_write(self._connect()), _BatchWriteRequest(database=self._database, writes=writes)
        )
        failures = dict(zip(combined, map(_failure, answer.status), strict=True))
        return [failures[merge.document] for merge in merges]

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
            self._channel = (
                grpc.aio.insecure_channel(self._emulator_host, options=CHANNEL_OPTIONS)
                if self._emulator_host
                else FirestoreGrpcAsyncIOTransport.create_channel(options=CHANNEL_OPTIONS)
            )
        return self._channel


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


def _failure(status: Any) -> NotConfirmed | None:
    return translate_code(_CODES[status.code], status.message) if status.code else None
