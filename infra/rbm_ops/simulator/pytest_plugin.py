"""The simulator as a pytest fixture, for any project that has this package installed.

`rbm_simulator` is a SimulatorClient; its `url` is the endpoint to send messages to. One simulator serves the
whole session, and each test finds it as it was at its start. In the ini file `rbm_simulator_clock` is `real`
(the default) or `stepped`, and `rbm_simulator_seed` a number; `@pytest.mark.rbm_clock("stepped")` changes the
clock for one test.

Nothing of the simulator is imported before a test asks for it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rbm_ops.simulator.client import SimulatorClient

_CLOCK = "rbm_simulator_clock"
_SEED = "rbm_simulator_seed"
_MARKER = "rbm_clock"
_MODES = ("real", "stepped")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(_CLOCK, "clock of the RBM simulator: real or stepped", default="real")
    parser.addini(_SEED, "seed of the RBM simulator: the same one gives the same run", default="0")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{_MARKER}(mode): the RBM simulator's clock, real or stepped")


@pytest.fixture(scope="session")
def _rbm_simulators(pytestconfig: pytest.Config) -> Iterator[Callable[[str], SimulatorClient]]:
    """One for each mode of the clock, started when it is asked for."""
    from rbm_ops.simulator.clock import ClockMode
    from rbm_ops.simulator.settings import SimulatorSettings
    from rbm_ops.simulator.thread import simulator_in_thread

    clients: dict[str, SimulatorClient] = {}
    with contextlib.ExitStack() as stack:

        def find(mode: str) -> SimulatorClient:
            if mode not in clients:
                settings = SimulatorSettings(clock=ClockMode(mode), seed=int(pytestconfig.getini(_SEED)))
                clients[mode] = stack.enter_context(simulator_in_thread(settings))
            return clients[mode]

        yield find


@pytest.fixture
def rbm_simulator(
    request: pytest.FixtureRequest, _rbm_simulators: Callable[[str], SimulatorClient]
) -> SimulatorClient:
    """Google's platform: to be scripted, and asked what it has seen."""
    client = _rbm_simulators(_find_mode(request))
    client.reset(everything=True)
    return client


def _find_mode(request: pytest.FixtureRequest) -> str:
    marker = request.node.get_closest_marker(_MARKER)
    mode = marker.args[0] if marker else request.config.getini(_CLOCK)
    if mode not in _MODES:
        raise pytest.UsageError(f"The RBM simulator's clock is {' or '.join(_MODES)}, not {mode!r}.")
    return str(mode)
