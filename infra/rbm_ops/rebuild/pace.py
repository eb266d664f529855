"""No more than so many of something a second, however fast the other side answers."""

import asyncio
import time


class Pace:
    def __init__(self, per_second: float) -> None:
        self._seconds_each = 1 / per_second
        self._free_at = time.monotonic()

    async def spend(self, count: int) -> None:
        """Returns once these have had their time; the next ones come after them."""
        self._free_at = max(self._free_at, time.monotonic()) + count * self._seconds_each
        await asyncio.sleep(max(0.0, self._free_at - time.monotonic()))
