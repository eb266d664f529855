"""The HTTP client of push, loaded with the first one: aiohttp takes as long as the rest of the emulators."""

from collections.abc import Mapping

import aiohttp

# Shorter than servers keep a connection (uvicorn: 5 s): no request shall meet one that is being closed.
_KEEP_ALIVE_SECONDS = 2.0


class Poster:
    """Keeps its connections. To be made inside the running event loop."""

    def __init__(self) -> None:
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE_SECONDS)
        self._session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        )

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, timeout_seconds: float
    ) -> int | None:
        """The status of the answer, or None without one in time; raises ConnectionError if nobody listens."""
        timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        try:
            async with self._session.post(
                url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                await response.read()
                return response.status
        except aiohttp.ClientConnectorError as error:
            raise ConnectionError(str(error)) from error
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return None  # ValueError: an attribute is no valid header.

    async def close(self) -> None:
        await self._session.close()
