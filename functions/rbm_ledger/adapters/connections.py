"""Connections that are kept: a time limit on every wait, and none for longer than its address is good.

Source: guides/learn/best-practices, read 2026-04: the API's names have a DNS TTL of 300 s, and a pool of
connections should live no longer.
"""

import time
from collections.abc import Callable
from typing import Any

import urllib3

# As many calls at once as one instance takes requests.
MAX_CONNECTIONS = 80
_MAX_AGE_SECONDS = 300.0
_CONNECT_TIMEOUT_SECONDS = 5.0


class AgingPool(urllib3.PoolManager):
    """Forgets its connections in time, so that none is in use later than 300 s after it was opened.

    A call that is under way keeps its own to the end, and it is closed then.
    """

    def __init__(self, timeout_seconds: float, monotonic: Callable[[], float]) -> None:
        super().__init__(
            maxsize=MAX_CONNECTIONS,
            timeout=urllib3.Timeout(
                connect=min(timeout_seconds, _CONNECT_TIMEOUT_SECONDS), read=timeout_seconds
            ),
            retries=False,
        )
        self._monotonic = monotonic
        # The last call may start just before, and takes its time.
        self._max_age_seconds = max(_MAX_AGE_SECONDS - timeout_seconds, 0)
        self._emptied_at = monotonic()

    def connection_from_host(
        self,
        host: str | None,
        port: int | None = None,
        scheme: str | None = "http",
        pool_kwargs: dict[str, Any] | None = None,
    ) -> urllib3.HTTPConnectionPool:
        now = self._monotonic()
        if now - self._emptied_at >= self._max_age_seconds:
            self._emptied_at = now
            self.clear()
        return super().connection_from_host(host, port, scheme, pool_kwargs)


def make_pool(timeout_seconds: float, *, monotonic: Callable[[], float] = time.monotonic) -> AgingPool:
    """`timeout_seconds` for each wait on the other side; nothing is repeated."""
    return AgingPool(timeout_seconds, monotonic)
