"""What one message makes the system do, from the request to the last receipt."""

from collections.abc import Mapping
from dataclasses import dataclass

WEBHOOK, CORRELATE, SEND = "webhook", "correlate", "send"

# A request, an event or an update, with its attributes, has 250 to 900 bytes; Pub/Sub bills 1,000 for each
# request at least (cloud.google.com/pubsub/pricing, read 2026-11). Messages that share a publish cost less.
PUBSUB_BYTES = 1000
# One of ours and one that Cloud Run writes by itself (cloud.google.com/run/docs/logging) for each request.
LOG_LINES_PER_REQUEST = 2


@dataclass(frozen=True, slots=True)
class Life:
    """A message that is sent at the first attempt. `events`: 3 are accepted, DELIVERED and READ.

    The first is the platform's answer to `send`, every other a callback. Nothing is repeated.
    """

    events: float = 3
    has_updates: bool = True

    @property
    def callbacks(self) -> float:
        return self.events - 1

    def requests(self) -> Mapping[str, float]:
        """By function."""
        return {WEBHOOK: self.callbacks, CORRELATE: self.callbacks, SEND: 1}

    def calls_in_turn(self) -> Mapping[str, int]:
        """By function, the calls to Pub/Sub and Firestore that one request waits for, one after the other."""
        if self.has_updates:
            return {WEBHOOK: 1, CORRELATE: 3, SEND: 3}
        return {WEBHOOK: 1, CORRELATE: 1, SEND: 2}

    @property
    def writes(self) -> float:
        """One for each event: the record of `send`, and each callback."""
        return self.events

    @property
    def reads(self) -> float:
        """`send` looks before its call; `correlate` only to tell of the change."""
        return 1 + (self.callbacks if self.has_updates else 0)

    @property
    def published(self) -> float:
        """Messages: the request, the callbacks, the updates."""
        return self.events + (self.events if self.has_updates else 0)

    @property
    def pushed(self) -> float:
        """Messages: the request to `send`, the callbacks to `correlate`."""
        return self.events

    @property
    def pulled(self) -> float:
        """Messages, by one subscriber of the updates."""
        return self.events if self.has_updates else 0

    @property
    def log_lines(self) -> float:
        return LOG_LINES_PER_REQUEST * sum(self.requests().values())
