"""Commit times: microseconds, each later than the one before, whatever the machine's clock does."""

import time
from dataclasses import dataclass

from rbm_ops.emulators.firestore.messages import Message, Timestamp


@dataclass(frozen=True, slots=True)
class CommitTime:
    """`committed` becomes a document's update_time; `requested` is what REQUEST_TIME stands for."""

    committed: Message
    requested: Message


class CommitClock:
    def __init__(self) -> None:
        self._last_microseconds = 0

    def tick(self) -> CommitTime:
        self._last_microseconds = max(time.time_ns() // 1000, self._last_microseconds + 1)
        # The proto promises REQUEST_TIME with millisecond precision only, and production keeps to it.
        milliseconds = self._last_microseconds // 1000
        return CommitTime(timestamp(self._last_microseconds), timestamp(milliseconds * 1000))


def timestamp(microseconds: int) -> Message:
    seconds, rest = divmod(microseconds, 1_000_000)
    return Timestamp(seconds=seconds, nanos=rest * 1000)
