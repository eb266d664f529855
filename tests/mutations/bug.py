"""A bug that is planted on purpose, and what has to notice it."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    EVENT_DROPPED = "event dropped"
    EARLY_ANSWER = "answered before it is durable"
    MESSAGE_ID = "message id"
    MERGE = "merge that does not commute"
    SIGNATURE = "signature"
    SECRETS = "constant time, redaction"
    DECISION = "decision"
    DEPLOYMENT = "deployment"


@dataclass(frozen=True, slots=True)
class Bug:
    """`old` stands exactly once in `file`; with `new` in its place, one of `tests` has to fail.

    `tests` are pytest's node ids. A bug that takes the whole system to be seen has a `command` instead: it
    exits with 0 on the tree as it is, and with 1 where it found that something was lost.
    """

    name: str
    kind: Kind
    file: str
    old: str
    new: str
    tests: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    is_quick: bool = False  # one of the handful that every test run plants
