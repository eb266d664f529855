"""The emulator as one thing: its storage, its services, its pushers."""

from pathlib import Path

import grpc

from rbm_ops.emulators.meter import Meter
from rbm_ops.emulators.pubsub.publisher import Publisher
from rbm_ops.emulators.pubsub.push import Pushers
from rbm_ops.emulators.pubsub.resources import Resources
from rbm_ops.emulators.pubsub.storage import Storage
from rbm_ops.emulators.pubsub.subscriber import Subscriber
from rbm_ops.emulators.rpc import ServiceTable


class PubSubEmulator:
    """Serves what the folder held before; keeps everything in memory without a folder."""

    def __init__(self, folder: Path | None, meter: Meter, *, outstanding_pushes: int = 64) -> None:
        """`outstanding_pushes`: HTTP requests at a time, per subscription."""
        self._storage = Storage(folder)
        self._meter = meter
        self._pushers = Pushers(outstanding_pushes, meter)
        self._resources = Resources(self._storage, on_change=self._pushers.follow)

    def handlers(self) -> list[grpc.GenericRpcHandler]:
        publisher = Publisher(self._resources, self._storage, self._meter)
        subscriber = Subscriber(self._resources, self._storage)
        return [publisher.table(), subscriber.table(), ServiceTable("google.pubsub.v1.SchemaService", {})]

    async def start(self) -> None:
        """Begin pushing."""
        self._pushers.start()
        for subscription in self._resources.subscriptions.values():
            self._pushers.follow(subscription)

    async def stop(self) -> None:
        """Stop pushing, and end what waits for messages."""
        await self._pushers.stop()
        self._resources.close()

    def close(self) -> None:
        """Write what is still to be written."""
        self._storage.close()
