"""A fresh project on both emulators, one on ours only, and an endpoint to push to."""

from collections.abc import AsyncIterator, Iterator

import pytest

from rbm_ops.ports import find_free_port

from .project import PubSubProject, open_project
from .receiver import Receiver


@pytest.fixture
def pubsub(emulators, project: str) -> Iterator[PubSubProject]:
    """Runs the test against our emulator and against Google's."""
    with open_project(emulators.pubsub_host, project) as opened:
        yield opened


@pytest.fixture
def embedded_pubsub(embedded_emulators, project: str) -> Iterator[PubSubProject]:
    """For what Google's emulator does unlike production; each test says what that is."""
    with open_project(embedded_emulators.pubsub_host, project) as opened:
        yield opened


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    endpoint = Receiver(find_free_port())
    await endpoint.start()
    yield endpoint
    endpoint.open.set()
    await endpoint.stop()
