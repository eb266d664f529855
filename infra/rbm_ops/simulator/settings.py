"""What one simulator is told at its start; as JSON it is a configuration file."""

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from rbm_ops.simulator.changes import AgentChange, AgentId, PhoneChange, PhoneNumber
from rbm_ops.simulator.clock import ClockMode
from rbm_ops.simulator.rest.choices import ApiChoices
from rbm_ops.simulator.scripts import OrdinaryPhone


class PayloadStyle(StrEnum):
    """How the signed JSON is written. A delivery that was published in 2022 was pretty-printed."""

    PRETTY = "pretty"
    COMPACT = "compact"


class EnvelopeStyle(StrEnum):
    """Both spellings of the envelope's ids, as the launch event is documented; or `data` alone."""

    FULL = "full"
    MINIMAL = "minimal"


class RetryPolicy(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """How Google repeats a callback that was not acknowledged.

    Documented: growing waits of at most 600 s, for 7 days (guides/integrate/webhooks, April 2026).
    Assumed: the first wait, the doubling, and the deadline for an answer, which is that of Pub/Sub push.
    """

    first_wait_seconds: float = 0.25
    longest_wait_seconds: float = 600
    kept_seconds: float = 7 * 24 * 3600
    answer_timeout_seconds: float = 10
    calls_at_once: int = 32

    def wait_seconds(self, failed_attempts: int) -> float:
        """The wait after so many failures; 2 ** 40 is beyond every limit."""
        return min(self.first_wait_seconds * 2.0 ** min(failed_attempts - 1, 40), self.longest_wait_seconds)


class Limits(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What keeps the simulator's memory bounded: the latest so many of each are remembered."""

    messages: int = 100_000
    conversations: int = 5_000
    phones: int = 50_000
    callbacks: int = 100_000


def draw_seed() -> int:
    """One that no earlier run had, so that no id comes back."""
    return secrets.randbelow(10**9)


class SimulatorSettings(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """`webhook_url` empty: none until one is registered. `agents` empty: every agent is known.

    `agents` and `phones`: what differs at the start from an agent of that id, a phone of that number.
    `port` 0: any free one. `pace` scales the waits of the phones.
    """

    webhook_url: str = ""
    client_token: str = ""
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535)] = 0
    agents: dict[AgentId, AgentChange] = {}
    phones: dict[PhoneNumber, PhoneChange] = {}
    seed: int = msgspec.field(default_factory=draw_seed)
    pace: Annotated[float, Meta(ge=0)] = 1.0
    clock: ClockMode = ClockMode.REAL
    clock_scale: Annotated[float, Meta(gt=0)] = 1.0
    clock_start: Annotated[datetime, Meta(tz=True)] | None = None
    payload_style: PayloadStyle = PayloadStyle.PRETTY
    envelope_style: EnvelopeStyle = EnvelopeStyle.FULL
    ordinary_phone: OrdinaryPhone = msgspec.field(default_factory=OrdinaryPhone)
    choices: ApiChoices = msgspec.field(default_factory=ApiChoices)
    retry: RetryPolicy = msgspec.field(default_factory=RetryPolicy)
    limits: Limits = msgspec.field(default_factory=Limits)
