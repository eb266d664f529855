"""A fresh project on both emulators, one on ours only, and an endpoint to push to."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from tests.infra.emulators.pubsub.project import PubSubProject, open_project
from tests.infra.emulators.pubsub.receiver import Receiver

from rbm_ops.ports import find_free_port


@pytest.fixture(scope="session")
def any_project(emulators) -> Iterator[PubSubProject]:
    with open_project(emulators.pubsub_host, "any-project") as opened:
        yield opened


@pytest.fixture(scope="session")
def any_embedded_project(embedded_emulators) -> Iterator[PubSubProject]:
    with open_project(embedded_emulators.pubsub_host, "any-project") as opened:
        yield opened


@pytest.fixture
def pubsub(any_project: PubSubProject, project: str) -> PubSubProject:
    """Runs the test against our emulator and against Google's."""
    return replace(any_project, project=f"projects/{project}")


@pytest.fixture
def embedded_pubsub(any_embedded_project: PubSubProject, project: str) -> PubSubProject:
    """For what Google's emulator does unlike production; each test says what that is."""
    return replace(any_embedded_project, project=f"projects/{project}")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    endpoint = Receiver(find_free_port())
    await endpoint.start()
    yield endpoint
    endpoint.open.set()
    await endpoint.stop()
