"""The functions as they are deployed, on the embedded emulators, which count what they are asked."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from tests.benchmarks.served_life import ServedLife
from tests.functions.entrypoints.asgi import load_function
from tests.functions.entrypoints.cloud import Cloud, open_cloud
from tests.functions.entrypoints.wire import PARTNER_TOKENS

from rbm_ops.emulators.meter import Counts
from rbm_ops.emulators.meter_service import read_meter, reset_meter
from rbm_ops.local.topology import EVENTS, UPDATES
from rbm_ops.simulator.server import running_simulator
from rbm_ops.simulator.settings import SimulatorSettings

# Nothing that was sent is delivered by itself before the test is over.
_STANDSTILL = 1e6


@pytest.fixture(scope="session")
def metered_cloud(embedded_emulators: Any) -> Iterator[Cloud]:
    hosts = (embedded_emulators.pubsub_host, embedded_emulators.firestore_host)
    with open_cloud(*hosts, project="metered-functions") as cloud:
        yield cloud


@pytest.fixture
async def life(metered_cloud: Cloud) -> AsyncIterator[ServedLife]:
    """The functions anew, updates on, with a platform that takes every message."""
    settings = {
        **metered_cloud.settings,
        "RBM_UPDATES_TOPIC": UPDATES,
        "RBM_EVENTS_TOPIC": EVENTS,
        "RBM_CLIENT_TOKENS": json.dumps({"": PARTNER_TOKENS}),
    }
    platform = SimulatorSettings("http://127.0.0.1:9/", PARTNER_TOKENS[0], port=0, pace=_STANDSTILL)
    async with running_simulator(platform) as simulator:
        settings["RBM_API_ENDPOINT"] = simulator.url
        yield ServedLife(**{name: load_function(name, settings) for name in ("webhook", "correlate", "send")})


@pytest.fixture
def count(metered_cloud: Cloud) -> Callable[[], Counts]:
    """What was asked of the emulators since it was called last."""

    def count_since(*paths: str) -> Counts:
        root = f"projects/{metered_cloud.project}/databases/(default)/documents"
        counts = read_meter(metered_cloud.firestore_host, [f"{root}/{path}" for path in paths])
        assert counts is not None
        reset_meter(metered_cloud.firestore_host)
        return counts

    return count_since
