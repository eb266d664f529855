"""The plain protobuf classes of google.pubsub.v1: much faster than their proto-plus wrappers.

Annotations in this package name the wrapper (`types.Topic`), for mypy and the reader; the values are the
plain messages (`plain(types.Topic)`), which have the same fields and the methods of protobuf.
"""

from typing import TypeVar

_Wrapper = TypeVar("_Wrapper")


def plain(wrapper: type[_Wrapper]) -> type[_Wrapper]:
    """The class behind a proto-plus class."""
    kind: type[_Wrapper] = wrapper.pb()  # type: ignore[attr-defined]
    return kind
