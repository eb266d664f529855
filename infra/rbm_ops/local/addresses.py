"""Where everything of a local cloud answers, and the file by which other commands find it."""

import dataclasses
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rbm_ops.ports import find_free_port, is_listening

PROJECT = "rbm-local"
CLIENT_TOKEN = "LOCALCLIENTTOKEN"  # noqa: S105 - known to both ends of a loopback, and to nobody else
DEFAULT_PORT_BASE = 8700

PORT_NAMES = ("webhook", "correlate", "send", "simulator", "pubsub", "firestore", "console")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Hosts as `127.0.0.1:port`. `process_ids` holds each process that was started, by name."""

    webhook: str
    correlate: str
    send: str
    simulator: str
    pubsub: str
    firestore: str
    console: str
    project: str = PROJECT
    process_ids: Mapping[str, int] = field(default_factory=dict)
    is_ready: bool = False

    def port(self, name: str) -> int:
        host: str = getattr(self, name)
        return int(host.rpartition(":")[2])


class PortsInUse(Exception):
    """Somebody listens where this cloud wants to; the text says what to do."""


def choose_addresses(port_base: int | None, *, emulators: Mapping[str, str]) -> Addresses:
    """Ports in a row from `port_base`, or any free ones; `emulators` run elsewhere already.

    Raises PortsInUse.
    """
    own = [name for name in PORT_NAMES if name not in emulators]
    ports = {
        name: find_free_port() if port_base is None else port_base + PORT_NAMES.index(name) for name in own
    }
    taken = {name: port for name, port in ports.items() if port_base is not None and is_listening(port)}
    if taken:
        raise PortsInUse(_describe_taken(taken))
    hosts = {name: f"127.0.0.1:{port}" for name, port in ports.items()} | dict(emulators)
    return Addresses(
        webhook=hosts["webhook"],
        correlate=hosts["correlate"],
        send=hosts["send"],
        simulator=hosts["simulator"],
        pubsub=hosts["pubsub"],
        firestore=hosts["firestore"],
        console=hosts["console"],
    )


def _describe_taken(taken: Mapping[str, int]) -> str:
    ports = ", ".join(f"{port} ({name})" for name, port in taken.items())
    return (
        f"In use already: port {ports}. If that is an rbm of yours, stop it; else find out who listens with "
        f"'ss -ltnp', or take other ports: rbm up --port-base {DEFAULT_PORT_BASE + 1000}."
    )


def state_folder() -> Path:
    """Where the running cloud is written down, and its logs; RBM_STATE_DIR moves it."""
    default = Path.home() / ".local" / "state" / "rbm-ledger"
    return Path(os.environ.get("RBM_STATE_DIR", default))


def write_running(addresses: Addresses, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / "running.json.partial"
    partial.write_text(json.dumps(dataclasses.asdict(addresses), indent=2) + "\n")
    partial.replace(folder / "running.json")


def find_running(folder: Path) -> Addresses | None:
    """The cloud that runs, if the file names one that was ready and its simulator answers."""
    try:
        addresses = Addresses(**json.loads((folder / "running.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return addresses if addresses.is_ready and is_listening(addresses.port("simulator")) else None


def forget_running(folder: Path) -> None:
    (folder / "running.json").unlink(missing_ok=True)
