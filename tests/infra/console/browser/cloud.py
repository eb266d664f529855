"""A local cloud as `rbm up` starts it: embedded emulators, free ports, a state folder of its own."""

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.local_cloud import Rbm, find_port_row, wait_until

from rbm_ops.local.addresses import Addresses, find_running
from rbm_ops.simulator.client import SimulatorClient

_numbers = itertools.count(14157772001)


@dataclass(frozen=True, slots=True)
class Cloud:
    """`simulator` is its control API: what happens to phones and platform without a hand on the page."""

    addresses: Addresses
    simulator: SimulatorClient

    @property
    def console_url(self) -> str:
        return f"http://{self.addresses.console}/"

    def take_phone(self) -> str:
        """The number of one that is in the user's hand: delivered, and nothing else by itself."""
        number = f"+{next(_numbers)}"
        self.simulator.phone(number).update(script="hand")
        return number


@contextlib.contextmanager
def running_cloud(state_folder: Path) -> Iterator[Cloud]:
    rbm = Rbm(state_folder)
    with rbm.started("up", "--port-base", find_port_row()) as up:
        wait_until(lambda: up.poll() is not None or rbm.running().get("is_ready"), what="the cloud is ready")
        addresses = find_running(state_folder)
        assert addresses is not None, "the cloud did not start; its logs say why"
        simulator = SimulatorClient(f"http://{addresses.simulator}")
        try:
            yield Cloud(addresses, simulator)
        finally:
            simulator.close()
