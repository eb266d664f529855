"""What a phone does with a message: scripts as data, so that a test or a person can write one as JSON."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from rbm_ops.simulator.dice import Dice
from rbm_ops.simulator.errors import Status
from rbm_ops.simulator.resources import Copies, Seconds

Ratio = Annotated[float, Meta(ge=0, le=1)]
# Of what a user message holds; a location and a file are objects.
_CONTENT_TYPES: dict[str, type] = {"text": str, "location": dict, "userFile": dict}


class Answer(StrEnum):
    """How the first create of an accepted message is answered. A repeat is always answered at once."""

    AT_ONCE = "at once"
    AFTER_FIRST_STEP = "after the first step"
    HELD = "held"
    FAILED = "failed"


class Step(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """One event on its way back. Without `after_seconds` the wait before it is drawn from the seed.

    `event` is an event type, known to the platform or not, or what a user message holds: text, location,
    userFile, suggestionResponse (a tap on the first suggestion); `content` replaces what it holds.
    `at_expiry`: when the message expires; a message that never does skips the step.
    `told_late`: the event carries the time of sending, so it happened before those that were told earlier.
    """

    event: Annotated[str, Meta(min_length=1, max_length=100)]
    copies: Copies = 1
    after_seconds: Seconds | None = None
    at_expiry: bool = False
    told_late: bool = False
    content: Any = None

    def __post_init__(self) -> None:
        content_type = _CONTENT_TYPES.get(self.event)
        if content_type and self.content is not None and not isinstance(self.content, content_type):
            raise ValueError(f"the content of this event must be of type {content_type.__name__}")


class Refusal(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The answer to the first `times` creates of a message, or to all of them."""

    status: Status
    message: str = ""
    times: int | None = None

    def applies_to(self, create_number: int) -> bool:
        return self.times is None or create_number <= self.times


class Script(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """`is_ordinary`: the steps are those of an ordinary phone, drawn from the seed.

    `outruns_revoke`: a revoke is answered as done, and the steps go on, as they do "in rare cases"
    (guides/build/messages/revoke, April 2026).
    """

    description: str = ""
    steps: Annotated[tuple[Step, ...], Meta(max_length=100)] = ()
    is_ordinary: bool = False
    answer: Answer = Answer.AT_ONCE
    answer_seconds: Seconds = 0.0
    outruns_revoke: bool = False
    refusal: Refusal | None = None


DELIVERED = Step(event="DELIVERED")
READ = Step(event="READ")


class OrdinaryPhone(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """How a phone without a fate behaves; ratios from 0 to 1, waits before each event in seconds."""

    shortest_wait_seconds: Seconds = 0.05
    longest_wait_seconds: Seconds = 0.3
    duplicate_ratio: Ratio = 0.1
    reversed_ratio: Ratio = 0.1
    read_ratio: Ratio = 1.0

    def draw_wait_seconds(self, dice: Dice) -> float:
        return dice.throw_between(self.shortest_wait_seconds, self.longest_wait_seconds)

    def draw_steps(self, dice: Dice) -> tuple[Step, ...]:
        """DELIVERED, most often READ, some of them twice, sometimes the wrong way round."""
        steps = tuple(self._draw_copies(dice))
        if len(steps) > 1 and dice.throw() < self.reversed_ratio:
            delivered, read = steps
            return read, msgspec.structs.replace(delivered, told_late=True)
        return steps

    def _draw_copies(self, dice: Dice) -> Iterator[Step]:
        receipts = (DELIVERED, READ) if dice.throw() < self.read_ratio else (DELIVERED,)
        for step in receipts:
            is_doubled = dice.throw() < self.duplicate_ratio
            yield msgspec.structs.replace(step, copies=2) if is_doubled else step
