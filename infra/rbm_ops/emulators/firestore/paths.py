"""Names: of databases, documents and collections (`projects/P/databases/D/documents/…`), and field paths."""

import re
from functools import lru_cache

from rbm_ops.emulators.firestore.errors import invalid_argument

FieldPath = tuple[str, ...]

DOCUMENT_NAME: FieldPath = ("__name__",)
MAX_NAME_BYTES = 1500
NUMERIC_ID = re.compile(r"__id(-?[0-9]+)__")  # how Datastore's numeric ids are spelt

_ROOT_SEGMENTS = 5  # projects/P/databases/D/documents
_DATABASE = re.compile(r"projects/[^/]+/databases/[^/]+")
_RESERVED = re.compile(r"__.*__", re.DOTALL)
_FIELD = r"[a-zA-Z_][a-zA-Z_0-9]*|`(?:[^`\\]|\\.)+`"
_FIELD_PATH = re.compile(rf"(?:{_FIELD})(?:\.(?:{_FIELD}))*", re.DOTALL)
_FIELD_NAME = re.compile(_FIELD, re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def check_database(database: str) -> None:
    if not _DATABASE.fullmatch(database):
        raise invalid_argument(
            f'"{database}" is not a database: projects/{{project}}/databases/{{database}}.'
        )


def check_document_name(name: str) -> None:
    segments = name.split("/")
    _check_root(name, segments)
    if len(segments) < _ROOT_SEGMENTS + 2 or len(segments) % 2 == 0:
        raise invalid_argument(
            f'Document name "{name}" needs an even number of segments below "documents": collection and id.'
        )
    for index in range(_ROOT_SEGMENTS, len(segments), 2):
        check_collection_id(segments[index])
        _check_document_id(segments[index + 1])


def check_parent(parent: str) -> None:
    """A parent is a document, or the root of all (`…/documents`)."""
    segments = parent.split("/")
    if len(segments) == _ROOT_SEGMENTS:
        _check_root(parent, segments)
        return
    check_document_name(parent)


def check_same_database(name: str, database: str) -> None:
    if not name.startswith(f"{database}/documents/"):
        raise invalid_argument(f'Document "{name}" is not in the database of the request, "{database}".')


def check_collection_id(identifier: str) -> None:
    if _RESERVED.fullmatch(identifier):
        raise invalid_argument(f'Collection id "{identifier}" is invalid because it is reserved.')
    _check_id(identifier)


def _check_document_id(identifier: str) -> None:
    if (
        identifier.startswith("__")
        and _RESERVED.fullmatch(identifier)
        and not NUMERIC_ID.fullmatch(identifier)
    ):
        raise invalid_argument(f'Document id "{identifier}" is invalid because it is reserved.')
    _check_id(identifier)


def _check_id(identifier: str) -> None:
    if identifier in ("", ".", ".."):
        raise invalid_argument(f'"{identifier}" is not a valid id in a document name.')
    if len(identifier) * 4 > MAX_NAME_BYTES and len(identifier.encode()) > MAX_NAME_BYTES:
        raise invalid_argument(f"The id {identifier[:20]}… is longer than {MAX_NAME_BYTES} bytes.")


def _check_root(name: str, segments: list[str]) -> None:
    if len(segments) < _ROOT_SEGMENTS or segments[0] != "projects" or segments[2] != "databases":
        raise invalid_argument(f'"{name}" does not begin with projects/{{project}}/databases/{{database}}.')
    if segments[4] != "documents" or not segments[1] or not segments[3]:
        raise invalid_argument(f'"{name}" lacks "documents" behind the database.')


def root_of(name: str) -> str:
    """`projects/P/databases/D/documents`"""
    return "/".join(name.split("/", _ROOT_SEGMENTS)[:_ROOT_SEGMENTS])


def collection_of(name: str) -> str:
    return name.rpartition("/")[0]


def last_segment(path: str) -> str:
    return path.rpartition("/")[2]


def relative_segments(name: str) -> list[str]:
    """The segments of a document's name below `documents`."""
    return name.split("/")[_ROOT_SEGMENTS:]


@lru_cache(maxsize=4096)
def parse_field_path(text: str) -> FieldPath:
    """`` a.`b c`.d `` → `("a", "b c", "d")`; `__name__` alone stands for the document's name."""
    if not _FIELD_PATH.fullmatch(text):
        raise invalid_argument(
            f'Invalid field path "{text}": names outside [a-zA-Z_][a-zA-Z_0-9]* stand in backticks.'
        )
    path = tuple(_unquote(name) for name in _FIELD_NAME.findall(text))
    if path != DOCUMENT_NAME:
        for name in path:
            check_field_name(name)
    return path


def _unquote(name: str) -> str:
    return _ESCAPED.sub(r"\1", name[1:-1]) if name.startswith("`") else name


@lru_cache(maxsize=4096)
def check_field_name(name: str) -> None:
    if not name:
        raise invalid_argument("A field name is the empty string.")
    if name.startswith("__") and _RESERVED.fullmatch(name):
        raise invalid_argument(f"Field name {name} is reserved.")
    if len(name) * 4 > MAX_NAME_BYTES and len(name.encode()) > MAX_NAME_BYTES:
        raise invalid_argument(f"Field name {name[:20]}… is longer than {MAX_NAME_BYTES} bytes.")
