"""The wire log: each call and callback as it passed, the latest ones, and whoever listens to it live."""

import asyncio
import itertools
from collections import deque
from collections.abc import Iterator

from rbm_ops.simulator.resources import JsonObject

_KEPT_RECORDS = 2000
_QUEUED_EVENTS = 1000

StreamEvent = tuple[str, JsonObject]


class Broadcast:
    """Tells every listener what happens. A slow one loses the oldest news; nobody waits for it."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[StreamEvent]] = set()

    def publish(self, name: str, data: JsonObject) -> None:
        for listener in self._listeners:
            if listener.full():
                listener.get_nowait()
            listener.put_nowait((name, data))

    def listen(self) -> asyncio.Queue[StreamEvent]:
        listener: asyncio.Queue[StreamEvent] = asyncio.Queue(_QUEUED_EVENTS)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: asyncio.Queue[StreamEvent]) -> None:
        self._listeners.discard(listener)


class WireLog:
    """Records carry a number that grows by one; `kind` is call, callback or handshake."""

    def __init__(self, broadcast: Broadcast) -> None:
        self._broadcast = broadcast
        self._records: deque[JsonObject] = deque(maxlen=_KEPT_RECORDS)
        self._numbers = itertools.count(1)

    def add(self, record: JsonObject) -> None:
        record["number"] = next(self._numbers)
        self._records.append(record)
        self._broadcast.publish("wire", record)

    def list_after(self, number: int, limit: int) -> list[JsonObject]:
        """The first `limit` records after `number`, as far as they are still there."""
        return list(itertools.islice(self._iterate_after(number), limit))

    @property
    def last_number(self) -> int:
        return int(self._records[-1]["number"]) if self._records else 0

    def clear(self) -> None:
        self._records.clear()

    def _iterate_after(self, number: int) -> Iterator[JsonObject]:
        return (record for record in self._records if record["number"] > number)
