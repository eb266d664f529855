"""What every scenario is given: emulators that run, how long to measure, where to report."""

import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import grpc
from google.pubsub_v1 import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

from rbm_ops.bench.driving import Load, drive
from rbm_ops.bench.measures import Sample
from rbm_ops.bench.processes import Program, load_cpus, running, server_cpus
from rbm_ops.bench.variants import Variant
from rbm_ops.emulators import google
from rbm_ops.local.addresses import Addresses, choose_addresses
from rbm_ops.local.topology import TOPICS

_TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Setting:
    """`rounds` of each scenario, `seconds` of load in each after `warm_up_seconds`."""

    addresses: Addresses
    folder: Path
    rounds: int
    seconds: float
    warm_up_seconds: float
    report: Callable[[str], None]

    def measure_load(
        self, scenario: str, variants: Sequence[Variant], requests: Sequence[bytes], connections: int
    ) -> Iterator[Sample]:
        """Round after round, all variants in turn: what disturbs the machine disturbs them alike."""
        load = Load(requests, connections, self.seconds, self.warm_up_seconds)
        for number in range(self.rounds):
            for variant in variants:
                self.report(f"{scenario}: {variant.name} ({number + 1} of {self.rounds})")
                with running(variant.program, cpus=server_cpus(), log=self.log(variant.program)) as server:
                    yield Sample(scenario, variant.name, drive(server, load))

    def log(self, program: Program) -> Path:
        return self.folder / f"{program.name}.log"


@contextlib.contextmanager
def bench_setting(
    *, is_google: bool, rounds: int, seconds: float, report: Callable[[str], None]
) -> Iterator[Setting]:
    """Emulators with the system's topics, and nobody who listens to them; raises BenchFailed."""
    addresses = choose_addresses(None, emulators={})
    with tempfile.TemporaryDirectory(prefix="rbm-bench-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        for program in _emulators(addresses, is_google=is_google):
            stack.enter_context(running(program, cpus=load_cpus(), log=folder / f"{program.name}.log"))
        _make_topics(addresses)
        yield Setting(addresses, folder, rounds, seconds, min(1.0, seconds / 2), report)


def _emulators(addresses: Addresses, *, is_google: bool) -> list[Program]:
    pubsub, firestore = addresses.port("pubsub"), addresses.port("firestore")
    if is_google:
        return [
            Program("pubsub", google.pubsub_command(pubsub), pubsub),
            Program("firestore", google.firestore_command(firestore), firestore),
        ]
    ports = ("--pubsub-port", str(pubsub), "--firestore-port", str(firestore))
    return [Program("emulators", (sys.executable, "-m", "rbm_ops.emulators", *ports), firestore)]


def _make_topics(addresses: Addresses) -> None:
    with grpc.insecure_channel(addresses.pubsub) as channel:
        publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        for topic in TOPICS:
            name = f"projects/{addresses.project}/topics/{topic}"
            publisher.create_topic(request={"name": name}, timeout=_TIMEOUT_SECONDS)
