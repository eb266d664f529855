"""What one simulator is told at its start."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How Google repeats a callback that was not acknowledged.

    Documented: growing waits of at most 600 s, for 7 days (guides/integrate/webhooks, April 2026).
    Assumed: the first wait, the doubling, and the deadline for an answer, which is that of Pub/Sub push.
    """

    first_wait_seconds: float = 0.25
    longest_wait_seconds: float = 600
    kept_seconds: float = 7 * 24 * 3600
    answer_timeout_seconds: float = 10
    calls_at_once: int = 32

    def waits_seconds(self) -> Iterator[float]:
        wait_seconds = self.first_wait_seconds
        while True:
            yield min(wait_seconds, self.longest_wait_seconds)
            wait_seconds = min(2 * wait_seconds, self.longest_wait_seconds)


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """`agents` empty: every agent is known. `port` 0: any free one. `pace` scales the waits of the fates."""

    webhook_url: str
    client_token: str
    host: str = "127.0.0.1"
    port: int = 0
    agents: frozenset[str] = frozenset()
    seed: int = 0
    pace: float = 1.0
    reused_id_status: int = 200
    retry: RetryPolicy = field(default_factory=RetryPolicy)
