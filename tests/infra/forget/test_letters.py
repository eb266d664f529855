"""Dead letters that are looked through: whatever is not taken is given back, however it ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from rbm_ledger.domain.errors import NotConfirmed
from rbm_ops.deadletters.letters import DeadLetter
from rbm_ops.forget.letters import sift_letters
from rbm_ops.forget.naming import Naming

NUMBER = "+4915512345678"


def letter(name: str, data: bytes = b"{}", **attributes: str) -> DeadLetter:
    return DeadLetter(name, f"ack-{name}", data, attributes, datetime(2026, 11, 22, tzinfo=UTC))


@dataclass
class Kept:
    """Pages that are pulled one after the other."""

    pages: list[list[DeadLetter]]
    given_back: set[str] = field(default_factory=set)

    async def pull(self, limit: int) -> Sequence[DeadLetter]:
        return self.pages.pop(0) if self.pages else []

    async def acknowledge(self, letters: Iterable[DeadLetter]) -> None:
        raise AssertionError("whoever takes them acknowledges them")

    async def hold(self, letters: Iterable[DeadLetter], *, seconds: int) -> None:
        assert seconds == 0
        self.given_back |= {each.id for each in letters}


async def test_those_that_name_the_number_are_taken_and_the_others_come_back() -> None:
    named = letter("named", NUMBER.encode())
    shared = letter("shared", NUMBER.encode())
    by_attribute = letter("attribute", to=NUMBER)
    kept = Kept([[letter("1"), named, shared], [by_attribute, letter("2")]])
    taken: list[str] = []

    async def take(letters: Sequence[DeadLetter]) -> Sequence[DeadLetter]:
        taken.extend(each.id for each in letters)
        return [each for each in letters if each.id == "shared"]

    await sift_letters(kept, Naming(NUMBER), take)
    assert taken == ["named", "shared", "attribute"]
    assert kept.given_back == {"1", "2", "shared"}


async def test_all_come_back_when_it_breaks_off() -> None:
    kept = Kept([[letter("1")], [letter("2"), letter("named", NUMBER.encode())]])

    async def take(letters: Sequence[DeadLetter]) -> Sequence[DeadLetter]:
        raise NotConfirmed("not now")

    with pytest.raises(NotConfirmed):
        await sift_letters(kept, Naming(NUMBER), take)
    assert kept.given_back == {"1", "2", "named"}
