"""Child processes that live as long as their cloud: each in a group of its own, restarted, stopped whole."""

import asyncio
import contextlib
import ctypes
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rbm_ops.ports import is_listening

_RESTART_AFTER_SECONDS = 0.2
_STOP_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Command:
    """What to run. `restart`: a dead one is replaced, as the platform replaces a dead instance."""

    name: str
    arguments: tuple[str, ...]
    port: int
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    restart: bool = False


class ProcessDied(Exception):
    """A process that should run has ended; the text says which, and what it said last."""


class SupervisedProcess:
    """One command, for as long as it is wanted. `on_start` hears every new process id."""

    def __init__(self, command: Command, log_file: Path, on_start: Callable[[str, int], None]) -> None:
        self.command = command
        self._log_file = log_file
        self._on_start = on_start
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._is_wanted = asyncio.Event()
        self._is_wanted.set()
        self._starts = 0

    @property
    def is_wanted(self) -> bool:
        """False from `take_down` to `bring_back`."""
        return self._is_wanted.is_set()

    @property
    def process_id(self) -> int | None:
        """None while there is no process."""
        if self._process is None or self._process.returncode is not None:
            return None
        return self._process.pid

    @property
    def starts(self) -> int:
        return self._starts

    async def start(self) -> None:
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        self._log_file.write_bytes(b"")
        await self._spawn()
        self._watch = asyncio.create_task(self._keep_running())

    async def wait_until_listening(self, timeout_seconds: float) -> None:
        """Raises ProcessDied when it ended or the time is up."""
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        while asyncio.get_running_loop().time() < deadline:
            if self._watch is not None and self._watch.done():
                raise ProcessDied(f"{self.command.name} has ended:\n{self._last_words()}")
            if is_listening(self.command.port):  # a loopback answers at once
                return
            await asyncio.sleep(0.02)
        raise ProcessDied(f"{self.command.name} did not start in time:\n{self._last_words()}")

    async def wait_until_ended(self) -> None:
        """Returns only if the process ends by itself and is not restarted."""
        if self._watch is not None:
            await self._watch

    async def stop(self) -> None:
        """Ends it for good."""
        if self._watch is not None:
            self._watch.cancel()
        await self._end()

    async def take_down(self) -> None:
        """Ends the process and starts no other one until `bring_back`."""
        self._is_wanted.clear()
        await self._end()

    def bring_back(self) -> None:
        """Lets a process that was taken down start again, which takes a moment."""
        self._is_wanted.set()

    async def kill(self) -> None:
        """Ends the process without warning, as a crash does."""
        if self._process is not None:
            _signal_group(self._process.pid, signal.SIGKILL)
            await self._process.wait()

    async def _end(self) -> None:
        """Asks the whole group to end, then makes it."""
        if self._process is None:
            return
        _signal_group(self._process.pid, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
        _signal_group(self._process.pid, signal.SIGKILL)
        await self._process.wait()

    async def _keep_running(self) -> None:
        while self._process is not None:
            await self._process.wait()
            _signal_group(self._process.pid, signal.SIGKILL)  # workers would hold the port
            if not self.command.restart:
                return
            await asyncio.sleep(_RESTART_AFTER_SECONDS)
            await self._is_wanted.wait()
            await self._spawn()
            if not self.is_wanted:  # taken down while it started
                await self._end()

    async def _spawn(self) -> None:
        with self._log_file.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.command.arguments,
                env={**os.environ, **self.command.environment},
                cwd=self.command.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        self._starts += 1
        self._on_start(self.command.name, self._process.pid)

    def _last_words(self) -> str:
        lines = self._log_file.read_text(errors="replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-15:]) + f"\n  (all of it: {self._log_file})"


def _signal_group(process_id: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process_id, number)


def _load_prctl() -> Callable[[int, int], int] | None:
    return getattr(ctypes.CDLL(None), "prctl", None)


_PRCTL = _load_prctl()


def die_with_parent() -> None:
    """In the child: even a kill -9 of `rbm` leaves nothing behind (Linux; elsewhere a Ctrl-C does)."""
    if _PRCTL is not None:
        _PRCTL(_PR_SET_PDEATHSIG, signal.SIGTERM)
