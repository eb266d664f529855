"""A user opts out on the simulator's phone …0109, and everything that then reaches them or does not."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from tests.functions.entrypoints.cloud import Cloud, Subscription
from tests.functions.entrypoints.serving import ServedFunction, serve
from tests.functions.entrypoints.wire import PARTNER_TOKENS, push_body
from tests.support.local_cloud import wait_until
from tests.support.payloads import event_bytes, request_bytes

from rbm_ops.local.topology import EVENTS, UPDATES
from rbm_ops.ports import find_free_port
from rbm_ops.simulator.server import running_simulator
from rbm_ops.simulator.settings import SimulatorSettings

Call = Callable[[str, bytes], Awaitable[tuple[int, Any]]]

OPTS_OUT = "+14155550109"
AGENTS = {"first-agent": {"brand": "b"}, "second-agent": {"brand": "b"}}
CONSENT = ("brands", "b", "consents", OPTS_OUT)


@dataclass(frozen=True, slots=True)
class Branded:
    """Functions of which two agents share a brand, and the platform that calls them back."""

    cloud: Cloud
    functions: dict[str, ServedFunction]
    platform_port: int


@pytest.fixture(scope="module")
def branded(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branded]:
    platform_port = find_free_port()
    ledger = {"RBM_UPDATES_TOPIC": UPDATES, "RBM_AGENTS": json.dumps(AGENTS)}
    own = {
        "webhook": {"RBM_EVENTS_TOPIC": EVENTS, "RBM_CLIENT_TOKENS": json.dumps({"": [PARTNER_TOKENS[0]]})},
        "correlate": {**ledger, "RBM_OPT_IN_KEYWORDS": "weiter, encore"},
        "send": {**ledger, "RBM_API_ENDPOINT": f"http://127.0.0.1:{platform_port}"},
    }
    settings = {name: {**cloud.settings, **own[name]} for name in own}
    with serve(settings, tmp_path_factory.mktemp("branded")) as functions:
        yield Branded(cloud, functions, platform_port)


@pytest.fixture
async def platform(branded: Branded) -> AsyncIterator[str]:
    """The simulator's address, which calls the webhook; correlate gets what that publishes."""
    settings = SimulatorSettings(
        branded.functions["webhook"].url, PARTNER_TOKENS[0], port=branded.platform_port, pace=0.001
    )
    correlate = branded.functions["correlate"].url
    async with running_simulator(settings) as simulator:
        with branded.cloud.subscribed(EVENTS, push_endpoint=correlate):
            yield simulator.url


@pytest.fixture
def call(branded: Branded, session: aiohttp.ClientSession) -> Call:
    """POSTs to a function: the status, and what the answer says."""

    async def post(name: str, body: bytes) -> tuple[int, Any]:
        async with session.post(branded.functions[name].url, data=body) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else None

    return post


def ask(agent_id: str, traffic_type: str | None, **changes: Any) -> bytes:
    naming = {"agentId": agent_id, "phoneNumber": OPTS_OUT, "messageId": str(uuid.uuid4())}
    return request_bytes(**{**naming, "messageTrafficType": traffic_type, **changes})


def read_evidence(cloud: Cloud) -> list[str]:
    words = cloud.documents.collection("/".join((*CONSENT, "evidence"))).stream()
    return sorted(word.to_dict()["by"] for word in words)


async def await_opt_out(cloud: Cloud, updates: Subscription) -> None:
    """Until the decision is told, and both words of the user are written: either may be the first."""
    told: set[str] = set()
    while not told >= {"consent", "userMessage"}:
        told |= {json.loads(message.data)["kind"] for message in await asyncio.to_thread(updates.pull, 1)}
    await asyncio.to_thread(
        wait_until, lambda: read_evidence(cloud) == ["event", "keyword"], what="both are evidence"
    )


@pytest.mark.usefixtures("platform")
async def test_user_who_opts_out_gets_only_what_may_still_go_from_any_agent_of_the_brand(
    branded: Branded, call: Call
) -> None:
    with branded.cloud.subscribed(UPDATES) as updates:
        assert (await call("send", ask("first-agent", "PROMOTION")))[0] == 200
        await await_opt_out(branded.cloud, updates)
    consent = branded.cloud.read(*CONSENT)
    assert consent is not None
    assert (consent["brand"], consent["phoneNumber"], "purgeTime" in consent) == ("b", OPTS_OUT, False)
    assert read_evidence(branded.cloud) == ["event", "keyword"]

    for traffic_type in ("PROMOTION", None):
        _, record = await call("send", ask("second-agent", traffic_type))
        assert (record["state"], record["suppressedReason"]) == ("suppressed", "opted_out")
    states = [(await call("send", ask("second-agent", "ACKNOWLEDGEMENT")))[1]["state"] for _ in range(3)]
    assert [state == "suppressed" for state in states] == [False, True, True]  # the receipt may be there
    assert (await call("send", ask("second-agent", "TRANSACTION")))[1]["state"] != "suppressed"


async def test_service_opts_a_user_in_and_out_and_is_answered_with_what_is_in_force(call: Call) -> None:
    phone_number = f"+1415{uuid.uuid4().int % 10**7:07}"
    common = {"agentId": "first-agent", "phoneNumber": phone_number, "source": "crm"}
    for state in ("optedOut", "optedIn"):
        request = {**common, "consent": {"state": state, "note": "by letter"}}
        status, answer = await call("send", json.dumps(request).encode())
        assert (status, answer["state"], answer["brand"]) == (200, state, "b")
        assert (answer["evidence"]["by"], answer["evidence"]["note"]) == ("service", "by letter")


@pytest.mark.parametrize("text", ["Weiter", "encore!", "START"])
async def test_keyword_of_the_deployment_or_of_the_platform_opts_in(
    branded: Branded, call: Call, text: str
) -> None:
    phone_number = f"+1415{uuid.uuid4().int % 10**7:07}"
    naming = {"agentId": "first-agent", "senderPhoneNumber": phone_number}
    status, _ = await call("correlate", push_body(event_bytes("user-message-text", text=text, **naming)))
    consent = branded.cloud.read("brands", "b", "consents", phone_number)
    assert status == 204
    assert consent is not None
    assert "optedInAtMs" in consent
