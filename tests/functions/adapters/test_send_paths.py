"""Every outcome, every guard, every rule of consent: real adapters, both emulators, the simulator."""

import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from tests.functions.adapters.conftest import MakeApi, open_firestore
from tests.functions.adapters.test_outcome_table import CREATES, Case, number
from tests.functions.usecases.sending import AGENT, NOW, ORIGIN, Sending
from tests.support.payloads import load_json, request_bytes

from rbm_ledger.domain.agents import merge_pause
from rbm_ledger.domain.ledger import Record, State, message_path, state_of
from rbm_ledger.domain.policies import AgentPolicy
from rbm_ledger.domain.requests import AgentNotServed, Origin
from rbm_ledger.domain.times import format_rfc3339
from rbm_ledger.usecases.agents import Paused
from rbm_ledger.usecases.pacing import RateReached
from rbm_ledger.usecases.rehearsing import Rehearsed
from rbm_ledger.usecases.send import CallAgain, ConflictingRequest, Sent
from rbm_ops.simulator.rest.choices import ApiChoices
from rbm_ops.simulator.server import RunningSimulator, running_simulator
from rbm_ops.simulator.settings import SimulatorSettings

POLICIES = {
    AGENT: AgentPolicy(),
    "fenced": AgentPolicy(prefixes=("+49",), sources=frozenset({"orders"})),
    "slow": AgentPolicy(rate_per_second=0.01),
}


@dataclass
class Deployment:
    """One `send` with all it works with; each `take` is a request for one and the same message."""

    sending: Sending
    simulator: RunningSimulator
    message_id: str

    async def take(self, **changes: Any) -> object:
        """What the use case returned, or the error that it raised."""
        fields = {"messageId": self.message_id, "messageTrafficType": "TRANSACTION", **changes}
        try:
            return await self.sending.take_request(request_bytes(**fields), ORIGIN)
        except (CallAgain, ConflictingRequest, AgentNotServed, Paused, RateReached) as error:
            return error

    async def ask(self, **fields: Any) -> None:
        asked = {"agentId": AGENT, "phoneNumber": number("0102"), "idempotencyKey": "1", **fields}
        await self.sending.take_request(json.dumps(asked).encode(), Origin("1", NOW - timedelta(hours=1)))

    async def read(self, agent_id: str = AGENT) -> Record:
        return await self.sending.ledger.read(message_path(agent_id, self.message_id)) or {}

    @property
    def creates(self) -> int:
        taken = self.simulator.simulation.messages.list()
        return sum(count for message, count in taken if message.resource.resource_id == self.message_id)


Deploy = Callable[..., AbstractAsyncContextManager[Deployment]]


@pytest.fixture
def deploy(emulators: Any, project: str, make_api: MakeApi) -> Deploy:
    @asynccontextmanager
    async def open_deployment(**choices: Any) -> AsyncIterator[Deployment]:
        settings = SimulatorSettings(choices=ApiChoices(**choices))
        async with running_simulator(settings) as simulator:
            sending = Sending(
                policies=POLICIES,
                ledger=open_firestore(emulators.firestore_host, project),  # type: ignore[arg-type]
                api=make_api(simulator.url),
            )
            yield Deployment(sending, simulator, str(uuid.uuid4()))

    return open_deployment


# Outcomes


@pytest.mark.parametrize("case", CREATES.values(), ids=CREATES)
async def test_outcome_is_recorded_explained_told_and_the_repeat_does_what_is_left(
    case: Case, deploy: Deploy, make_api: MakeApi
) -> None:
    async with deploy(reused_id_status=case.reused_id_status) as deployment:
        case.prepare(deployment.simulator.simulation)
        deployment.sending = Sending(
            ledger=deployment.sending.ledger, api=make_api(deployment.simulator.url, **case.api)
        )
        request = {"phoneNumber": number(case.ending), **case.changes}
        first = await deployment.take(**request)
        assert isinstance(first, CallAgain if case.state is State.PENDING else Sent)
        record = await deployment.read()
        assert state_of(record) is case.state
        [update] = deployment.sending.told
        assert (update["state"], bool(update["explanation"])) == (case.state.label, True)
        if case.then is None:
            return
        assert isinstance(await deployment.take(**request), Sent)
        assert state_of(await deployment.read()) is case.then
        is_called_again = case.state is State.PENDING
        assert len((await deployment.read())["attempts"]) == 1 + is_called_again


# Guards


async def test_number_or_source_that_the_policy_excludes_is_not_sent_to(deploy: Deploy) -> None:
    async with deploy() as deployment:
        assert isinstance(await deployment.take(agentId="fenced"), AgentNotServed)
        suppressed = await deployment.take(agentId="fenced", source="orders")
        assert isinstance(suppressed, Sent)
        assert suppressed.record["suppressedReason"] == "prefix_not_allowed"
        assert deployment.creates == 0


async def test_expired_request_is_not_sent(deploy: Deploy) -> None:
    async with deploy() as deployment:
        sent = await deployment.take(expireTime=format_rfc3339(NOW))
        assert isinstance(sent, Sent)
        assert (sent.record["suppressedReason"], deployment.creates) == ("expired", 0)


async def test_paused_agent_sends_nothing_until_it_is_resumed(deploy: Deploy) -> None:
    async with deploy() as deployment:
        await deployment.sending.recorder.write(merge_pause(AGENT, NOW))
        assert isinstance(await deployment.take(), Paused)
        assert (state_of(await deployment.read()), deployment.creates) == (State.PENDING, 0)


async def test_rate_that_is_reached_sends_nothing_more(deploy: Deploy) -> None:
    async with deploy() as deployment:
        assert isinstance(await deployment.take(agentId="slow"), Sent)
        deployment.message_id = str(uuid.uuid4())
        assert isinstance(await deployment.take(agentId="slow"), RateReached)
        assert deployment.creates == 0


async def test_other_content_under_the_same_id_is_recorded_and_not_sent(deploy: Deploy) -> None:
    async with deploy() as deployment:
        assert isinstance(await deployment.take(), Sent)
        assert isinstance(await deployment.take(contentMessage={"text": "Other"}), ConflictingRequest)
        assert (len((await deployment.read())["conflicts"]), deployment.creates) == (1, 1)


async def test_rehearsal_sends_and_writes_nothing(deploy: Deploy) -> None:
    async with deploy() as deployment:
        assert isinstance(await deployment.take(validateOnly=True), Rehearsed)
        assert (await deployment.read(), deployment.creates) == ({}, 0)


# Consent


@pytest.mark.parametrize(
    ("traffic_type", "is_sent"),
    [
        ("PROMOTION", False),
        (None, False),
        ("AUTHENTICATION", True),
        ("TRANSACTION", True),
        ("SERVICEREQUEST", True),
        ("ACKNOWLEDGEMENT", True),
    ],
)
async def test_user_who_opted_out_gets_what_still_may_go(
    deploy: Deploy, traffic_type: str | None, is_sent: bool
) -> None:
    async with deploy() as deployment:
        await deployment.ask(consent={"state": "optedOut"})
        request = {"phoneNumber": number("0102"), "messageTrafficType": traffic_type}
        sent = await deployment.take(**request)
        assert isinstance(sent, Sent)
        assert sent.record.get("suppressedReason") == (None if is_sent else "opted_out")
        assert deployment.creates == is_sent


async def test_second_acknowledgement_of_one_opt_out_is_not_sent(deploy: Deploy) -> None:
    request = {"phoneNumber": number("0102"), "messageTrafficType": "ACKNOWLEDGEMENT"}
    async with deploy() as deployment:
        await deployment.ask(consent={"state": "optedOut"})
        assert isinstance(await deployment.take(**request), Sent)
        deployment.message_id = str(uuid.uuid4())
        second = await deployment.take(**request)
        assert isinstance(second, Sent)
        assert (second.record["suppressedReason"], deployment.creates) == ("acknowledged_before", 0)


async def test_user_who_came_back_gets_everything_again(deploy: Deploy) -> None:
    async with deploy() as deployment:
        for key, state in (("1", "optedOut"), ("2", "optedIn")):
            deployment.sending.now += timedelta(seconds=1)
            asked = {"agentId": AGENT, "phoneNumber": number("0102"), "consent": {"state": state}}
            origin = Origin(key, deployment.sending.now)
            await deployment.sending.take_request(json.dumps(asked).encode(), origin)
        sent = await deployment.take(phoneNumber=number("0102"), messageTrafficType="PROMOTION")
        assert isinstance(sent, Sent)
        assert (sent.state, deployment.creates) == (State.ACCEPTED, 1)


# Fallback: what `send` itself knows; the sweep's part is in test_sweep.py


@pytest.mark.parametrize(
    ("ending", "reason", "content"),
    [("0104", "unreachable", None), ("0111", "undelivered", None), ("0121", "undelivered", "card")],
    ids=["404", "403", "400: no cards on this phone"],
)
async def test_refusal_asks_for_the_fallback_at_once_and_once(
    deploy: Deploy, ending: str, reason: str, content: str | None
) -> None:
    fallback = {"on": ["unreachable", "undelivered"], "afterSeconds": 600, "payload": {"sms": "Hi"}}
    card = load_json("agent_messages/rich-card-standalone.json")["contentMessage"]
    request = {"phoneNumber": number(ending), "fallback": fallback, "source": "orders"}
    if content:
        request["contentMessage"] = card
    async with deploy() as deployment:
        for _ in range(2):
            await deployment.take(**request)
        [told] = [update for update in deployment.sending.told if update["kind"] == "fallback"]
        assert (told["state"], told["reason"], told["certainty"]) == ("requested", reason, "confirmed")
        assert (told["payload"], told["source"]) == ({"sms": "Hi"}, "orders")
        assert len((await deployment.read())["fallbackDecisions"]) == 1
