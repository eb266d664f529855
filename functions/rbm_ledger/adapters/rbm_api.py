"""The RBM platform over HTTPS: one call, one Answer, whatever happens."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

import urllib3

from rbm_ledger.adapters.bearer_tokens import BearerTokens, NoToken
from rbm_ledger.adapters.connections import MAX_CONNECTIONS
from rbm_ledger.domain.errors import NotJson
from rbm_ledger.domain.json_bytes import decode_object, encode_compact
from rbm_ledger.domain.outcomes import (
    NO_ANSWER,
    NO_ANSWER_STATUS,
    NO_CREDENTIALS_STATUS,
    UNREADABLE_STATUS,
    Answer,
)
from rbm_ledger.domain.platform_calls import PlatformCall

# A token, the call, and once more both after a 401.
_WAITS_OF_A_CALL = 2
# google.rpc.Code by its name. Nothing else gets into a log or an answer by this way.
_STATUS = re.compile(r"[A-Z][A-Z_]{0,63}")
_MAX_RETRY_AFTER_SECONDS = 3600.0
# The largest answer repeats a message, whose content has 250 KB at most (domain/agent_message.py).
MAX_ANSWER_BYTES = 2_000_000
_MAX_RETRY_AFTER_DIGITS = 9


class HttpRbmApi:
    """Calls in threads: urllib3 is synchronous, and a call waits far longer than it computes.

    `endpoint_of` an agent id: its own endpoint, empty where that of all will do.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        endpoint_of: Callable[[str], str],
        tokens: BearerTokens,
        pool: urllib3.PoolManager,
        timeout_seconds: float,
        clock: Callable[[], datetime],
    ) -> None:
        self._endpoint = endpoint
        self._endpoint_of = endpoint_of
        self._tokens = tokens
        self._pool = pool
        self._limit_seconds = _WAITS_OF_A_CALL * timeout_seconds
        self._clock = clock
        self._threads = ThreadPoolExecutor(MAX_CONNECTIONS, thread_name_prefix="rbm-api")

    async def call(self, call: PlatformCall) -> Answer:
        """Within twice `timeout_seconds`, however slowly an answer trickles in."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._limit_seconds):
                return await loop.run_in_executor(self._threads, self._answer, call)
        except TimeoutError as error:
            return _no_answer(error)

    def _answer(self, call: PlatformCall) -> Answer:
        """Every outcome as an answer; a refused token is fetched anew once."""
        try:
            token = self._tokens.current()
            answer = self._request(call, token)
            if answer.http_status == 401:
                answer = self._request(call, self._tokens.current(expired=token))
        except urllib3.exceptions.HTTPError as error:
            return _no_answer(error)
        except NoToken as error:
            return Answer(NO_ANSWER, NO_CREDENTIALS_STATUS, str(error))
        return answer

    def _request(self, call: PlatformCall, token: str) -> Answer:
        response = self._pool.request(
            call.method,
            self._address(call),
            body=None if call.body is None else encode_compact(call.body),
            headers={
                "Authorization": f"Bearer {token}",
                **({} if call.body is None else {"Content-Type": "application/json"}),
            },
            redirect=False,
            preload_content=False,
        )
        retry_after_seconds = read_retry_after(response.headers.get("Retry-After", ""), self._clock())
        return read_answer(response.status, _read_body(response), retry_after_seconds)

    def _address(self, call: PlatformCall) -> str:
        query = f"?{urlencode(call.query)}" if call.query else ""
        return (self._endpoint_of(call.agent_id) or self._endpoint) + call.path + query


def _read_body(response: urllib3.BaseHTTPResponse) -> bytes:
    """All of it, unpacked; nothing of what is larger than any answer."""
    body = response.read(MAX_ANSWER_BYTES + 1)
    if len(body) <= MAX_ANSWER_BYTES:
        return body
    response.close()  # with its connection, on which the rest would wait
    return b""


def read_answer(http_status: int, data: bytes, retry_after_seconds: float | None = None) -> Answer:
    """Google's general error model says why; a success that can't be read says nothing."""
    try:
        body = decode_object(data)
    except NotJson:
        known_status = NO_ANSWER if http_status == 200 else http_status
        return Answer(known_status, UNREADABLE_STATUS, retry_after_seconds=retry_after_seconds)
    error = body.get("error")
    if not isinstance(error, dict):
        return Answer(http_status, body=body, retry_after_seconds=retry_after_seconds)
    status, message = str(error.get("status", "")), _readable(error.get("message", ""))
    if not _STATUS.fullmatch(status):
        status = ""
    return Answer(http_status, status, message, retry_after_seconds=retry_after_seconds)


def read_retry_after(value: str, now: datetime) -> float | None:
    """Seconds from now, an hour at most, of seconds or of an HTTP date (RFC 9110, 10.2.3); None else."""
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) <= _MAX_RETRY_AFTER_DIGITS:
        return min(float(text), _MAX_RETRY_AFTER_SECONDS)
    try:
        at = parsedate_to_datetime(text)
        seconds = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):  # a year, or a zone, beyond any time
        return None
    return min(max(seconds, 0.0), _MAX_RETRY_AFTER_SECONDS)


def _readable(value: object) -> str:
    """A text that any document can hold."""
    return str(value).encode(errors="backslashreplace").decode()


def _no_answer(error: Exception) -> Answer:
    return Answer(NO_ANSWER, NO_ANSWER_STATUS, type(error).__name__)
