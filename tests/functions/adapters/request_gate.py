"""What the scripted services share: they remember requests, and hold them back while a test wants that."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

_DEADLINE_SECONDS = 10


@dataclass(kw_only=True)
class RequestGate:
    """While `release` is clear, every request waits for its answer."""

    requests: list[Any] = field(default_factory=list)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.release.set()

    async def admit(self, request: Any) -> None:
        async with self._arrived:
            self.requests.append(request)
            self._arrived.notify_all()
        await self.release.wait()

    async def wait_for_requests(self, count: int) -> None:
        async with asyncio.timeout(_DEADLINE_SECONDS), self._arrived:
            await self._arrived.wait_for(lambda: len(self.requests) >= count)
