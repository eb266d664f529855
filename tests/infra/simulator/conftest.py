"""A webhook that records what Google's side posts, and a client that sends as a business does."""

import asyncio
import base64
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from rbm_ops.simulator.server import RunningSimulator, running_simulator
from rbm_ops.simulator.settings import RetryPolicy, SimulatorSettings

AGENT_ID = "growing-tree-bank"
CLIENT_TOKEN = "SJENCPGJESMGUFPY"
DEADLINE_SECONDS = 10
QUICK = {"pace": 0.001, "retry": RetryPolicy(first_wait_seconds=0.001, longest_wait_seconds=0.004)}


@dataclass
class Webhook:
    """Answers with `statuses` in turn and then 200; to a handshake with what `handshake_answer` makes."""

    statuses: list[int] = field(default_factory=list)
    handshake_answer: Callable[[str], str] = str
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    release: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.release.set()

    @property
    def payloads(self) -> list[bytes]:
        """The signed bytes of every call so far."""
        return [base64.b64decode(request["body"]["message"]["data"]) for request in self.requests]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(payload) for payload in self.payloads]

    @property
    def kinds(self) -> list[str]:
        """The event type, or else the content member, of every call so far."""
        members = ("text", "userFile", "location", "suggestionResponse")
        return [event.get("eventType") or next(m for m in members if m in event) for event in self.events]

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.json()
        async with self.arrived:
            self.requests.append({"headers": request.headers.copy(), "body": body})
            self.arrived.notify_all()
        if "secret" in body:
            return web.Response(text=self.handshake_answer(body["secret"]))
        status = self.statuses.pop(0) if self.statuses else 200
        await self.release.wait()
        return web.Response(status=status, headers={"Location": self.url})

    async def wait_for_calls(self, count: int) -> None:
        async with asyncio.timeout(DEADLINE_SECONDS), self.arrived:
            await self.arrived.wait_for(lambda: len(self.requests) >= count)


@dataclass
class Business:
    """Calls the simulator. Every call returns the status and the JSON body."""

    session: aiohttp.ClientSession
    url: str

    async def call(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        options.setdefault("headers", {"Authorization": "Bearer ya29.token"})
        async with self.session.request(method, self.url + path, **options) as response:
            return response.status, await response.json()

    async def create(
        self, phone_number: str, body: Any = None, *, message_id: str = "", agent_id: str = AGENT_ID
    ) -> tuple[int, Any]:
        parameters = {"messageId": message_id or str(uuid.uuid4()), "agentId": agent_id}
        body = {"contentMessage": {"text": "Hello, world!"}} if body is None else body
        path = f"/v1/phones/{phone_number}/agentMessages"
        return await self.call("POST", path, params=parameters, json=body)

    async def revoke(self, phone_number: str, message_id: str) -> tuple[int, Any]:
        path = f"/v1/phones/{phone_number}/agentMessages/{message_id}"
        return await self.call("DELETE", path, params={"agentId": AGENT_ID})

    async def read_control(self, what: str) -> Any:
        _, body = await self.call("GET", f"/control/{what}")
        return body


@pytest.fixture
async def webhook() -> AsyncIterator[Webhook]:
    webhook = Webhook()
    application = web.Application()
    application.router.add_post("/", webhook.receive)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    webhook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield webhook
    webhook.release.set()
    await runner.cleanup()


@pytest.fixture
def simulate(webhook: Webhook) -> Callable[..., Any]:
    """Starts a simulator with other settings than the quick ones: `async with simulate(pace=1000) as …`."""

    @contextlib.asynccontextmanager
    async def start(**changes: Any) -> AsyncIterator[tuple[RunningSimulator, Business]]:
        settings = {"webhook_url": webhook.url, "client_token": CLIENT_TOKEN, **QUICK, **changes}
        async with (
            running_simulator(SimulatorSettings(**settings)) as simulator,
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DEADLINE_SECONDS)) as session,
        ):
            yield simulator, Business(session, simulator.url)

    return start


@pytest.fixture
async def simulated(simulate: Callable[..., Any]) -> AsyncIterator[tuple[RunningSimulator, Business]]:
    async with simulate() as running:
        yield running


@pytest.fixture
def simulator(simulated: tuple[RunningSimulator, Business]) -> RunningSimulator:
    return simulated[0]


@pytest.fixture
def business(simulated: tuple[RunningSimulator, Business]) -> Business:
    return simulated[1]
