"""Channels to Google's gRPC services: with the ambient identity, or to an emulator without one."""

import importlib
from typing import Any

import grpc

from rbm_ledger.domain.errors import NotConfirmed

# A broken connection is tried again soon: what waits on us answers to somebody else's time limit. Calls are
# repeated by call_service alone.
_OPTIONS = (
    ("grpc.enable_retries", 0),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2000),
    ("grpc.max_receive_message_length", 64 << 20),
)
_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
_TOKEN_TIMEOUT_SECONDS = 10.0

# What the ambient identity needs; an emulator asks for none.
_IDENTITY_MODULES = (
    "google.auth.compute_engine",
    "google.auth.transport.grpc",
    "google.auth.transport.urllib3",
)


def prepare_channels(emulator_host: str) -> None:
    """Imports at the start of a function what its first call would otherwise wait for."""
    if not emulator_host:
        for module in _IDENTITY_MODULES:
            importlib.import_module(module)


def open_channel(address: str, *, emulator_host: str) -> Any:
    """To `host:port`, inside the running event loop; raises NotConfirmed where there is no identity."""
    if emulator_host:
        return grpc.aio.insecure_channel(emulator_host, options=_OPTIONS)
    credentials = grpc.composite_channel_credentials(
        grpc.ssl_channel_credentials(),
        grpc.metadata_call_credentials(_make_plugin(address.partition(":")[0])),
    )
    return grpc.aio.secure_channel(address, credentials, options=_OPTIONS)


def _make_plugin(host: str) -> Any:
    """Adds the token to each call, and fetches the next one in time, in a thread of gRPC's."""
    import google.auth
    from google.auth.exceptions import GoogleAuthError
    from google.auth.transport.grpc import AuthMetadataPlugin
    from google.auth.transport.urllib3 import Request

    from rbm_ledger.adapters.connections import make_pool

    try:
        credentials, _project = google.auth.default(default_scopes=_SCOPES)
    except GoogleAuthError as error:
        raise NotConfirmed(f"no credentials: {type(error).__name__}") from error
    request = Request(make_pool(_TOKEN_TIMEOUT_SECONDS))  # type: ignore[no-untyped-call]
    return AuthMetadataPlugin(credentials, request, default_host=host)  # type: ignore[no-untyped-call]
