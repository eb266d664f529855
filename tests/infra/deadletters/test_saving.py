"""The file that dropped letters are kept in: whole lines, whatever a disk does, or nothing is dropped."""

import base64
import contextlib
import json
import resource
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.infra.deadletters.letters import make_letter

from rbm_ops.deadletters.letters import DeadLetter
from rbm_ops.deadletters.replaying import drop_letters
from rbm_ops.deadletters.subscription import Held


@dataclass
class Kept:
    """What is acknowledged is gone."""

    gone: list[str] = field(default_factory=list)

    async def pull(self, limit: int) -> Sequence[DeadLetter]:
        return []

    async def acknowledge(self, letters: Iterable[DeadLetter]) -> None:
        self.gone += [letter.id for letter in letters]

    async def hold(self, letters: Iterable[DeadLetter], *, seconds: int) -> None: ...


@contextlib.contextmanager
def full_disk(*, at_bytes: int) -> Iterator[None]:
    """No file gets longer than that; what fits of a write is written."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (at_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def drop(kept: Kept, file: Path, *letters: DeadLetter) -> None:
    await drop_letters(letters, Held(kept, letters), file, tell=lambda _: None)


def read_ids(file: Path) -> list[str]:
    return [json.loads(line)["messageId"] for line in file.read_text().splitlines()]


async def test_disk_that_gets_full_leaves_the_file_as_it_was_and_the_letters_where_they_are(
    tmp_path: Path,
) -> None:
    file, kept = tmp_path / "dropped.jsonl", Kept()
    await drop(kept, file, make_letter(letter_id="1"))
    before = file.read_bytes()
    with full_disk(at_bytes=len(before) + 40), pytest.raises(OSError, match="too large"):
        await drop(kept, file, make_letter(letter_id="2"))
    assert (file.read_bytes(), kept.gone) == (before, ["1"])
    await drop(kept, file, make_letter(letter_id="2"), make_letter(letter_id="3"))
    assert (read_ids(file), kept.gone) == (["1", "2", "3"], ["1", "2", "3"])


async def test_line_that_was_broken_off_is_not_gone_on_with(tmp_path: Path) -> None:
    file, kept = tmp_path / "dropped.jsonl", Kept()
    file.write_text('{"messageId": "hal')
    letter = make_letter(letter_id="4")
    await drop(kept, file, letter)
    broken, whole = file.read_text().splitlines()
    assert broken == '{"messageId": "hal'
    assert base64.b64decode(json.loads(whole)["data"]) == letter.data


async def test_file_that_is_made_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "dropped.jsonl"
    await drop(Kept(), file, make_letter())
    assert file.stat().st_mode & 0o777 == 0o600
