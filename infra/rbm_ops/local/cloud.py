"""Start and stop a local cloud: all processes side by side, then the topology, then the handshake.

A start is imports for the most part, here and in every process. What this one needs when the others have been
started is imported while they import: within functions, and before by `_load_rest`.
"""

import asyncio
import contextlib
import dataclasses
import importlib
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rbm_ops.emulators import google
from rbm_ops.local.addresses import (
    CLIENT_TOKEN,
    Addresses,
    choose_addresses,
    forget_running,
    write_running,
)
from rbm_ops.local.processes import Command, ProcessDied, SupervisedProcess
from rbm_ops.local.scheduler import running_scheduler
from rbm_ops.local.topology import EVENTS, SEND_REQUESTS, UPDATES

_START_SECONDS = 60.0
_LOADED_LATER = ("rbm_ops.local.topology_making", "rbm_ops.simulator.client", "rbm_ops.console.server")
_FUNCTIONS_FOLDER = Path(__file__).parents[3] / "functions"
_EMULATOR_VARIABLES = {"pubsub": "PUBSUB_EMULATOR_HOST", "firestore": "FIRESTORE_EMULATOR_HOST"}


class EmulatorKind(StrEnum):
    """Ours, Google's official ones, or those that the environment names."""

    EMBEDDED = "embedded"
    GOOGLE = "google"
    NONE = "none"


class EmulatorsUnnamed(Exception):
    """`--emulators none`, and the environment names none."""


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """`port_base` None: any free ports. `data_folder` None: everything is gone at the end."""

    emulators: EmulatorKind
    state_folder: Path
    port_base: int | None = None
    data_folder: Path | None = None


class LocalCloud:
    """Everything that runs, and where."""

    def __init__(self, settings: LocalSettings, addresses: Addresses) -> None:
        self.addresses = addresses
        self._settings = settings
        self._processes: list[SupervisedProcess] = []
        self._process_ids: dict[str, int] = {}

    async def start(self, report: Callable[[str], None]) -> None:
        """Everything answers when it returns; raises ProcessDied."""
        report("emulators")
        emulators = await self._start_all(_emulator_commands(self._settings, self.addresses))
        others = await self._start_all(
            [_simulator_command(self.addresses), *function_commands(self.addresses)]
        )
        await asyncio.gather(_wait_until_listening(emulators), asyncio.to_thread(_load_rest))
        report("topics and subscriptions")
        await asyncio.to_thread(_make_topology, self.addresses)
        report("simulator, webhook, correlate, send")
        await _wait_until_listening(others)
        report("handshake")
        await asyncio.to_thread(_register_webhook, self.addresses)

    def declare_ready(self) -> None:
        """From now on other commands find it."""
        self._write_down(is_ready=True)

    @property
    def functions(self) -> Mapping[str, SupervisedProcess]:
        """By name: what is deployed as functions in the cloud."""
        return {process.command.name: process for process in self._processes if process.command.restart}

    async def wait_until_broken(self) -> None:
        """Returns never, or raises ProcessDied when something that is not restarted has ended."""
        waits = [asyncio.create_task(process.wait_until_ended()) for process in self._processes]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        raise ProcessDied("A process of the local cloud has ended by itself; its log says why.")

    async def stop(self) -> None:
        await asyncio.gather(*(process.stop() for process in self._processes))
        forget_running(self._settings.state_folder)

    async def _start_all(self, commands: list[Command]) -> list[SupervisedProcess]:
        logs = self._settings.state_folder / "logs"
        started = [
            SupervisedProcess(command, logs / f"{command.name}.log", self._note_process)
            for command in commands
        ]
        self._processes += started
        for process in started:
            await process.start()
        return started

    def _note_process(self, name: str, process_id: int) -> None:
        self._process_ids[name] = process_id
        self._write_down(is_ready=self.addresses.is_ready)

    def _write_down(self, *, is_ready: bool) -> None:
        self.addresses = dataclasses.replace(
            self.addresses, process_ids=dict(self._process_ids), is_ready=is_ready
        )
        write_running(self.addresses, self._settings.state_folder)


@contextlib.asynccontextmanager
async def running_cloud(settings: LocalSettings, report: Callable[[str], None]) -> AsyncIterator[LocalCloud]:
    """A cloud that is ready inside the context and gone after it."""
    named = _emulators_named(os.environ) if settings.emulators is EmulatorKind.NONE else {}
    cloud = LocalCloud(settings, choose_addresses(settings.port_base, emulators=named))
    try:
        await cloud.start(report)
        from rbm_ops.console.server import running_console

        async with (
            running_console(cloud.addresses, cloud.functions),
            running_scheduler(f"http://{cloud.addresses.send}/sweep"),
            running_scheduler(f"http://{cloud.addresses.correlate}/drain"),
        ):
            cloud.declare_ready()
            yield cloud
    finally:
        await cloud.stop()


async def _wait_until_listening(processes: Iterable[SupervisedProcess]) -> None:
    await asyncio.gather(*(process.wait_until_listening(_START_SECONDS) for process in processes))


def _load_rest() -> None:
    for module in _LOADED_LATER:
        importlib.import_module(module)


def _make_topology(addresses: Addresses) -> None:
    from rbm_ops.local.topology_making import make_topology

    make_topology(addresses)


def _emulators_named(environ: Mapping[str, str]) -> dict[str, str]:
    missing = [variable for variable in _EMULATOR_VARIABLES.values() if variable not in environ]
    if missing:
        raise EmulatorsUnnamed(
            f"--emulators none uses what the environment names; set {' and '.join(missing)}."
        )
    return {name: environ[variable] for name, variable in _EMULATOR_VARIABLES.items()}


def _emulator_commands(settings: LocalSettings, addresses: Addresses) -> list[Command]:
    pubsub_port, firestore_port = addresses.port("pubsub"), addresses.port("firestore")
    match settings.emulators:
        case EmulatorKind.NONE:
            return []
        case EmulatorKind.GOOGLE:
            return [
                Command("pubsub", tuple(google.pubsub_command(pubsub_port)), pubsub_port),
                Command("firestore", tuple(google.firestore_command(firestore_port)), firestore_port),
            ]
        case EmulatorKind.EMBEDDED:
            data = ("--data", str(settings.data_folder)) if settings.data_folder else ()
            ports = ("--pubsub-port", str(pubsub_port), "--firestore-port", str(firestore_port))
            arguments = (sys.executable, "-m", "rbm_ops.emulators", *ports, *data)
            return [Command("emulators", arguments, firestore_port)]


def _simulator_command(addresses: Addresses) -> Command:
    port = addresses.port("simulator")
    return Command("simulator", (sys.executable, "-m", "rbm_ops.simulator", "--port", str(port)), port)


def _register_webhook(addresses: Addresses) -> None:
    """By the handshake, as in the RBM console. Raises ProcessDied."""
    from rbm_ops.simulator.client import SimulatorClient, SimulatorError

    simulator = SimulatorClient(f"http://{addresses.simulator}")
    try:
        simulator.register_webhook(f"http://{addresses.webhook}/", CLIENT_TOKEN)
    except SimulatorError as refusal:
        raise ProcessDied(f"The webhook did not pass the handshake. {refusal.message}") from refusal
    finally:
        simulator.close()


def function_commands(addresses: Addresses) -> list[Command]:
    """Served as the buildpack serves them: the framework's own command, in the folder that is deployed."""
    framework = str(Path(sys.executable).with_name("functions-framework"))
    return [
        Command(
            name=name,
            arguments=(
                *(framework, "--source", f"{name}.py", "--target", name),
                *("--host", "127.0.0.1", "--port", str(addresses.port(name))),
            ),
            port=addresses.port(name),
            environment=environment,
            folder=_FUNCTIONS_FOLDER,
            restart=True,
        )
        for name, environment in _function_environments(addresses).items()
    ]


def _function_environments(addresses: Addresses) -> dict[str, dict[str, str]]:
    """The settings of each function, as Terraform sets them in the cloud."""
    cloud = {
        "GOOGLE_CLOUD_PROJECT": addresses.project,
        "PUBSUB_EMULATOR_HOST": addresses.pubsub,
        "FIRESTORE_EMULATOR_HOST": addresses.firestore,
    }
    return {
        "webhook": {
            **cloud,
            "RBM_EVENTS_TOPIC": EVENTS,
            "RBM_CLIENT_TOKENS": f'{{"": ["{CLIENT_TOKEN}"]}}',
            "SPILL": "true",
        },
        "correlate": {**cloud, "RBM_UPDATES_TOPIC": UPDATES, "RBM_EVENTS_TOPIC": EVENTS},
        "send": {
            **cloud,
            "RBM_UPDATES_TOPIC": UPDATES,
            "RBM_SEND_REQUESTS_TOPIC": SEND_REQUESTS,
            "RBM_API_ENDPOINT": f"http://{addresses.simulator}",
            "RBM_TIMEOUT_SECONDS": "2",
        },
    }
