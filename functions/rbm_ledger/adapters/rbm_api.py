"""The RBM platform over HTTPS: one call, one Answer, whatever happens.

Source: developers.google.com/business-communications/rcs-business-messaging/reference/rest/v1/
phones.agentMessages, read 2026-04: messageId and agentId are query parameters; an id that the agent used
before is ignored.
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import google.auth
import urllib3
from google.auth.exceptions import GoogleAuthError, MalformedError
from google.auth.transport.urllib3 import Request as TokenRequest
from google.oauth2 import service_account

from rbm_ledger.domain.errors import NotJson
from rbm_ledger.domain.json_bytes import JsonObject, decode_object, encode_compact
from rbm_ledger.domain.outcomes import NO_ANSWER, Answer
from rbm_ledger.domain.requests import SendRequest

_SCOPE = "https://www.googleapis.com/auth/rcsbusinessmessaging"
_CONNECT_TIMEOUT_SECONDS = 5.0
# As many calls at once as one instance takes requests.
_MAX_CONNECTIONS = 80
# What google-auth lets through when a key file or a token endpoint's answer is not the JSON it should be.
_UNREADABLE = (OSError, ValueError, TypeError, AttributeError)


class BearerTokens(Protocol):
    """Where the token of a call comes from. `expired` is one that the platform has just refused."""

    def current(self, expired: str = "") -> str: ...


class LoopbackTokens:
    """For a simulator on this machine, which wants a token but knows no identities."""

    def current(self, expired: str = "") -> str:  # noqa: ARG002
        return "loopback"


class GoogleTokens:
    """The token of a key file or of the ambient identity, fetched when needed and kept until it expires."""

    def __init__(self, credentials_file: Path | None, pool: urllib3.PoolManager) -> None:
        self._credentials_file = credentials_file
        self._request = TokenRequest(pool)  # type: ignore[no-untyped-call]
        self._credentials: Any = None
        self._lock = threading.Lock()

    def current(self, expired: str = "") -> str:
        """Raises GoogleAuthError."""
        with self._lock:
            try:
                return self._fetch(expired)
            except GoogleAuthError:
                raise
            except _UNREADABLE as error:
                raise MalformedError(type(error).__name__) from error  # type: ignore[no-untyped-call]

    def _fetch(self, expired: str) -> str:
        if self._credentials is None:
            self._credentials = _load_credentials(self._credentials_file)
        if not self._credentials.valid or self._credentials.token == expired:
            self._credentials.refresh(self._request)
        token: str = self._credentials.token
        return token


class HttpRbmApi:
    """Calls in threads: urllib3 is synchronous, and a call waits far longer than it computes."""

    def __init__(self, endpoint: str, *, tokens: BearerTokens, pool: urllib3.PoolManager) -> None:
        self._endpoint = endpoint
        self._tokens = tokens
        self._pool = pool
        self._threads = ThreadPoolExecutor(_MAX_CONNECTIONS, thread_name_prefix="rbm-api")

    async def create_agent_message(self, request: SendRequest) -> Answer:
        query = urlencode({"messageId": request.message_id, "agentId": request.agent_id})
        return await self._call("POST", f"{_messages_path(request)}?{query}", request.agent_message)

    async def delete_agent_message(self, request: SendRequest) -> Answer:
        query = urlencode({"agentId": request.agent_id})
        return await self._call("DELETE", f"{_messages_path(request)}/{request.message_id}?{query}", None)

    async def _call(self, method: str, path: str, body: JsonObject | None) -> Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._answer, method, path, body)

    def _answer(self, method: str, path: str, body: JsonObject | None) -> Answer:
        """Every outcome as an answer; a refused token is fetched anew once."""
        try:
            token = self._tokens.current()
            answer = self._request(method, path, body, token)
            if answer.http_status == 401:
                answer = self._request(method, path, body, self._tokens.current(expired=token))
        except urllib3.exceptions.HTTPError as error:
            return Answer(NO_ANSWER, "NO_ANSWER", _name_of(error))
        except GoogleAuthError as error:
            return Answer(NO_ANSWER, "NO_CREDENTIALS", _name_of(error))
        return answer

    def _request(self, method: str, path: str, body: JsonObject | None, token: str) -> Answer:
        response = self._pool.request(
            method,
            self._endpoint + path,
            body=None if body is None else encode_compact(body),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            redirect=False,
        )
        return read_answer(response.status, response.data)


def make_pool(timeout_seconds: float) -> urllib3.PoolManager:
    """Connections that are kept, with a time limit on everything and no repeats of their own."""
    return urllib3.PoolManager(
        maxsize=_MAX_CONNECTIONS,
        timeout=urllib3.Timeout(connect=min(timeout_seconds, _CONNECT_TIMEOUT_SECONDS), read=timeout_seconds),
        retries=False,
    )


def read_answer(http_status: int, data: bytes) -> Answer:
    """Google's general error model says why; a success that can't be read says nothing."""
    try:
        body = decode_object(data)
    except NotJson:
        return Answer(NO_ANSWER if http_status == 200 else http_status, "UNREADABLE_ANSWER")
    error = body.get("error")
    if not isinstance(error, dict):
        return Answer(http_status, "", "", body)
    return Answer(http_status, _readable(error.get("status", "")), _readable(error.get("message", "")))


def _readable(value: object) -> str:
    """A text that any document can hold."""
    return str(value).encode(errors="backslashreplace").decode()


def _messages_path(request: SendRequest) -> str:
    return f"/v1/phones/{quote(request.phone_number, safe='+')}/agentMessages"


def _load_credentials(credentials_file: Path | None) -> Any:
    if credentials_file is None:
        return google.auth.default(scopes=[_SCOPE])[0]
    return service_account.Credentials.from_service_account_file(  # type: ignore[no-untyped-call]
        str(credentials_file), scopes=[_SCOPE]
    )


def _name_of(error: Exception) -> str:
    return type(error).__name__
