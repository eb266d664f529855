"""One write to one document: check it, then compute what is stored afterwards."""

from dataclasses import dataclass

import grpc

from rbm_ops.emulators.firestore.clock import CommitTime
from rbm_ops.emulators.firestore.errors import CallRefused, invalid_argument
from rbm_ops.emulators.firestore.fields import find_value, make_value, mask_paths, remove_value
from rbm_ops.emulators.firestore.limits import check_fields, check_size
from rbm_ops.emulators.firestore.messages import Document, DocumentMask, Message, Write, WriteResult
from rbm_ops.emulators.firestore.paths import check_document_name, check_same_database
from rbm_ops.emulators.firestore.transforms import apply_transform, check_transforms


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the database holds under the name after the write (None: nothing), and what the caller is told."""

    stored: bytes | None
    result: Message


def document_name(write: Message) -> str:
    name: str = write.delete or write.update.name
    return name


def check_write(write: Message, database: str) -> Message:
    """Refuse what no state of the database could make right; the answer is the write in its modern form."""
    operation = write.WhichOneof("operation")
    if operation is None:
        raise invalid_argument("A write names no operation.")
    if operation == "transform":
        write = _as_update(write)
    name = document_name(write)
    check_document_name(name)
    check_same_database(name, database)
    _check_precondition(write.current_document)
    if operation == "delete":
        _check_delete(write)
    else:
        _check_update(write)
    return write


def _as_update(write: Message) -> Message:
    """The older spelling of transforms: an operation of its own instead of a part of an update."""
    return Write(
        update=Document(name=write.transform.document),
        update_mask=DocumentMask(),
        update_transforms=write.transform.field_transforms,
        current_document=write.current_document,
    )


def _check_precondition(precondition: Message) -> None:
    if precondition.update_time.nanos % 1000:
        raise invalid_argument("The update_time of a precondition has microseconds at most.")


def _check_delete(write: Message) -> None:
    if write.HasField("update_mask") or write.update_transforms:
        raise invalid_argument("A delete has neither a mask nor transforms.")


def _check_update(write: Message) -> None:
    check_fields(write.update.fields)
    mask_paths(write.update_mask)
    check_transforms(write.update_transforms)


def apply_write(write: Message, stored: bytes | None, time: CommitTime) -> Outcome:
    """Raises CallRefused when the stored document does not meet the precondition or would grow too large."""
    document = None if stored is None else Document.FromString(stored)
    _meet_precondition(write, document)
    if write.HasField("delete"):
        return Outcome(None, WriteResult())
    if document is None:
        document = Document(name=write.update.name, create_time=time.committed, update_time=time.committed)
    _set_fields(write, document)
    result = WriteResult()
    for transform in write.update_transforms:
        result.transform_results.append(apply_transform(document.fields, transform, time))
    data = _serialize(document)
    if data != stored:  # a write that changes nothing keeps the update_time
        document.update_time.CopyFrom(time.committed)
        data = _serialize(document)
        check_size(document, len(data))
    result.update_time.CopyFrom(document.update_time)
    return Outcome(data, result)


def _serialize(document: Message) -> bytes:
    data: bytes = document.SerializeToString(deterministic=True)
    return data


def _set_fields(write: Message, document: Message) -> None:
    if not write.HasField("update_mask"):
        document.ClearField("fields")
        document.fields.MergeFrom(write.update.fields)
        return
    for path in mask_paths(write.update_mask):
        value = find_value(write.update.fields, path)
        if value is None:
            remove_value(document.fields, path)
        else:
            make_value(document.fields, path).CopyFrom(value)


def _meet_precondition(write: Message, document: Message | None) -> None:
    condition = write.current_document.WhichOneof("condition_type")
    if condition == "exists":
        _meet_existence(document_name(write), document, must_exist=write.current_document.exists)
    elif condition == "update_time":
        _meet_update_time(document_name(write), document, write.current_document.update_time)


def _meet_existence(name: str, document: Message | None, *, must_exist: bool) -> None:
    if must_exist and document is None:
        raise CallRefused(grpc.StatusCode.NOT_FOUND, f"No document to update: {name}")
    if not must_exist and document is not None:
        raise CallRefused(grpc.StatusCode.ALREADY_EXISTS, f"Document already exists: {name}")


def _meet_update_time(name: str, document: Message | None, required: Message) -> None:
    stored = 0 if document is None else document.update_time.ToMicroseconds()
    if document is None or stored != required.ToMicroseconds():
        raise CallRefused(
            grpc.StatusCode.FAILED_PRECONDITION,
            f"The stored version ({stored}) of {name} does not match the required base version "
            f"({required.ToMicroseconds()}).",
        )
