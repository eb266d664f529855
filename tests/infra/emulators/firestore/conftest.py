"""Clients of both emulators: Google's own libraries, and the bare protocol for what they never say."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import grpc
import pytest
from google.cloud import firestore
from google.cloud.firestore_v1 import types

_SERVICE = "/google.firestore.v1.Firestore/"
_TIMEOUT_SECONDS = 20
# Google's emulator lets only an administrator batch; the official clients send this to every emulator.
_METADATA = (("authorization", "Bearer owner"),)


class RawFirestore:
    """The protocol itself: builds writes, makes calls, and shows values as plain Python."""

    def __init__(self, channel: grpc.Channel, project: str, database: str = "(default)") -> None:
        self._channel = channel
        self.database = f"projects/{project}/databases/{database}"
        self.root = f"{self.database}/documents"

    def name(self, path: str) -> str:
        return f"{self.root}/{path}"

    def call(self, method: str, request: Any) -> Any:
        answer = getattr(types, f"{method}Response", types.Document)
        call = self._channel.unary_unary(_SERVICE + method, type(request).serialize, answer.deserialize)
        return call(request, timeout=_TIMEOUT_SECONDS, metadata=_METADATA)

    def stream(self, method: str, request: Any) -> list[Any]:
        answer = getattr(types, f"{method}Response")
        call = self._channel.unary_stream(_SERVICE + method, type(request).serialize, answer.deserialize)
        return list(call(request, timeout=_TIMEOUT_SECONDS, metadata=_METADATA))

    def write(
        self,
        path: str,
        fields: dict[str, Any],
        *,
        mask: Sequence[str] | None = None,
        transforms: Sequence[Any] = (),
        exists: bool | None = None,
    ) -> types.Write:
        write = types.Write(update=types.Document(name=self.name(path), fields=encode_fields(fields)))
        if mask is not None:
            write.update_mask = types.DocumentMask(field_paths=mask)
        write.update_transforms = transforms
        if exists is not None:
            write.current_document = types.Precondition(exists=exists)
        return write

    def delete(self, path: str) -> types.Write:
        return types.Write(delete=self.name(path))

    def transform(self, field_path: str, **operation: Any) -> types.DocumentTransform.FieldTransform:
        ((kind, operand),) = operation.items()
        operand = encode_array(operand) if isinstance(operand, list) else encode(operand)
        return types.DocumentTransform.FieldTransform(field_path=field_path, **{kind: operand})

    def server_time(self, field_path: str) -> types.DocumentTransform.FieldTransform:
        return types.DocumentTransform.FieldTransform(field_path=field_path, set_to_server_value=1)

    def commit(self, *writes: types.Write, transaction: bytes = b"") -> types.CommitResponse:
        request = types.CommitRequest(database=self.database, writes=writes, transaction=transaction)
        return self.call("Commit", request)

    def batch_write(self, *writes: types.Write) -> types.BatchWriteResponse:
        return self.call("BatchWrite", types.BatchWriteRequest(database=self.database, writes=writes))

    def get(self, path: str, **options: Any) -> types.Document:
        return self.call("GetDocument", types.GetDocumentRequest(name=self.name(path), **options))

    def fields(self, path: str) -> dict[str, Any]:
        return decode_fields(self.get(path).fields)

    def begin(self, **options: Any) -> bytes:
        request = types.BeginTransactionRequest(database=self.database, **options)
        return bytes(self.call("BeginTransaction", request).transaction)

    def batch_get(self, *paths: str, **options: Any) -> list[types.BatchGetDocumentsResponse]:
        names = [self.name(path) for path in paths]
        request = types.BatchGetDocumentsRequest(database=self.database, documents=names, **options)
        return self.stream("BatchGetDocuments", request)


_TYPES = {
    bool: "boolean_value",
    int: "integer_value",
    float: "double_value",
    str: "string_value",
    bytes: "bytes_value",
}


def encode(value: Any) -> types.Value:
    """Values that need no encoding by us may also come as they are: a `types.Value`."""
    if isinstance(value, types.Value):
        return value
    if value is None:
        return types.Value(null_value=0)
    if isinstance(value, list):
        return types.Value(array_value=encode_array(value))
    if isinstance(value, dict):
        return types.Value(map_value=types.MapValue(fields=encode_fields(value)))
    return types.Value(**{_TYPES[type(value)]: value})


def encode_array(values: list[Any]) -> types.ArrayValue:
    return types.ArrayValue(values=[encode(value) for value in values])


def encode_fields(fields: dict[str, Any]) -> dict[str, types.Value]:
    return {name: encode(value) for name, value in fields.items()}


def decode(value: types.Value) -> Any:
    kind = types.Value.pb(value).WhichOneof("value_type")
    if kind == "null_value":
        return None
    if kind == "array_value":
        return [decode(element) for element in value.array_value.values]
    if kind == "map_value":
        return decode_fields(value.map_value.fields)
    return getattr(value, kind)


def decode_fields(fields: Any) -> dict[str, Any]:
    return {name: decode(value) for name, value in fields.items()}


@pytest.fixture
def raw(emulators: Any, project: str) -> Iterator[RawFirestore]:
    """The protocol of both emulators."""
    with grpc.insecure_channel(emulators.firestore_host) as channel:
        yield RawFirestore(channel, project)


@pytest.fixture
def raw_embedded(embedded_emulators: Any, project: str) -> Iterator[RawFirestore]:
    """The protocol of ours alone, for what Google's emulator does otherwise than production."""
    with grpc.insecure_channel(embedded_emulators.firestore_host) as channel:
        yield RawFirestore(channel, project)


@pytest.fixture
def client(emulators: Any, project: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[firestore.Client]:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", emulators.firestore_host)
    client = firestore.Client(project=project)
    yield client
    client._firestore_api.transport.close()  # the library has no public way


@pytest.fixture
async def async_client(
    emulators: Any, project: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[firestore.AsyncClient]:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", emulators.firestore_host)
    client = firestore.AsyncClient(project=project)
    yield client
    await client._firestore_api.transport.close()  # the library has no public way
