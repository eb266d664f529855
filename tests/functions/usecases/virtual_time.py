"""An event loop whose time jumps to the next thing that is due: hours pass at once, and always alike."""

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

Result = TypeVar("Result")

_START = datetime(2026, 11, 22, 10, tzinfo=UTC)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Raises AssertionError where all wait for something that never comes."""

    def __init__(self) -> None:
        self.now_seconds = 1000.0
        super().__init__(_JumpingSelector(self))

    def time(self) -> float:
        return self.now_seconds


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        assert timeout is not None, "nothing is due, ever"
        self._loop.now_seconds += max(0.0, timeout)
        return super().select(0)


def run_virtually(coroutine: Coroutine[Any, Any, Result]) -> Result:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(coroutine)


def elapsed_seconds() -> float:
    """Of the running loop."""
    return asyncio.get_running_loop().time() - 1000.0


def clock() -> datetime:
    return _START + timedelta(seconds=elapsed_seconds())
