"""Everything that can go wrong, as one tree; each class says what becomes of whatever caused it.

LedgerError
├── MalformedInput        reject   the bytes are not what this address takes
│   ├── NotJson
│   ├── MalformedDelivery          the webhook's envelope
│   ├── MalformedPush              Pub/Sub's envelope
│   └── InvalidRequest             a send request (requests.py): every fault, and who sent it
│       └── AgentNotServed             for an agent that this deployment, or its source, may not send as
├── ConflictingRequest    reject   its id is that of a message with other content (usecases/send.py)
├── InputTooLarge         reject   more bytes than this address takes
├── NotAuthentic          reject   no active token signed it
│   └── UnknownToken               a handshake for a token that is not ours
├── InvalidSettings       reject   the environment: every fault
├── NotConfirmed          retry    Google's service did not confirm a write or a publish
│   └── Refused                    it said no to what the call carried
└── OutcomeUnknown        retry    a call to the RBM platform that has to be made, or made again
    ├── CallAgain                      its answer settles nothing (usecases/send.py)
    │   └── Throttled                      429
    ├── Paused                         nothing is sent as this agent for now (usecases/agents.py)
    └── RateReached                    the agent's turn is too far off (usecases/pacing.py)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Disposition(StrEnum):
    """What becomes of the input that raised an error."""

    RETRY = "retry"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: where, and what.

    `logged` is the same for a log, where whoever gave the input chose a name in it.
    """

    path: str
    problem: str
    logged: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}" if self.path else self.problem

    def describe_for_log(self) -> str:
        return self.logged or str(self)


class LedgerError(Exception):
    """`message_id`: that of the request which failed, where whoever asked may not know it."""

    disposition = Disposition.REJECT
    message_id = ""


class MalformedInput(LedgerError):
    """The bytes are not what this address takes. The text never repeats them."""


class NotJson(MalformedInput):
    pass


class MalformedDelivery(MalformedInput):
    pass


class MalformedPush(MalformedInput):
    pass


class InputTooLarge(LedgerError):
    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"The body is larger than {limit_bytes} bytes.")


class NotAuthentic(LedgerError):
    pass


class UnknownToken(NotAuthentic):
    pass


class NotConfirmed(LedgerError):
    """`reason` is for the log: it may name addresses and resources of ours."""

    disposition = Disposition.RETRY

    def __init__(self, reason: str, *, text: str = "Nothing was confirmed; call again.") -> None:
        super().__init__(text)
        self.reason = reason


class Refused(NotConfirmed):
    pass


class OutcomeUnknown(LedgerError):
    disposition = Disposition.RETRY


class FaultyInput(LedgerError):
    """Faults found in one go; the text lists them all."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)

    @property
    def reason(self) -> str:
        """The same for a log."""
        return "; ".join(fault.describe_for_log() for fault in self.faults)


class InvalidSettings(FaultyInput):
    pass
