"""What is measured against what: each as the buildpack serves it, by the framework's own command."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rbm_ops.bench.measures import (
    HELLO_ASYNC,
    HELLO_SYNC,
    OURS,
    OURS_UPDATES_ON,
    USUAL,
    USUAL_BATCHED,
    USUAL_EACH,
    USUAL_MERGE,
)
from rbm_ops.bench.processes import Program
from rbm_ops.local.addresses import CLIENT_TOKEN, Addresses
from rbm_ops.local.cloud import function_commands
from rbm_ops.local.topology import EVENTS
from rbm_ops.ports import find_free_port

# As many threads as requests that Cloud Run lets into one instance at once (infra/variables_functions.tf).
_THREADS = "80"
_BASELINES = Path(__file__).parent / "functions"


@dataclass(frozen=True, slots=True)
class Variant:
    """A function that takes the same requests as ours."""

    name: str
    program: Program


def hello_variants() -> list[Variant]:
    return [
        Variant(HELLO_SYNC, _baseline("hello_sync", "hello", {})),
        Variant(HELLO_ASYNC, _baseline("hello_async", "hello", {})),
    ]


def webhook_variants(addresses: Addresses) -> list[Variant]:
    cloud = {**_cloud(addresses), "CLIENT_TOKEN": CLIENT_TOKEN, "TOPIC": EVENTS}
    return [
        *hello_variants(),
        Variant(USUAL_EACH, _baseline("usual_webhook", "webhook", {**cloud, "BATCHING": "each"})),
        Variant(USUAL_BATCHED, _baseline("usual_webhook", "webhook", {**cloud, "BATCHING": "client's own"})),
        Variant(OURS, our_program("webhook", addresses)),
    ]


def correlate_variants(addresses: Addresses) -> list[Variant]:
    cloud = _cloud(addresses)
    without_updates = {"RBM_UPDATES_TOPIC": ""}
    return [
        *hello_variants(),
        Variant(USUAL, _baseline("usual_correlate", "correlate", {**cloud, "WRITING": "transaction"})),
        Variant(USUAL_MERGE, _baseline("usual_correlate", "correlate", {**cloud, "WRITING": "merge"})),
        Variant(OURS, our_program("correlate", addresses, without_updates)),
        Variant(OURS_UPDATES_ON, our_program("correlate", addresses)),
    ]


def find_program(variants: Sequence[Variant], name: str) -> Program:
    return next(variant.program for variant in variants if variant.name == name)


def our_program(name: str, addresses: Addresses, environment: Mapping[str, str] | None = None) -> Program:
    """A function as the local cloud serves it, on a port of its own."""
    command = next(command for command in function_commands(addresses) if command.name == name)
    return _serve(name, name, command.folder or Path(), {**command.environment, **(environment or {})})


def _baseline(module: str, target: str, environment: Mapping[str, str]) -> Program:
    return _serve(module, target, _BASELINES, environment)


def _serve(module: str, target: str, folder: Path, environment: Mapping[str, str]) -> Program:
    framework = str(Path(sys.executable).with_name("functions-framework"))
    port = find_free_port()
    return Program(
        name=module,
        arguments=(
            *(framework, "--source", f"{module}.py", "--target", target),
            *("--host", "127.0.0.1", "--port", str(port)),
        ),
        port=port,
        environment={"THREADS": _THREADS, **environment},
        folder=folder,
    )


def _cloud(addresses: Addresses) -> dict[str, str]:
    return {
        "GOOGLE_CLOUD_PROJECT": addresses.project,
        "PUBSUB_EMULATOR_HOST": addresses.pubsub,
        "FIRESTORE_EMULATOR_HOST": addresses.firestore,
    }
