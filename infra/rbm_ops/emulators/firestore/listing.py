"""The calls that list, page by page in order of names: a collection's documents, a document's collections."""

from collections.abc import Iterable

from rbm_ops.emulators.firestore.errors import invalid_argument, not_implemented
from rbm_ops.emulators.firestore.fields import project
from rbm_ops.emulators.firestore.messages import (
    Document,
    ListCollectionIdsResponse,
    ListDocumentsResponse,
    Message,
)
from rbm_ops.emulators.firestore.paths import check_collection_id, check_parent
from rbm_ops.emulators.firestore.reading import requested_paths
from rbm_ops.emulators.firestore.store import DocumentStore

_DEFAULT_PAGE_SIZE = 300


class Lister:
    """ListDocuments and ListCollectionIds. A page token is the last name of the page before."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store

    def list_documents(self, request: Message) -> Message:
        check_parent(request.parent)
        check_collection_id(request.collection_id)
        _check_listing(request)
        collection = f"{request.parent}/{request.collection_id}"
        names = set(self._store.names_in(collection))
        if request.show_missing:
            names.update(_children(collection, self._store.collections_below(collection)))
        page, token = _page(names, request)
        paths = requested_paths(request)
        stored = ((name, self._store.get(name)) for name in page)
        return ListDocumentsResponse(
            documents=[
                Document(name=name) if data is None else project(Document.FromString(data), paths)
                for name, data in stored
            ],
            next_page_token=token,
        )

    def list_collection_ids(self, request: Message) -> Message:
        check_parent(request.parent)
        _check_listing(request)
        collections = _children(request.parent, self._store.collections_below(request.parent))
        page, token = _page({collection.rpartition("/")[2] for collection in collections}, request)
        return ListCollectionIdsResponse(collection_ids=page, next_page_token=token)


def _check_listing(request: Message) -> None:
    if request.page_size < 0:
        raise invalid_argument("The page size is negative.")
    if request.WhichOneof("consistency_selector") is not None:
        raise not_implemented("listing in transactions or in the past")
    if getattr(request, "order_by", ""):
        raise not_implemented("the order_by of listings; RunQuery orders")


def _children(path: str, descendants: Iterable[str]) -> set[str]:
    """`a/b/c/d` is below `a/b`: so the child `a/b/c` is there, whether or not it holds anything itself."""
    depth = path.count("/") + 2
    return {"/".join(descendant.split("/", depth)[:depth]) for descendant in descendants}


def _page(names: Iterable[str], request: Message) -> tuple[list[str], str]:
    size = request.page_size or _DEFAULT_PAGE_SIZE
    rest = sorted(name for name in names if name > request.page_token)
    return rest[:size], rest[size - 1] if len(rest) > size else ""
