"""What runs, and where: two instances of each function, and a gate at every border of theirs.

```
load ──▶ Pub/Sub ──push──▶ [gate] ─▶ send-1, send-2 ─▶ [gate] ─▶ simulator
                                                                    │ callbacks
         Pub/Sub ◀─[gate]─ webhook-1, webhook-2 ◀──── [gate] ◀──────┘
            └──push──▶ [gate] ─▶ correlate-1, correlate-2 ─[gate]─▶ Firestore, Pub/Sub
```
"""

import dataclasses
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rbm_ops.emulators import google
from rbm_ops.local.addresses import Addresses
from rbm_ops.local.cloud import EmulatorKind, function_commands
from rbm_ops.local.processes import Command
from rbm_ops.ports import find_free_port

FUNCTIONS = ("webhook", "correlate", "send")
INSTANCES = tuple(f"{function}-{number}" for function in FUNCTIONS for number in (1, 2))
HTTP_GATES = ("delivery", "push-correlate", "push-send", "create-1", "create-2")
AGENT_ID = "growing-tree-bank"
FIRST_TOKEN = "FIRSTTOKENOFTHISRUN"

_SHIM = Path(__file__).with_name("jumping_clock.py")
_OPERATIONS = ("pubsub", "firestore", "simulator")


@dataclass(frozen=True, slots=True)
class Layout:
    """Hosts as `127.0.0.1:port`, by name; a gate in front of an instance's services is `grpc-INSTANCE`."""

    folder: Path
    emulators: EmulatorKind
    seed: int
    hosts: dict[str, str]

    def port(self, name: str) -> int:
        return int(self.hosts[name].rpartition(":")[2])

    @property
    def tokens_file(self) -> Path:
        return self.folder / "tokens.json"

    def offset_file(self, instance: str) -> Path:
        """By how many seconds its clock is off."""
        return self.folder / f"{instance}.offset"


def make_layout(folder: Path, emulators: EmulatorKind, seed: int) -> Layout:
    names = (*_OPERATIONS, *INSTANCES, *(f"grpc-{instance}" for instance in INSTANCES), *HTTP_GATES)
    ports: set[int] = set()
    while len(ports) < len(names):
        ports.add(find_free_port())
    return Layout(
        folder, emulators, seed, {name: f"127.0.0.1:{port}" for name, port in zip(names, ports, strict=True)}
    )


def list_commands(layout: Layout) -> Iterator[Command]:
    """In the order in which they are started."""
    yield from _emulator_commands(layout)
    yield _simulator_command(layout)
    for instance in INSTANCES:
        yield _function_command(layout, instance)


def _emulator_commands(layout: Layout) -> Iterator[Command]:
    pubsub, firestore = layout.port("pubsub"), layout.port("firestore")
    if layout.emulators is EmulatorKind.GOOGLE:
        yield Command("pubsub", tuple(google.pubsub_command(pubsub)), pubsub)
        yield Command("firestore", tuple(google.firestore_command(firestore)), firestore)
        return
    ports = ("--pubsub-port", str(pubsub), "--firestore-port", str(firestore))
    arguments = (sys.executable, "-m", "rbm_ops.emulators", *ports, "--data", str(layout.folder / "data"))
    yield Command("emulators", arguments, firestore, restart=True)


def _simulator_command(layout: Layout) -> Command:
    """It repeats a callback after 5 s at most, where Google may wait for 10 minutes."""
    config = layout.folder / "simulator.json"
    remembered = dict.fromkeys(("messages", "conversations", "phones", "callbacks"), 1_000_000)
    config.write_text(json.dumps({"retry": {"longestWaitSeconds": 5}, "limits": remembered}))
    port = layout.port("simulator")
    options = ("--port", str(port), "--seed", str(layout.seed), "--config", str(config))
    return Command("simulator", (sys.executable, "-m", "rbm_ops.simulator", *options), port)


def _function_command(layout: Layout, instance: str) -> Command:
    """As the local cloud serves it, but for its clock and the gates around it."""
    function, _, number = instance.partition("-")
    command = next(
        command
        for command in function_commands(_see_from(layout, instance, number))
        if command.name == function
    )
    environment = {
        **command.environment,
        "RBM_CLIENT_TOKENS": "",
        **({"RBM_CLIENT_TOKENS_FILE": str(layout.tokens_file)} if function == "webhook" else {}),
        "MAX_DELIVERY_ATTEMPTS": "100",
    }
    offset_file = layout.offset_file(instance)
    offset_file.write_text("0")
    return dataclasses.replace(
        command,
        name=instance,
        arguments=(sys.executable, str(_SHIM), str(offset_file), *command.arguments[1:]),
        environment=environment,
    )


def _see_from(layout: Layout, instance: str, number: str) -> Addresses:
    """Where everything is for one instance: its services behind its own gate."""
    own, services = layout.hosts[instance], layout.hosts[f"grpc-{instance}"]
    return Addresses(
        webhook=own,
        correlate=own,
        send=own,
        simulator=layout.hosts[f"create-{number}"],
        pubsub=services,
        firestore=services,
        console=own,
    )
