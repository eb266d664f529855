"""Publish dead letters again, or let go of them; each is acknowledged only after it is safe elsewhere.

publish ─confirmed─▶ acknowledge        dies between them: it is published again, under the same id
"""

import asyncio
import base64
import contextlib
import fcntl
import io
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.times import format_rfc3339
from rbm_ledger.usecases.ports import Publisher
from rbm_ops.deadletters.letters import DeadLetter
from rbm_ops.deadletters.planning import Plan
from rbm_ops.deadletters.subscription import Held

_MOST_AT_ONCE = 100

Tell = Callable[[int], None]


async def replay_letters(
    plans: Sequence[Plan],
    held: Held,
    publishers: Mapping[str, Publisher],
    *,
    per_second: float | None,
    tell: Tell,
) -> list[tuple[DeadLetter, NotConfirmed]]:
    """What was not published, and why; `tell` hears how many are done with. Raises NotConfirmed."""
    failed: list[tuple[DeadLetter, NotConfirmed]] = []
    left = len(plans)
    for some in _split(plans, per_second):
        started_at = time.monotonic()
        outcomes = await asyncio.gather(*(_publish(plan, publishers) for plan in some))
        failed += [
            (plan.letter, error) for plan, error in zip(some, outcomes, strict=True) if error is not None
        ]
        published = [plan.letter for plan, error in zip(some, outcomes, strict=True) if error is None]
        await held.acknowledge(published)
        tell(len(some))
        left -= len(some)
        if per_second and left:
            await asyncio.sleep(max(0.0, len(some) / per_second - (time.monotonic() - started_at)))
    return failed


async def drop_letters(letters: Sequence[DeadLetter], held: Held, file: Path, *, tell: Tell) -> None:
    """Written to the file first, a line of JSON each; raises OSError and NotConfirmed."""
    for start in range(0, len(letters), _MOST_AT_ONCE):
        some = letters[start : start + _MOST_AT_ONCE]
        await asyncio.to_thread(_save, some, file)
        await held.acknowledge(some)
        tell(len(some))


async def _publish(plan: Plan, publishers: Mapping[str, Publisher]) -> NotConfirmed | None:
    try:
        await publishers[plan.letter.topic].publish(plan.data, plan.attributes)
    except NotConfirmed as error:
        return error
    return None


def _split(plans: Sequence[Plan], per_second: float | None) -> Iterator[Sequence[Plan]]:
    """No more at once than go out within a second."""
    size = _MOST_AT_ONCE if per_second is None else max(1, min(_MOST_AT_ONCE, int(per_second)))
    for start in range(0, len(plans), size):
        yield plans[start : start + size]


def _save(letters: Sequence[DeadLetter], file: Path) -> None:
    """All on the disk when it returns, or none. Its owner alone may read it: numbers and texts are in it."""
    lines = "".join(f"{json.dumps(_describe_saved(letter))}\n" for letter in letters).encode()
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b", buffering=0) as saved:
        fcntl.flock(saved, fcntl.LOCK_EX)  # another drop may not be cut off
        size_bytes = os.fstat(saved.fileno()).st_size
        is_broken = size_bytes > 0 and os.pread(saved.fileno(), 1, size_bytes - 1) != b"\n"
        try:
            _write_all(saved, b"\n" + lines if is_broken else lines)
            os.fsync(saved.fileno())
        except OSError:
            with contextlib.suppress(OSError):  # what stays is half a line, which the next one does not go on
                os.ftruncate(saved.fileno(), size_bytes)
            raise


def _write_all(file: io.FileIO, data: bytes) -> None:
    """A disk that gets full takes a part, and says so only when asked for more."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]


def _describe_saved(letter: DeadLetter) -> dict[str, Any]:
    """All that it takes to publish it again by hand; `data` in base64."""
    return {
        "messageId": letter.id,
        "publishTime": format_rfc3339(letter.died_at),
        "topic": letter.topic,
        "attributes": dict(letter.attributes),
        "data": base64.b64encode(letter.data).decode(),
    }
