"""Every row of the table of outcomes, as the simulated platform gives it: the call, and what it leads to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.functions.adapters.conftest import MakeApi
from tests.functions.adapters.platform_requests import AGENT, NO_CONTENT, create_call, delete_call
from tests.support.payloads import load_json

from rbm_ledger.adapters.bearer_tokens import NoToken
from rbm_ledger.domain.ledger import State
from rbm_ledger.domain.outcomes import Outcome, Reply, outcome_of, read_reply, state_after
from rbm_ledger.domain.request_members import RequestKind
from rbm_ops.simulator.agents import LaunchState
from rbm_ops.simulator.errors import Status
from rbm_ops.simulator.rest.choices import ApiChoices
from rbm_ops.simulator.server import RunningSimulator, running_simulator
from rbm_ops.simulator.settings import SimulatorSettings
from rbm_ops.simulator.simulation import Simulation

MESSAGE, REVOKE = RequestKind.AGENT_MESSAGE, RequestKind.REVOKE
EVENT = {**NO_CONTENT, "agentEvent": {"eventType": "IS_TYPING"}}
CAPABILITY = {**NO_CONTENT, "capability": {}}
FILE = {**NO_CONTENT, "phoneNumber": None, "fileUpload": {"fileUrl": "https://example.com/a.png"}}


def number(ending: str) -> str:
    """The simulator's table of fates goes by it."""
    return f"+1415555{ending}"


def disturb(status: Status) -> Callable[[Simulation], None]:
    def prepare(simulation: Simulation) -> None:
        simulation.disturbances.create_status = status

    return prepare


def leave_the_carrier(simulation: Simulation) -> None:
    """The agent stays launched, but not where US numbers are."""
    launches = {"*": LaunchState.SUSPENDED, "vodafone-idea-india": LaunchState.LAUNCHED}
    simulation.agents.find(AGENT).launches = launches


def do_nothing(_simulation: Simulation) -> None:
    pass


class NoTokens:
    def current(self, expired: str = "") -> str:
        raise NoToken("RefreshError")


@dataclass(frozen=True, slots=True)
class Case:
    """A create to a number ending so, what it answers and leads to, and what the same call leads to then."""

    reply: Reply
    state: State
    ending: str = "0102"
    then: State | None = None
    prepare: Callable[[Simulation], None] = do_nothing
    changes: dict[str, Any] = field(default_factory=dict)
    reused_id_status: Any = 200
    api: dict[str, Any] = field(default_factory=dict)


PENDING, ACCEPTED, REJECTED, UNREACHABLE = State.PENDING, State.ACCEPTED, State.REJECTED, State.UNREACHABLE
CARD = load_json("agent_messages/rich-card-standalone.json")

CREATES = {
    "200": Case(Reply.TAKEN, ACCEPTED),
    "200 to an id used before": Case(Reply.TAKEN, ACCEPTED, then=ACCEPTED),
    "409 to an id used before": Case(Reply.TAKEN, ACCEPTED, then=ACCEPTED, reused_id_status=409),
    "400: the device lacks a feature": Case(Reply.INVALID, REJECTED, "0121", REJECTED, changes=CARD),
    "401, again after another token": Case(
        Reply.UNAUTHENTICATED, PENDING, prepare=disturb(Status.UNAUTHENTICATED)
    ),
    "403: no tester": Case(Reply.FORBIDDEN, REJECTED, "0111", REJECTED),
    "404: no RCS": Case(Reply.NOT_FOUND, UNREACHABLE, "0104", UNREACHABLE),
    "404: not launched there": Case(Reply.NOT_FOUND, UNREACHABLE, prepare=leave_the_carrier),
    "409 ALREADY_EXISTS": Case(Reply.KNOWN_ID, ACCEPTED, prepare=disturb(Status.ALREADY_EXISTS)),
    "429 once": Case(Reply.THROTTLED, PENDING, "0112", ACCEPTED),
    "429: the user's limit": Case(Reply.USER_LIMIT, UNREACHABLE, "0120", UNREACHABLE),
    "500 though accepted": Case(Reply.FAILED, PENDING, "0113", ACCEPTED),
    "503": Case(Reply.FAILED, PENDING, prepare=disturb(Status.UNAVAILABLE)),
    "504": Case(Reply.FAILED, PENDING, prepare=disturb(Status.DEADLINE_EXCEEDED)),
    "no answer in time though accepted": Case(
        Reply.NO_ANSWER, PENDING, "0114", ACCEPTED, api={"timeout_seconds": 0.3}
    ),
    "no credentials": Case(Reply.NO_CREDENTIALS, PENDING, api={"tokens": NoTokens()}),
}


async def run(case: Case, simulator: RunningSimulator, make_api: MakeApi) -> None:
    case.prepare(simulator.simulation)
    api, call = (
        make_api(simulator.url, **case.api),
        create_call(phoneNumber=number(case.ending), **case.changes),
    )
    answer = await api.call(call)
    assert (read_reply(answer), state_after(MESSAGE, answer)) == (case.reply, case.state)
    if case.then is not None:
        assert state_after(MESSAGE, await api.call(call)) is case.then


@pytest.mark.parametrize("case", CREATES.values(), ids=CREATES)
async def test_create_leads_to_the_state_of_its_row(case: Case, make_api: MakeApi) -> None:
    choices = ApiChoices(reused_id_status=case.reused_id_status)
    async with running_simulator(SimulatorSettings(choices=choices)) as simulator:
        await run(case, simulator, make_api)


def test_every_reply_that_the_simulator_can_give_is_shown() -> None:
    elsewhere = {Reply.INTERRUPTED, Reply.REFUSED, Reply.UNEXPECTED, Reply.UNREADABLE}
    assert {case.reply for case in CREATES.values()} == set(Reply) - elsewhere


@pytest.mark.parametrize(
    ("ending", "state"),
    [("0103", State.REVOKED), (None, None)],
    ids=["200: taken back", "404: unknown"],
)
async def test_revoke_takes_back_what_waits_and_says_nothing_else(
    ending: str | None, state: State | None, make_api: MakeApi
) -> None:
    async with running_simulator(SimulatorSettings()) as simulator:
        api, phone = make_api(simulator.url), number(ending or "0102")
        if ending:
            await api.call(create_call(phoneNumber=phone))
        assert state_after(REVOKE, await api.call(delete_call(phoneNumber=phone))) is state


async def test_revoke_that_comes_too_late_says_nothing_that_the_receipt_does_not_say(
    make_api: MakeApi,
) -> None:
    async with running_simulator(SimulatorSettings(pace=0)) as simulator:
        api, phone = make_api(simulator.url), number("0105")  # answered after it was delivered
        await api.call(create_call(phoneNumber=phone))
        answer = await api.call(delete_call(phoneNumber=phone))
    assert (read_reply(answer), state_after(REVOKE, answer)) == (Reply.NOT_FOUND, None)


OTHERS: dict[str, tuple[RequestKind, dict[str, Any], Status | None, str, Outcome]] = {
    "event": (RequestKind.AGENT_EVENT, EVENT, None, "0102", Outcome.DONE),
    "event without RCS": (RequestKind.AGENT_EVENT, EVENT, None, "0104", Outcome.REFUSED),
    "event to no tester": (RequestKind.AGENT_EVENT, EVENT, None, "0111", Outcome.REFUSED),
    "event, and 503": (RequestKind.AGENT_EVENT, EVENT, Status.UNAVAILABLE, "0102", Outcome.OPEN),
    "event, and 401": (RequestKind.AGENT_EVENT, EVENT, Status.UNAUTHENTICATED, "0102", Outcome.OPEN),
    "event with a used id": (RequestKind.AGENT_EVENT, EVENT, Status.ALREADY_EXISTS, "0102", Outcome.DONE),
    "capability": (RequestKind.CAPABILITY, CAPABILITY, None, "0102", Outcome.DONE),
    "capability without RCS": (RequestKind.CAPABILITY, CAPABILITY, None, "0104", Outcome.DONE),
    "file": (RequestKind.FILE_UPLOAD, FILE, None, "", Outcome.DONE),
}


@pytest.mark.parametrize(("kind", "changes", "status", "ending", "outcome"), OTHERS.values(), ids=OTHERS)
async def test_other_call_is_done_refused_or_open(
    kind: RequestKind,
    changes: dict[str, Any],
    status: Status | None,
    ending: str,
    outcome: Outcome,
    make_api: MakeApi,
) -> None:
    phone = {"phoneNumber": number(ending)} if ending else {}
    async with running_simulator(SimulatorSettings()) as simulator:
        simulator.simulation.disturbances.create_status = status
        answer = await make_api(simulator.url).call(create_call(**{**changes, **phone}))
    assert outcome_of(kind, answer) is outcome
