"""Scenario: the whole path at a fixed rate, in a local cloud with the simulator, as `rbm up` starts it.

    due ─▶ rbm-send-requests ─▶ send ─▶ simulator ─▶ webhook ─▶ rbm-events ─▶ correlate ─▶ document
     ├───────── accepted ─────────┤         ├────────────────── receipt ─────────────────────┤
     ├───────────────────────────────── the whole path ──────────────────────────────────────┤

due        when the request is to be published at this rate: a publisher that lags behind can't hide it
accepted   `recordedTime` of the first update of a document that says so
receipt    from READ's `sendTime`, when the simulator makes it, to the end
the end    `recordedTime` of the first update that says `read`: `correlate` stamps it once it has read the
           document back, so READ has stood there a little longer

The phones deliver and read at once, so no wait of theirs is in it. All processes share one clock, and all
CPUs. Updates wait in a subscription that nobody pulls before the last request is out.
"""

import asyncio
import statistics
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
from google.api_core.exceptions import DeadlineExceeded
from google.pubsub_v1 import SubscriberAsyncClient
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcAsyncIOTransport

from rbm_ledger.client.updates import Update, parse_update
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ledger.domain.ledger import State
from rbm_ledger.domain.times import parse_rfc3339
from rbm_ops.bench.bodies import AGENT_ID
from rbm_ops.bench.measures import OURS, Sample
from rbm_ops.bench.processes import BenchFailed
from rbm_ops.bench.rounds import is_look
from rbm_ops.bench.send import make_send_request
from rbm_ops.bench.setting import Setting
from rbm_ops.local.addresses import Addresses
from rbm_ops.local.cloud import EmulatorKind, LocalSettings, running_cloud
from rbm_ops.local.processes import ProcessDied
from rbm_ops.local.topology import UPDATES
from rbm_ops.requests.publishing import connect_send_requests
from rbm_ops.simulator.client import SimulatorClient

# From each message by itself to about what two CPUs carry; beyond that, a queue is all that grows.
RATES_PER_SECOND = (20, 50, 100)
_LOAD_SECONDS = 10.0
_LOOK_SECONDS = 1.0
_WARM_UP_MESSAGES = 50

_PHONES = [f"+1415{5570200 + number}" for number in range(50)]
_AT_ONCE = {"steps": [{"event": name, "afterSeconds": 0} for name in ("DELIVERED", "READ")]}

_PATIENCE_SECONDS = 30.0
_PULL_SECONDS = 1.0
_MESSAGES_PER_PULL = 1000
_SUBSCRIPTION = "rbm-updates-bench"
_MOST_NAMED = 5


def measure_path(setting: Setting, rates: Sequence[float] = RATES_PER_SECOND) -> Iterator[Sample]:
    """All rounds in one cloud. Raises BenchFailed where a message is not read in time."""
    try:
        yield from asyncio.run(_measure(setting, rates))
    except (ProcessDied, NotConfirmed) as error:
        raise BenchFailed(f"The whole path: {error}") from error


async def _measure(setting: Setting, rates: Sequence[float]) -> list[Sample]:
    seconds = _LOOK_SECONDS if is_look(setting) else _LOAD_SECONDS
    local = LocalSettings(EmulatorKind.EMBEDDED, setting.folder / "path")
    async with running_cloud(local, lambda step: setting.report(f"whole path: {step}")) as cloud:
        addresses = cloud.addresses
        await asyncio.to_thread(_script_phones, addresses)
        async with grpc.aio.insecure_channel(addresses.pubsub) as channel:
            service = _OtherService(addresses, channel)
            await service.subscribe()
            await _play(service, rates[0], _WARM_UP_MESSAGES)
            samples = []
            for number in range(setting.rounds):
                for rate in rates:
                    scenario = f"whole path, {rate:g} messages/s"
                    setting.report(f"{scenario} ({number + 1} of {setting.rounds})")
                    lives = await _play(service, rate, int(rate * seconds))
                    samples.append(Sample(scenario, OURS, _figures(lives)))
            return samples


@dataclass(slots=True)
class Life:
    """Of one message, in seconds since 1970; 0 where it is not known yet."""

    due: float
    accepted: float = 0
    read_sent: float = 0
    read: float = 0

    def note(self, update: Update) -> None:
        """The first of each counts; updates may come in any order."""
        steps = {step["what"]: step.get("at") for step in update.fields.get("timeline", ())}
        if "accepted" in steps:
            self.accepted = _earlier(self.accepted, _seconds(update.fields["recordedTime"]))
        if update.state == State.READ.label:
            self.read = _earlier(self.read, _seconds(update.fields["recordedTime"]))
            self.read_sent = _seconds(steps["READ"])


def _earlier(known: float, other: float) -> float:
    return min(known, other) if known else other


def _seconds(text: object) -> float:
    at = parse_rfc3339(text)
    assert at is not None  # noqa: S101 - our own update
    return at.timestamp()


def _figures(lives: Sequence[Life]) -> dict[str, float]:
    stages = {
        "": [life.read - life.due for life in lives],
        "accepted_": [life.accepted - life.due for life in lives],
        "receipt_": [life.read - life.read_sent for life in lives],
    }
    figures = {
        f"{stage}p{percent}_ms": 1000 * statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
        for stage, values in stages.items()
        for percent in (50, 95, 99)
    }
    took_seconds = max(life.read for life in lives) - min(life.due for life in lives)
    return {**figures, "messages_per_second": len(lives) / took_seconds}


def _script_phones(addresses: Addresses) -> None:
    simulator = SimulatorClient(f"http://{addresses.simulator}")
    for phone_number in _PHONES:
        simulator.phone(phone_number).update(script=_AT_ONCE)
    simulator.close()


async def _play(service: "_OtherService", rate: float, count: int) -> list[Life]:
    """So many messages, from the first one due to the last one read; raises BenchFailed."""
    lives = await service.publish_all(rate, count)
    waiting = lives
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while waiting:
        if time.monotonic() > deadline:
            raise BenchFailed(_describe_missing(waiting, count))
        async for update in service.pull():
            if update.message_id in lives:
                lives[update.message_id].note(update)
        waiting = {name: life for name, life in waiting.items() if not (life.read and life.accepted)}
    return list(lives.values())


def _describe_missing(waiting: Mapping[str, Life], count: int) -> str:
    accepted = sum(bool(life.accepted) for life in waiting.values())
    names = ", ".join(list(waiting)[:_MOST_NAMED])
    return (
        f"The whole path: {_PATIENCE_SECONDS:g} s after the last request, {len(waiting)} of {count} messages "
        f"are not both accepted and read ({accepted} of them accepted): {names}, …"
    )


class _OtherService:
    """Publishes send requests, and subscribes to the updates."""

    def __init__(self, addresses: Addresses, channel: Any) -> None:
        self._publisher = connect_send_requests(addresses.project, addresses.pubsub)
        self._client = SubscriberAsyncClient(transport=SubscriberGrpcAsyncIOTransport(channel=channel))
        self._topic = f"projects/{addresses.project}/topics/{UPDATES}"
        self._subscription = f"projects/{addresses.project}/subscriptions/{_SUBSCRIPTION}"

    async def subscribe(self) -> None:
        request = {"name": self._subscription, "topic": self._topic, "ack_deadline_seconds": 600}
        await self._client.create_subscription(request=request, retry=None)

    async def publish_all(self, rate: float, count: int) -> dict[str, Life]:
        """By message id. Each goes out when it is due, whatever became of those before."""
        run, started_at = uuid.uuid4(), time.time()
        lives: dict[str, Life] = {}
        calls = []
        for number in range(count):
            due = started_at + number / rate
            await asyncio.sleep(due - time.time())
            key = f"{run}/{number}"
            lives[derive_message_id(AGENT_ID, key)] = Life(due)
            request = make_send_request(key, _PHONES[number % len(_PHONES)])
            calls.append(asyncio.create_task(self._publisher.publish(request, {})))
        await asyncio.gather(*calls)
        return lives

    async def pull(self) -> AsyncIterator[Update]:
        """What waits, or what comes next; nothing after a while."""
        request = {"subscription": self._subscription, "max_messages": _MESSAGES_PER_PULL}
        try:
            pulled = await self._client.pull(request=request, timeout=_PULL_SECONDS, retry=None)
        except DeadlineExceeded:
            return
        for received in pulled.received_messages:
            yield parse_update(received.message.data)
        ack_ids = [received.ack_id for received in pulled.received_messages]
        if ack_ids:
            await self._client.acknowledge(subscription=self._subscription, ack_ids=ack_ids, retry=None)
