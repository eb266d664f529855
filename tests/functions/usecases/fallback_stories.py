"""One message with a fallback, all who may act on it at the same time, and what must hold in the end."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.functions.domain.builders import (
    MESSAGE_DOCUMENT,
    send_request,
)
from tests.functions.usecases.interleaving import (
    Actor,
    SteppedLedger,
    SteppedPublisher,
    Turns,
    clock,
)
from tests.support.payloads import event_bytes

from rbm_ledger.domain.consent import Keywords
from rbm_ledger.domain.correlation import Arrival
from rbm_ledger.domain.ledger import Merge, fold
from rbm_ledger.domain.outcomes import Answer, Attempt
from rbm_ledger.domain.platform_calls import PlatformCall
from rbm_ledger.domain.policies import AgentPolicies
from rbm_ledger.domain.records import merge_attempt
from rbm_ledger.domain.times import to_millis
from rbm_ledger.usecases.correlate import CorrelateEvent
from rbm_ledger.usecases.fallback import settle_fallback
from rbm_ledger.usecases.recording import Recorder
from rbm_ledger.usecases.sweep import Sweep

REQUESTED = datetime(2026, 11, 22, 11, tzinfo=UTC)
DUE = REQUESTED + timedelta(seconds=60)
EVENTS = {
    "DELIVERED": "user-event-delivered",
    "EXPIRED": "server-event-ttl-expiration-revoked",
}
FALLBACK = {
    "afterSeconds": 60,
    "on": ["unreachable", "expired", "undelivered"],
    "payload": {"sms": "Your order has shipped"},
}
REQUEST = send_request(ttl="600s", fallback=FALLBACK)
ACTORS = ("DELIVERED", "EXPIRED", "send", "sweep 1", "sweep 2")


@dataclass
class World:
    """One message, one platform. `revoke_statuses`: its answers to DELETE, the last one again and again."""

    revoke_statuses: tuple[int, ...]
    send_status: int = 200
    turns: Turns = field(default_factory=Turns)
    now: datetime = DUE

    def __post_init__(self) -> None:
        self.ledger = SteppedLedger(turns=self.turns)
        self.updates = SteppedPublisher(self.turns)
        self.revokes = 0
        self.finished: set[str] = set()
        self.recorder = Recorder(
            ledger=self.ledger,
            updates=self.updates,
            clock=clock(lambda: self.now, ACTORS),
            retention=timedelta(days=90),
            store_content=True,
        )

    def store_accepted(self) -> None:
        self.ledger.documents[MESSAGE_DOCUMENT] = fold(None, self._record_merge())

    async def call(self, call: PlatformCall) -> Answer:
        await self.turns.take()
        self.revokes += 1
        status = self.revoke_statuses[min(self.revokes, len(self.revoke_statuses)) - 1]
        self.turns.note(status)
        return Answer(status)

    def actor(self, name: str) -> Actor:
        async def act() -> None:
            await self._act(name)
            self.finished.add(name)

        return act

    async def _act(self, name: str) -> None:
        if name in EVENTS:
            correlate = CorrelateEvent(self.recorder, AgentPolicies({}), Keywords())
            await correlate(Arrival(event_bytes(EVENTS[name]), DUE))
        elif name == "send":
            record = await self.recorder.record_message(self._record_merge())
            await settle_fallback(self.recorder, record)
        else:
            await Sweep(self.recorder, self, monotonic=lambda: 0, budget_seconds=1)()

    def _record_merge(self) -> Merge:
        attempt = Attempt(Answer(self.send_status), REQUESTED + timedelta(seconds=1))
        return merge_attempt(REQUEST, attempt, REQUESTED, store_content=True)

    async def recover(self, names: tuple[str, ...]) -> None:
        """Pub/Sub repeats what was not acknowledged; the sweep comes again."""
        self.turns.is_open = True
        for name in names:
            if name not in self.finished and not name.startswith("sweep"):
                await self._act(name)
        for _ in range(3):
            self.now += timedelta(seconds=61)
            await self._act("sweep")

    def describe(self) -> str:
        """The same for two worlds that can only go on in the same way."""
        return repr((self.ledger.documents, self.turns.describe(), self.told, self.revokes))

    def count(self, state: str) -> int:
        return sum(update["state"] == state for update in self.told)

    @property
    def told(self) -> list[dict[str, Any]]:
        updates = (json.loads(message.data) for message in self.updates.messages)
        return [update for update in updates if update["kind"] == "fallback"]


def check_story(world: World, names: tuple[str, ...]) -> None:
    """What must hold of every story, once everybody who died was replaced."""
    requested, regretted = world.count("requested"), world.count("regretted")
    decisions = {(each["reason"], each["certainty"], each["decidedTime"]) for each in world.told}
    assert len(decisions) <= 1, f"{len(decisions)} decisions were told"
    delivered_at, decided_at = position(world, "events", "DELIVERED"), position(world, "fallbackDecisions")
    if delivered_at < decided_at:
        assert not requested, "requested for what was delivered before"
    if requested and "DELIVERED" in names:
        assert regretted, "nobody told that it was delivered after all"
    if "DELIVERED" not in names and not is_waiting(world):
        assert requested, "nobody told of the fallback"
    assert "DELIVERED" in names or not regretted
    record = world.ledger.documents.get(MESSAGE_DOCUMENT, {})
    due_ms = record.get("sweep", {}).get("dueAtMs", to_millis(datetime.max.replace(tzinfo=UTC)))
    assert due_ms > to_millis(world.now), "it is still due"


def is_waiting(world: World) -> bool:
    """Whether nothing has come up yet that wants the fallback."""
    record = world.ledger.documents.get(MESSAGE_DOCUMENT, {})
    return "requestedTime" not in record


def position(world: World, array: str, event_type: str = "") -> int:
    """When the first such element was written; beyond all writes where none was."""
    for number, merge in enumerate(world.ledger.writes):
        elements = merge.unions.get((array,), ())
        if any(event_type in element.get("eventType", "") for element in elements):
            return number
    return len(world.ledger.writes)
