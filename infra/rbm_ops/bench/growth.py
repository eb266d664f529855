"""Scenario: what an event costs with a thousand, a hundred thousand, a million documents present.

Each size has an embedded emulator of its own; all run beside each other, and take the same load in turn. Half
of its messages are among those that were there before, drawn anew for each round; the other half are not.
After each round all is put back as it was: documents do not have more events, nor a size more documents, in
the next one.
"""

import contextlib
import dataclasses
import random
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import grpc

from rbm_ops.bench.bodies import AGENT_ID, make_receipt, push_requests
from rbm_ops.bench.driving import Load, drive
from rbm_ops.bench.measures import OURS_UPDATES_ON, Sample
from rbm_ops.bench.processes import (
    BenchFailed,
    Measured,
    Program,
    load_cpus,
    prepare_child,
    running,
    server_cpus,
)
from rbm_ops.bench.rounds import is_look, measure_round, warm_up
from rbm_ops.bench.seeding import Documents, Message, name_message
from rbm_ops.bench.setting import Setting
from rbm_ops.bench.variants import Variant, our_program
from rbm_ops.ports import find_free_port

SIZES = (1_000, 100_000, 1_000_000)
_SIZES_OF_A_LOOK = (1_000, 20_000)

_IN_FLIGHT = 16
# Messages that were there before; as many as the smallest size has.
_OLD_MESSAGES = 1_000
# More than are taken, so that no event comes twice.
_MOST_EVENTS_PER_SECOND = 4_000


def measure_growth(setting: Setting, sizes: Sequence[int] = ()) -> Iterator[Sample]:
    """`sizes` in documents, 1,000 at least; without any, SIZES. A million take 1.2 GiB of memory."""
    chosen = sizes or (_SIZES_OF_A_LOOK if is_look(setting) else SIZES)
    with contextlib.ExitStack() as stack:
        grown = [stack.enter_context(_grown(setting, size)) for size in chosen]
        for number in range(setting.rounds):
            for each in grown:
                yield each.measure(setting, number)


@dataclass(frozen=True, slots=True)
class _Grown:
    """An emulator that holds `size` documents."""

    size: int
    host: str
    emulator: Measured
    documents: Documents

    def measure(self, setting: Setting, number: int) -> Sample:
        """One round; afterwards all is as it was before."""
        old, new = self._draw_messages(setting, number)
        addresses = dataclasses.replace(setting.addresses, firestore=self.host)
        variant = Variant(OURS_UPDATES_ON, our_program("correlate", addresses))
        load = Load(_pushes(old, new), _IN_FLIGHT, setting.seconds, setting.warm_up_seconds)
        scenario = f"growth, {self.size:,} documents"
        sample = measure_round(setting, scenario, variant, load, number, self._drive)
        self.documents.delete(new)
        self.documents.write(old)
        return sample

    def _draw_messages(self, setting: Setting, number: int) -> tuple[list[int], list[Message]]:
        """Numbers of the old ones."""
        events = int(_MOST_EVENTS_PER_SECOND * (setting.seconds + setting.warm_up_seconds))
        new = [Message(AGENT_ID, str(uuid.uuid4())) for _ in range(events // 4)]
        return random.Random(number).sample(range(self.size), _OLD_MESSAGES), new  # noqa: S311

    def _drive(self, server: Measured, load: Load) -> dict[str, float]:
        """As `drive`, with the emulator's share; the warm-up goes apart."""
        rest = warm_up(server, load)
        cpu_seconds = self.emulator.cpu_seconds()
        figures = drive(server, rest)
        cpu_seconds = self.emulator.cpu_seconds() - cpu_seconds
        rate = figures["requests_per_second"]
        return {
            "events_per_second": rate,
            "cpu_ms_per_event": figures["cpu_ms_per_request"],
            "emulator_cpu_ms_per_event": 1000 * cpu_seconds / (rate * load.seconds),
            "emulator_memory_mib": self.emulator.memory_mib(),
            **{name: figures[name] for name in ("p50_ms", "p99_ms", "memory_mib", "failures_percent")},
        }


@contextlib.contextmanager
def _grown(setting: Setting, size: int) -> Iterator[_Grown]:
    setting.report(f"growth: {size:,} documents are written")
    port, project = find_free_port(), setting.addresses.project
    ports = ("--pubsub-port", str(find_free_port()), "--firestore-port", str(port))
    program = Program(f"emulators-{size}", (sys.executable, "-m", "rbm_ops.emulators", *ports), port)
    host = f"127.0.0.1:{port}"
    with (
        running(program, cpus=load_cpus(), log=setting.log(program)) as emulator,
        grpc.insecure_channel(host) as channel,
    ):
        _seed(host, project, size)
        yield _Grown(size, host, emulator, Documents(channel, project))


def _seed(host: str, project: str, size: int) -> None:
    """Raises BenchFailed."""
    seeded = subprocess.run(
        [sys.executable, "-m", "rbm_ops.bench.seeding", host, project, str(size)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=prepare_child(server_cpus()),
    )
    if seeded.returncode:
        raise BenchFailed(f"{size:,} documents could not be written:\n{seeded.stderr[-2000:]}")


def _pushes(old: Sequence[int], new: Sequence[Message]) -> list[bytes]:
    """DELIVERED and READ of an old one, then of a new one, and so on; the old ones come round again."""
    payloads = []
    for number, message in enumerate(new):
        for each in (name_message(old[number % len(old)]), message):
            payloads += [_receipt(each, event_type, number) for event_type in ("DELIVERED", "READ")]
    return push_requests(payloads)


def _receipt(message: Message, event_type: str, number: int) -> bytes:
    receipt = make_receipt(message.message_id, event_type, number)
    return receipt.replace(AGENT_ID.encode(), message.agent_id.encode())
