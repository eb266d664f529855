"""The bearer token of a call: fetched apart from it, as a rule before the last one has expired."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import google.auth
import urllib3
from google.auth.credentials import TokenState
from google.auth.exceptions import GoogleAuthError, MalformedError, TransportError
from google.auth.transport.urllib3 import Request as TokenRequest
from google.oauth2 import service_account

from rbm_ledger.adapters.bearer_tokens import NoToken

_SCOPE = "https://www.googleapis.com/auth/rcsbusinessmessaging"
# What google-auth lets through when a key file or a token endpoint's answer is not the JSON it should be.
_UNREADABLE = (OSError, ValueError, TypeError, AttributeError, LookupError, OverflowError)


class GoogleTokens:
    """The token of a key file or of the ambient identity. One fetch at a time, for all who want one.

    fresh ──▶ stale, the last minutes: still good, and the next one is being fetched ──▶ invalid: all wait

    google-auth has the same (`with_non_blocking_refresh`), but not for a pool of urllib3, which it would
    have to copy; and after one failure it makes calls wait though their token is good.
    """

    def __init__(
        self, credentials_file: Path | None, pool: urllib3.PoolManager, *, timeout_seconds: float
    ) -> None:
        self._credentials_file = credentials_file
        self._request = TokenRequest(pool)  # type: ignore[no-untyped-call]
        self._timeout_seconds = timeout_seconds
        self._credentials: Any = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="google-tokens")
        self._fetch: Future[str] | None = None
        self._lock = threading.Lock()

    def current(self, expired: str = "") -> str:
        """Within `timeout_seconds`; raises NoToken."""
        with self._lock:
            token, state = self._look()
            is_good = state is not TokenState.INVALID and token != expired
            if is_good and state is TokenState.FRESH:
                return token
            fetch = self._join_fetch()
        if is_good:
            return token
        try:
            return fetch.result(self._timeout_seconds)
        except TimeoutError as error:
            raise NoToken(TransportError.__name__) from error
        except GoogleAuthError as error:
            raise NoToken(type(error).__name__) from error

    def _look(self) -> tuple[str, TokenState]:
        """The state before the token: one that replaces it in between is only better."""
        if self._credentials is None:
            return "", TokenState.INVALID
        state = self._credentials.token_state
        return self._credentials.token or "", state

    def _join_fetch(self) -> "Future[str]":
        if self._fetch is None or self._fetch.done():
            self._fetch = self._thread.submit(self._refresh)
        return self._fetch

    def _refresh(self) -> str:
        try:
            if self._credentials is None:
                self._credentials = _load_credentials(self._credentials_file)
            self._credentials.refresh(self._request)
        except GoogleAuthError:
            raise
        except _UNREADABLE as error:
            raise MalformedError(type(error).__name__) from error  # type: ignore[no-untyped-call]
        token: str = self._credentials.token
        return token


def _load_credentials(credentials_file: Path | None) -> Any:
    if credentials_file is None:
        return google.auth.default(scopes=[_SCOPE])[0]
    return service_account.Credentials.from_service_account_file(  # type: ignore[no-untyped-call]
        str(credentials_file), scopes=[_SCOPE]
    )
