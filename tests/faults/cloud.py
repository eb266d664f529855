"""The system under test with all its gates: started, broken and mended from here."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from random import Random
from typing import Any

from google.cloud import pubsub_v1
from google.protobuf.duration_pb2 import Duration
from tests.faults.grpc_gate import GrpcGate
from tests.faults.http_gate import HttpGate, Target
from tests.faults.layout import AGENT_ID, FIRST_TOKEN, FUNCTIONS, HTTP_GATES, INSTANCES, Layout, list_commands
from tests.faults.points import Traps

from rbm_ops.local.addresses import PROJECT, Addresses
from rbm_ops.local.cloud import EmulatorKind
from rbm_ops.local.processes import SupervisedProcess
from rbm_ops.local.topology import DEAD_LETTERS, PUSH_SUBSCRIPTIONS, TOPICS
from rbm_ops.local.topology_making import make_topology
from rbm_ops.ports import is_listening
from rbm_ops.simulator.client import SimulatorClient

_START_SECONDS = 120.0
# The least that Pub/Sub takes, and the most.
ACK_DEADLINE_SECONDS = 10
_MAX_DELIVERY_ATTEMPTS = 100


class FaultCloud:
    """`processes` and gates by name."""

    def __init__(self, layout: Layout, dice: Random) -> None:
        self.layout = layout
        self.traps = Traps(self.kill)
        self.processes: dict[str, SupervisedProcess] = {}
        services = {"pubsub": layout.hosts["pubsub"], "firestore": layout.hosts["firestore"]}
        self.grpc_gates = {each: GrpcGate(each, services, self.traps, dice) for each in INSTANCES}
        self.http_gates = {
            each: HttpGate(each.partition("-")[0], _find_targets(layout, each), self.traps, dice)
            for each in HTTP_GATES
        }
        self.tokens = [FIRST_TOKEN]

    async def start(self) -> None:
        self.write_tokens(self.tokens)
        for instance, services in self.grpc_gates.items():
            await services.start(self.layout.port(f"grpc-{instance}"))
        for name, requests in self.http_gates.items():
            await requests.start(self.layout.port(name))
        for command in list_commands(self.layout):
            log_file = self.layout.folder / "logs" / f"{command.name}.log"
            process = self.processes[command.name] = SupervisedProcess(command, log_file, _note_nothing)
            await process.start()
        for process in self.processes.values():
            await process.wait_until_listening(_START_SECONDS)
        await asyncio.to_thread(_make_topology, self.layout)
        await asyncio.to_thread(self._register_webhook)

    async def stop(self) -> None:
        await asyncio.gather(*(process.stop() for process in self.processes.values()))
        for gate in [*self.grpc_gates.values(), *self.http_gates.values()]:
            await gate.stop()

    async def kill(self, name: str) -> None:
        """Like a crash; it is started again."""
        await self.processes[name].kill()

    async def wait_until_up(self, names: tuple[str, ...]) -> None:
        """Until each listens again; raises TimeoutError."""
        async with asyncio.timeout(_START_SECONDS):
            while not all(map(self._is_listening, names)):  # noqa: ASYNC110 - a port tells nobody
                await asyncio.sleep(0.05)

    def _is_listening(self, name: str) -> bool:
        return is_listening(self.processes[name].command.port)

    def signal(self, name: str, number: signal.Signals) -> None:
        """To the whole group of a process, if there is one."""
        process_id = self.processes[name].process_id
        if process_id is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process_id, number)

    def write_tokens(self, tokens: list[str]) -> None:
        """The secret's new version; instances read it by themselves."""
        self.tokens = tokens
        partial = self.layout.tokens_file.with_suffix(".partial")
        partial.write_text(json.dumps({"": tokens}))
        partial.replace(self.layout.tokens_file)

    async def tell_platform(self, say: Callable[[SimulatorClient], object]) -> None:
        """Through the simulator's control API."""
        await asyncio.to_thread(self._with_simulator, say)

    def set_clock(self, instance: str, offset_seconds: float) -> None:
        self.layout.offset_file(instance).write_text(f"{offset_seconds:g}")

    @property
    def emulator_names(self) -> tuple[str, ...]:
        return tuple(name for name in ("emulators", "pubsub", "firestore") if name in self.processes)

    def count_disturbed(self) -> Mapping[str, int]:
        return {name: gate.disturbed for name, gate in [*self.grpc_gates.items(), *self.http_gates.items()]}

    def _register_webhook(self) -> None:
        url = f"http://{self.layout.hosts['delivery']}/"
        self._with_simulator(lambda client: client.register_webhook(url, FIRST_TOKEN))
        self._with_simulator(lambda client: client.change_agent(AGENT_ID))

    def _with_simulator(self, use: Callable[[SimulatorClient], object]) -> None:
        client = SimulatorClient(f"http://{self.layout.hosts['simulator']}")
        try:
            use(client)
        finally:
            client.close()


@contextlib.asynccontextmanager
async def running_cloud(layout: Layout, dice: Random) -> AsyncIterator[FaultCloud]:
    cloud = FaultCloud(layout, dice)
    try:
        await cloud.start()
        yield cloud
    finally:
        await cloud.stop()


def _find_targets(layout: Layout, gate: str) -> list[Target]:
    """Behind `create-1` is the platform, and a trap there kills who called: send-1."""
    kind, _, of = gate.partition("-")
    if kind == "create":
        return [Target(f"send-{of}", layout.hosts["simulator"])]
    function = of or FUNCTIONS[0]
    return [Target(each, layout.hosts[each]) for each in INSTANCES if each.startswith(f"{function}-")]


def _note_nothing(name: str, process_id: int) -> None:
    """Nobody looks for this cloud by a file."""


def _make_topology(layout: Layout) -> None:
    """The push subscriptions first, for their deadline is shorter here; the rest as in every local cloud."""
    os.environ["PUBSUB_EMULATOR_HOST"] = layout.hosts["pubsub"]
    with pubsub_v1.PublisherClient() as publisher, pubsub_v1.SubscriberClient() as subscriber:
        for topic in TOPICS:
            publisher.create_topic(name=publisher.topic_path(PROJECT, topic))
        for push in PUSH_SUBSCRIPTIONS:
            subscriber.create_subscription(
                request={
                    "name": subscriber.subscription_path(PROJECT, push.name),
                    "topic": publisher.topic_path(PROJECT, push.topic),
                    "ack_deadline_seconds": ACK_DEADLINE_SECONDS,
                    "push_config": {"push_endpoint": f"http://{layout.hosts[f'push-{push.function}']}/"},
                    **_retry_policy(layout),
                    "dead_letter_policy": {
                        "dead_letter_topic": publisher.topic_path(PROJECT, DEAD_LETTERS),
                        "max_delivery_attempts": _MAX_DELIVERY_ATTEMPTS,
                    },
                }
            )
    make_topology(_see_topology(layout))


def _retry_policy(layout: Layout) -> dict[str, Any]:
    """None for Google's emulator: with one, it stops pushing after some hundred failures (seen 2026-11)."""
    if layout.emulators is EmulatorKind.GOOGLE:
        return {}
    waits = {"minimum_backoff": Duration(seconds=1), "maximum_backoff": Duration(seconds=5)}
    return {"retry_policy": waits}


def _see_topology(layout: Layout) -> Addresses:
    return Addresses(
        webhook=layout.hosts["delivery"],
        correlate=layout.hosts["push-correlate"],
        send=layout.hosts["push-send"],
        simulator=layout.hosts["simulator"],
        pubsub=layout.hosts["pubsub"],
        firestore=layout.hosts["firestore"],
        console=layout.hosts["simulator"],
    )
