"""A console over the embedded emulators, a simulator of canned answers, and no functions."""

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from tests.infra.console.fake_simulator import FakeSimulator, serve
from tests.infra.console.page import ConsolePage

from rbm_ops.console.server import running_console
from rbm_ops.local.addresses import Addresses, choose_addresses
from rbm_ops.local.topology_making import make_topology


@pytest.fixture
def addresses(embedded_emulators: Any, project: str, monkeypatch: pytest.MonkeyPatch) -> Addresses:
    """Topics and subscriptions are there; nothing else is."""
    return make_addresses(embedded_emulators, project, monkeypatch)


def make_addresses(emulators: Any, project: str, monkeypatch: pytest.MonkeyPatch) -> Addresses:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", emulators.firestore_host)  # the console sets it for good
    where = {"pubsub": emulators.pubsub_host, "firestore": emulators.firestore_host}
    addresses = dataclasses.replace(choose_addresses(None, emulators=where), project=project)
    make_topology(addresses)
    return addresses


@pytest.fixture
async def simulator(addresses: Addresses) -> AsyncIterator[FakeSimulator]:
    fake = FakeSimulator()
    server = await serve(fake, addresses.port("simulator"))
    yield fake
    await server.close()


@pytest.fixture
async def console(addresses: Addresses) -> AsyncIterator[ConsolePage]:
    """What a page does with it; a test that needs the simulator asks for that first."""
    async with running_console(addresses, {}), aiohttp.ClientSession() as session:
        yield ConsolePage(session, f"http://{addresses.console}")
