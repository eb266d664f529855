"""Dead letters that name a phone number: each is looked at, none but these is taken away.

    pull a page ─▶ names the number ─▶ taken
                   └─ does not ─▶ held till the end, then given back at once

In memory are a page, and the handles of what is held.
"""

import dataclasses
import time
from collections.abc import Awaitable, Callable, Sequence

from rbm_ops.deadletters.letters import DeadLetter
from rbm_ops.deadletters.subscription import Kept
from rbm_ops.forget.naming import Naming

KIND = "deadLetters"
_LETTERS_PER_PAGE = 500
# They are held for 600 s.
_HELD_SECONDS = 600
_RENEWAL_SECONDS = 200

Take = Callable[[Sequence[DeadLetter]], Awaitable[Sequence[DeadLetter]]]


async def sift_letters(kept: Kept, naming: Naming, take: Take) -> None:
    """`take` gets those that name the number, and answers which of them to give back. Raises NotConfirmed."""
    held: list[DeadLetter] = []
    renewed_at = time.monotonic()
    try:
        while page := await kept.pull(_LETTERS_PER_PAGE):
            held += map(_keep_handle, page)  # all, until it is settled what becomes of them
            named = [letter for letter in page if _is_named(letter, naming)]
            back = {letter.ack_id for letter in await take(named)} if named else set()
            gone = {letter.ack_id for letter in named} - back
            held = [letter for letter in held if letter.ack_id not in gone]
            if time.monotonic() - renewed_at > _RENEWAL_SECONDS:
                await kept.hold(held, seconds=_HELD_SECONDS)
                renewed_at = time.monotonic()
    finally:
        await kept.hold(held, seconds=0)


def _keep_handle(letter: DeadLetter) -> DeadLetter:
    return dataclasses.replace(letter, data=b"", attributes={})


def _is_named(letter: DeadLetter, naming: Naming) -> bool:
    return naming.is_in(letter.data, letter.attributes.values())
