"""The plain protobuf classes of google.pubsub.v1: much faster than their proto-plus wrappers.

Annotations in this package name the wrapper (`types.Topic`), for mypy and the reader; the values are the
plain messages (`plain(types.Topic)`), which have the same fields and the methods of protobuf.
"""

from typing import TYPE_CHECKING, TypeVar

from rbm_ledger.adapters.message_types import import_past_package

if TYPE_CHECKING:
    from google.pubsub_v1 import types
else:
    types = import_past_package("google.pubsub_v1.types.pubsub")

_Wrapper = TypeVar("_Wrapper")

__all__ = ["plain", "types"]


def plain(wrapper: type[_Wrapper]) -> type[_Wrapper]:
    """The class behind a proto-plus class."""
    kind: type[_Wrapper] = wrapper.pb()  # type: ignore[attr-defined]
    return kind
