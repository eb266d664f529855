"""The independent client at a simulator, on its stepped clock."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from tests.infra.simulator.conformance import google_model as model
from tests.infra.simulator.conformance.google_client import RcsBusinessMessaging
from tests.infra.simulator.conformance.rules import Outcomes
from tests.infra.simulator.conftest import AGENT_ID, DEADLINE_SECONDS

from rbm_ops.simulator.server import RunningSimulator

OUTCOMES = pytest.StashKey[Outcomes]()
MESSAGE_ID = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Notes how every test ends, and puts the look at these notes behind all of them."""
    config.stash[OUTCOMES] = Outcomes()
    config.pluginmanager.register(config.stash[OUTCOMES])
    items.sort(key=lambda item: item.name == "test_named_tests_have_passed")


@dataclass
class Google:
    """The client, with the agent and the id of the message that most tests mean."""

    client: RcsBusinessMessaging
    simulator: RunningSimulator

    async def send(self, phone_number: str, message: model.AgentMessage, **parameters: str) -> Any:
        return await self.client.call(
            "phones.agentMessages.create",
            message,
            parent=f"phones/{phone_number}",
            **{"messageId": MESSAGE_ID, "agentId": AGENT_ID, **parameters},
        )

    async def start_sending(self, phone_number: str, message: model.AgentMessage) -> "asyncio.Task[Any]":
        """Returns when the platform has the message, or the call is over."""
        news = self.simulator.simulation.broadcast.listen()
        sending = asyncio.create_task(self.send(phone_number, message))
        sending.add_done_callback(lambda _: news.put_nowait(("sent", {})))
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not sending.done() and not self.is_known(MESSAGE_ID):
                await news.get()
        return sending

    async def revoke(self, phone_number: str) -> Any:
        return await self.client.call(
            "phones.agentMessages.delete",
            name=f"phones/{phone_number}/agentMessages/{MESSAGE_ID}",
            agentId=AGENT_ID,
        )

    def is_known(self, message_id: str) -> bool:
        return self.simulator.simulation.messages.find((AGENT_ID, message_id)) is not None


def text_of(content: str = "Hello, world!", **members: Any) -> model.AgentMessage:
    return model.AgentMessage(content_message=model.AgentContentMessage(text=content), **members)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(session: aiohttp.ClientSession, simulator: RunningSimulator) -> RcsBusinessMessaging:
    return RcsBusinessMessaging(session, simulator.url)


@pytest.fixture
def google(client: RcsBusinessMessaging, simulator: RunningSimulator) -> Google:
    return Google(client, simulator)
