"""A webhook that records what Google's side posts, and a client that sends as a business does."""

import asyncio
import base64
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from rbm_ops.simulator.clock import ClockMode
from rbm_ops.simulator.envelope import type_of
from rbm_ops.simulator.server import RunningSimulator, running_simulator
from rbm_ops.simulator.settings import SimulatorSettings

AGENT_ID = "growing-tree-bank"
CLIENT_TOKEN = "SJENCPGJESMGUFPY"
DEADLINE_SECONDS = 10
START = datetime(2026, 11, 22, 10, tzinfo=UTC)
STEPPED = {"clock": ClockMode.STEPPED, "clock_start": START, "seed": 1}


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
        return [self.payload_of(request) for request in self.requests]

    @staticmethod
    def payload_of(request: dict[str, Any]) -> bytes:
        return base64.b64decode(request["body"]["message"]["data"])

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(payload) for payload in self.payloads]

    @property
    def kinds(self) -> list[str]:
        """The event type, or else the content member, of every call so far."""
        return [type_of(event) for event in self.events]

    async def receive(self, request: web.Request) -> web.Response:
        raw = await request.read()
        body = json.loads(raw)
        async with self.arrived:
            self.requests.append({"headers": request.headers.copy(), "body": body, "raw": raw})
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
    simulator: RunningSimulator

    @property
    def url(self) -> str:
        return self.simulator.url

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

    async def start_create(
        self, phone_number: str, body: Any = None, *, message_id: str = ""
    ) -> "asyncio.Task[tuple[int, Any]]":
        """Returns when the platform has the message or has answered: some answers wait for the clock."""
        used_id = AGENT_ID, message_id or str(uuid.uuid4())
        news = self.simulator.simulation.broadcast.listen()
        create = asyncio.create_task(self.create(phone_number, body, message_id=used_id[1]))
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not create.done() and self.simulator.simulation.messages.find(used_id) is None:
                heard = asyncio.create_task(news.get())
                await asyncio.wait((heard, create), return_when=asyncio.FIRST_COMPLETED)
                heard.cancel()
        return create

    async def revoke(self, phone_number: str, message_id: str) -> tuple[int, Any]:
        path = f"/v1/phones/{phone_number}/agentMessages/{message_id}"
        return await self.call("DELETE", path, params={"agentId": AGENT_ID})

    async def read_control(self, what: str) -> Any:
        _, body = await self.call("GET", f"/control/{what}")
        return body


@contextlib.asynccontextmanager
async def serve_webhook() -> AsyncIterator[Webhook]:
    webhook = Webhook()
    application = web.Application()
    application.router.add_post("/", webhook.receive)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    webhook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield webhook
    finally:
        webhook.release.set()
        await runner.cleanup()


@pytest.fixture
async def webhook() -> AsyncIterator[Webhook]:
    async with serve_webhook() as webhook:
        yield webhook


@pytest.fixture
def simulate(webhook: Webhook) -> Callable[..., Any]:
    """Starts a simulator, on a stepped clock unless told otherwise: `async with simulate(seed=2) as …`."""

    @contextlib.asynccontextmanager
    async def start(**changes: Any) -> AsyncIterator[tuple[RunningSimulator, Business]]:
        settings = {"webhook_url": webhook.url, "client_token": CLIENT_TOKEN, **STEPPED, **changes}
        async with (
            running_simulator(SimulatorSettings(**settings)) as simulator,
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DEADLINE_SECONDS)) as session,
        ):
            yield simulator, Business(session, simulator)

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
