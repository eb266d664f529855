"""Read, make and remove the value at a field path; cut a document down to some of its fields."""

from collections.abc import Iterable
from functools import lru_cache

from rbm_ops.emulators.firestore.messages import Document, Message
from rbm_ops.emulators.firestore.paths import DOCUMENT_NAME, FieldPath, parse_field_path
from rbm_ops.emulators.firestore.values import Key, reference_key, sort_key


def find_value(fields: Message, path: FieldPath) -> Message | None:
    holder = _find_holder(fields, path)
    return None if holder is None else holder.get(path[-1])


def key_at(document: Message, path: FieldPath) -> Key | None:
    """What queries compare: the key of the field's value, or of the document's name."""
    if path == DOCUMENT_NAME:
        return reference_key(document.name)
    value = find_value(document.fields, path)
    return None if value is None else sort_key(value)


def make_value(fields: Message, path: FieldPath) -> Message:
    """The value at `path`, unset if it is new. Whatever stands in the way becomes a map."""
    for name in path[:-1]:
        value = fields[name]
        if not value.HasField("map_value"):
            value.map_value.SetInParent()
        fields = value.map_value.fields
    return fields[path[-1]]


def remove_value(fields: Message, path: FieldPath) -> None:
    holder = _find_holder(fields, path)
    if holder is not None:
        holder.pop(path[-1], None)


def _find_holder(fields: Message, path: FieldPath) -> Message | None:
    for name in path[:-1]:
        value = fields.get(name)
        if value is None or not value.HasField("map_value"):
            return None
        fields = value.map_value.fields
    return fields


def mask_paths(mask: Message) -> tuple[FieldPath, ...]:
    return _parse_field_paths(tuple(mask.field_paths))


@lru_cache(maxsize=256)  # writes of one kind have the same mask
def _parse_field_paths(texts: tuple[str, ...]) -> tuple[FieldPath, ...]:
    return tuple(parse_field_path(text) for text in texts)


def project(document: Message, paths: Iterable[FieldPath] | None) -> Message:
    """A copy that holds the fields at `paths` and nothing else; None leaves the document as it is."""
    if paths is None:
        return document
    copy = Document(name=document.name, create_time=document.create_time, update_time=document.update_time)
    for path in paths:
        value = None if path == DOCUMENT_NAME else find_value(document.fields, path)
        if value is not None:
            make_value(copy.fields, path).CopyFrom(value)
    return copy
