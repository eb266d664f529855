"""The messages of Google's APIs: the client libraries' own, imported past their packages.

Such a package imports all of its clients, and with them an HTTP stack and cryptography: many times what its
messages take, in every start of a function. They are plain protocol buffers here; the wrappers that the
libraries put around them cost more than the rest of a call.
"""

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

_TYPES = ".types."


def load_message(module: str, name: str) -> Any:
    """The class of the protocol buffer: of `google.pubsub_v1.types.pubsub`, the `PubsubMessage`."""
    return getattr(import_past_package(module), name).pb()


def import_past_package(module: str) -> ModuleType:
    """The module, though its package has not run; whoever imports that later gets the whole of it."""
    package = module.partition(_TYPES)[0]
    if module in sys.modules or package in sys.modules:
        return importlib.import_module(module)
    sys.modules[package] = _make_stand_in(package)
    try:
        return importlib.import_module(module)
    finally:
        del sys.modules[package]


def _make_stand_in(package: str) -> ModuleType:
    """An empty package with the same folders."""
    found = importlib.util.find_spec(package)
    if found is None or found.submodule_search_locations is None:
        raise ImportError(f"{package} is no package", name=package)
    stand_in = ModuleType(package)
    stand_in.__path__ = list(found.submodule_search_locations)
    return stand_in
