"""The sweep on real documents, with the platform that the simulator is: what the user and the caller get."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.functions.adapters.conftest import MakeApi, OpenLedger
from tests.functions.domain.builders import AGENT, NO_KEYWORDS, parse_one
from tests.functions.domain.swept import fallback
from tests.functions.fakes import RecordingPublisher
from tests.infra.simulator.conftest import CLIENT_TOKEN, START, STEPPED, Webhook, serve_webhook
from tests.support.payloads import event_bytes, request_bytes

from rbm_ledger.adapters.rbm_api import HttpRbmApi
from rbm_ledger.domain.correlation import Arrival
from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ledger.domain.ledger import message_path, state_of
from rbm_ledger.domain.outcomes import Attempt
from rbm_ledger.domain.platform_calls import call_for
from rbm_ledger.domain.policies import AgentPolicies
from rbm_ledger.domain.records import merge_attempt
from rbm_ledger.domain.requests import Origin
from rbm_ledger.usecases.correlate import CorrelateEvent
from rbm_ledger.usecases.ports import Ledger
from rbm_ledger.usecases.recording import Recorder
from rbm_ledger.usecases.sweep import Sweep
from rbm_ledger.usecases.sweep_report import SweepReport
from rbm_ops.simulator.server import RunningSimulator, running_simulator
from rbm_ops.simulator.settings import SimulatorSettings

ALL = ("unreachable", "expired", "undelivered")


@dataclass
class Story:
    """Ledger, platform and user over one clock, that of the simulator."""

    ledger: Ledger
    api: HttpRbmApi
    simulator: RunningSimulator
    webhook: Webhook
    updates: RecordingPublisher = field(default_factory=RecordingPublisher)
    seconds: float = 0
    heard: int = 0

    @property
    def recorder(self) -> Recorder:
        return Recorder(self.ledger, self.updates, self.now, timedelta(days=90), store_content=True)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    async def send(self, ending: str, *reasons: str, **changes: Any) -> str:
        phone_number = f"+1415555{ending}"
        key = f"{ending}/{self.seconds}"
        wanted = {"fallback": fallback(*reasons)} if reasons else {}
        named = {"phoneNumber": phone_number, "messageId": derive_message_id(AGENT, key)}
        request = parse_one(request_bytes(**{**named, **wanted, **changes}), Origin(key, self.now()))
        attempt = Attempt(await self.api.call(call_for(request)), self.now())
        await self.recorder.record_message(merge_attempt(request, attempt, self.now(), store_content=True))
        return request.message_id

    async def advance(self, seconds: float, *, listen: bool = True) -> None:
        """Time passes, and what the platform said in the meantime is correlated."""
        await self.simulator.advance(seconds)
        self.seconds += seconds
        if listen:
            await self.listen()

    async def listen(self) -> None:
        correlate = CorrelateEvent(self.recorder, AgentPolicies({}), NO_KEYWORDS)
        payloads = self.webhook.payloads
        for payload in payloads[self.heard :]:
            await correlate(Arrival(payload, self.now()))
        self.heard = len(payloads)

    async def sweep(self) -> SweepReport:
        return await Sweep(self.recorder, self.api, monotonic=lambda: 0, budget_seconds=1)()

    async def read_state(self, message_id: str) -> str:
        return state_of(await self.ledger.read(message_path(AGENT, message_id)) or {}).label

    @property
    def fallbacks(self) -> list[tuple[str, str, str]]:
        updates = (json.loads(message.data) for message in self.updates.messages)
        return [
            (update["state"], update["reason"], update["certainty"])
            for update in updates
            if update["kind"] == "fallback"
        ]


@pytest.fixture
async def story(open_ledger: OpenLedger, make_api: MakeApi) -> AsyncIterator[Story]:
    async with serve_webhook() as webhook:
        settings: dict[str, Any] = {"webhook_url": webhook.url, "client_token": CLIENT_TOKEN, **STEPPED}
        async with running_simulator(SimulatorSettings(**settings)) as simulator:
            yield Story(open_ledger(), make_api(simulator.url), simulator, webhook)


async def test_offline_phone_has_its_message_taken_back_and_the_other_channel_is_requested(
    story: Story,
) -> None:
    message_id = await story.send("0103", *ALL, ttl="3600s")
    await story.advance(61)
    report = await story.sweep()
    assert (report.due, report.revoked, report.fallbacks) == (1, 1, 1)
    assert story.fallbacks == [("requested", "undelivered", "confirmed")]
    assert await story.read_state(message_id) == "revoked"
    await story.advance(4000)
    assert (await story.sweep()).due == 0


async def test_message_that_is_revoked_too_late_is_regretted(story: Story) -> None:
    """The number delivers 2 s after it was sent, whatever the answer to DELETE is."""
    message_id = await story.send(
        "0122", "undelivered", fallback={"afterSeconds": 1, "on": ["undelivered"], "payload": {}}
    )
    await story.advance(1.5)
    assert (await story.sweep()).revoked == 1
    await story.advance(5)
    assert story.fallbacks == [
        ("requested", "undelivered", "confirmed"),
        ("regretted", "undelivered", "confirmed"),
    ]
    assert await story.read_state(message_id) == "delivered"


async def test_delivered_message_whose_receipt_is_late_has_no_fallback(story: Story) -> None:
    message_id = await story.send("0102", *ALL, ttl="3600s")
    await story.advance(61, listen=False)
    report = await story.sweep()
    assert (report.due, report.revoked, report.fallbacks) == (1, 0, 0)
    await story.listen()
    await story.advance(61)
    assert (await story.sweep()).due == 0
    assert (story.fallbacks, await story.read_state(message_id)) == ([], "delivered")


async def test_delivered_message_whose_receipt_never_comes_has_an_inconclusive_one(story: Story) -> None:
    message_id = await story.send("0102", *ALL, ttl="3600s")
    for _ in range(2):
        await story.advance(61, listen=False)
        await story.sweep()
    assert story.fallbacks == [("requested", "undelivered", "inconclusive")]
    await story.listen()
    assert story.fallbacks[1:] == [("regretted", "undelivered", "inconclusive")]
    assert await story.read_state(message_id) == "delivered"


async def test_expiry_that_is_inconclusive_ends_delivered_and_without_a_fallback(story: Story) -> None:
    message_id = await story.send("0110", "expired", ttl="30s")
    await story.advance(800)
    await story.sweep()
    assert (story.fallbacks, await story.read_state(message_id)) == ([], "delivered")


async def test_expiry_is_told_by_its_event_and_the_sweep_tells_nothing_again(story: Story) -> None:
    await story.send("0103", *ALL, ttl="30s")
    await story.advance(40)
    assert story.fallbacks == [("requested", "expired", "confirmed")]
    await story.advance(700)
    assert (await story.sweep()).fallbacks == 0
    assert len(story.fallbacks) == 1


async def test_message_without_a_fallback_that_nothing_is_heard_of_is_unresolved(story: Story) -> None:
    message_id = await story.send("0103", ttl="30s")
    await story.advance(700, listen=False)
    assert (await story.sweep()).unresolved == 1
    assert await story.read_state(message_id) == "unresolved"
    await story.listen()
    assert await story.read_state(message_id) == "expired"


async def test_receipt_whose_request_is_not_recorded_is_found_as_an_orphan(story: Story) -> None:
    payload = event_bytes("user-event-delivered")
    await CorrelateEvent(story.recorder, AgentPolicies({}), NO_KEYWORDS)(Arrival(payload, story.now()))
    await story.advance(901)
    assert (await story.sweep()).orphans == 1
    assert (await story.sweep()).orphans == 0
