"""The use case `sweep` with its fakes: messages, a platform, and a clock that a test moves."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.functions.domain.builders import AGENT, REQUESTED, send_request
from tests.functions.domain.swept import after, fallback
from tests.functions.fakes import InMemoryLedger, RecordingPublisher

from rbm_ledger.domain.deadlines import NEVER_MS
from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ledger.domain.ledger import fold, message_path
from rbm_ledger.domain.outcomes import Answer, Attempt
from rbm_ledger.domain.platform_calls import PlatformCall
from rbm_ledger.domain.records import merge_attempt
from rbm_ledger.domain.times import from_millis
from rbm_ledger.usecases.recording import Recorder
from rbm_ledger.usecases.sweep import Sweep
from rbm_ledger.usecases.sweep_report import SweepReport

RETENTION = timedelta(days=90)


@dataclass
class Platform:
    """Answers each DELETE by what `answer` says of the message's id."""

    answer: Callable[[str], int] = lambda _message_id: 404
    revoked: list[str] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0

    async def call(self, call: PlatformCall) -> Answer:
        assert (call.method, call.agent_id, call.query) == ("DELETE", AGENT, {"agentId": AGENT})
        message_id = call.path.rpartition("/")[2]
        self.revoked.append(message_id)
        return Answer(self.answer(message_id))


@dataclass
class Sweeping:
    """`seconds` after all requests. Each `sweep` is one call by the scheduler."""

    seconds: float = 0
    budget_seconds: float = 50
    has_updates: bool = True
    page_size: int = 20
    ledger: InMemoryLedger = field(default_factory=InMemoryLedger)
    updates: RecordingPublisher = field(default_factory=RecordingPublisher)
    platform: Platform = field(default_factory=Platform)
    monotonic: Callable[[], float] = lambda: 0.0

    def now(self) -> datetime:
        return after(self.seconds)

    @property
    def recorder(self) -> Recorder:
        updates = self.updates if self.has_updates else None
        return Recorder(self.ledger, updates, self.now, RETENTION, store_content=True)

    def store(self, name: str, *reasons: str, http_status: int = 200, **changes: Any) -> str:
        """A message of its own, by its id."""
        message_id = derive_message_id(AGENT, name)
        wanted = {"fallback": fallback(*reasons)} if reasons else {}
        request = send_request(**{"messageId": message_id, **wanted, **changes})
        merge = merge_attempt(request, Attempt(Answer(http_status), REQUESTED), REQUESTED, store_content=True)
        self.ledger.documents[merge.document] = fold(None, merge)
        return message_id

    async def sweep(self, seconds: float) -> SweepReport:
        """At so many seconds after the requests."""
        self.seconds = seconds
        return await Sweep(
            self.recorder,
            self.platform,
            monotonic=self.monotonic,
            budget_seconds=self.budget_seconds,
            page_size=self.page_size,
        )()

    def record(self, message_id: str) -> dict[str, Any]:
        return self.ledger.documents[message_path(AGENT, message_id)]

    def due(self, message_id: str) -> float | None:
        """When it is looked at next, in seconds after the request; None: never."""
        due_ms = self.record(message_id)["sweep"]["dueAtMs"]
        return None if due_ms == NEVER_MS else (from_millis(due_ms) - REQUESTED).total_seconds()

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(message.data) for message in self.updates.messages]

    def told_fallbacks(self) -> list[tuple[str, str, str]]:
        return [
            (update["state"], update["reason"], update["certainty"])
            for update in self.told
            if update["kind"] == "fallback"
        ]
