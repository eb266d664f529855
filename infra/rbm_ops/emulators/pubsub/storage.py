"""What a restart must find again, in `pubsub.sqlite`: topics, subscriptions, every unacknowledged message.

Changes of one turn of the event loop are written in one transaction; `written` returns when they are on disk.
Delivery attempts are not kept: a restart counts anew.
"""

import asyncio
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from rbm_ops.emulators.durable import DurableTable
from rbm_ops.emulators.pubsub.messages import plain, types

_FILE = "pubsub.sqlite"
_Topic = plain(types.Topic)
_Subscription = plain(types.Subscription)
_PubsubMessage = plain(types.PubsubMessage)


class Storage:
    """Keeps nothing and costs nothing without a folder."""

    def __init__(self, folder: Path | None) -> None:
        self._is_durable = folder is not None
        self._topics = DurableTable(folder, _FILE, "topics")
        self._subscriptions = DurableTable(folder, _FILE, "subscriptions")
        self._deliveries = DurableTable(folder, _FILE, "deliveries")
        self._added: dict[str, bytes] = {}
        self._removed: set[str] = set()
        self._writing: asyncio.Future[None] | None = None

    def load_topics(self) -> Iterator[types.Topic]:
        return map(_Topic.FromString, self._topics.load().values())

    def load_subscriptions(self) -> Iterator[types.Subscription]:
        return map(_Subscription.FromString, self._subscriptions.load().values())

    def load_deliveries(self) -> Iterator[tuple[str, types.PubsubMessage]]:
        """Pairs of subscription and message, oldest message first."""
        stored = ((key.rpartition("/"), value) for key, value in self._deliveries.load().items())
        for (subscription, _, _), value in sorted(stored, key=lambda row: int(row[0][2])):
            yield subscription, _PubsubMessage.FromString(value)

    def save_topic(self, topic: types.Topic) -> None:
        self._topics.save({topic.name: topic.SerializeToString()})

    def delete_topic(self, name: str) -> None:
        self._topics.save({}, deleted=[name])

    def save_subscription(self, config: types.Subscription) -> None:
        self._subscriptions.save({config.name: config.SerializeToString()})

    def delete_subscription(self, name: str, unacknowledged: Iterable[types.PubsubMessage]) -> None:
        # Its messages first: a kill in between must not leave messages without a subscription.
        self.remove_deliveries(name, unacknowledged)
        self._write_now()
        self._subscriptions.save({}, deleted=[name])

    def add_delivery(self, subscription: str, message: types.PubsubMessage) -> None:
        if self._is_durable:
            self._added[f"{subscription}/{message.message_id}"] = message.SerializeToString()
            self._schedule_write()

    def remove_deliveries(self, subscription: str, messages: Iterable[types.PubsubMessage]) -> None:
        if not self._is_durable:
            return
        for message in messages:
            key = f"{subscription}/{message.message_id}"
            self._added.pop(key, None)
            self._removed.add(key)
        self._schedule_write()

    async def written(self) -> None:
        """Returns when every change so far is on disk."""
        if self._writing:
            await asyncio.shield(self._writing)

    def close(self) -> None:
        self._write_now()
        for table in (self._topics, self._subscriptions, self._deliveries):
            table.close()

    def _schedule_write(self) -> None:
        if self._writing is None:
            loop = asyncio.get_running_loop()
            self._writing = loop.create_future()
            loop.call_soon(self._write_now)

    def _write_now(self) -> None:
        if self._writing is None:
            return
        writing, self._writing = self._writing, None
        added, self._added = self._added, {}
        removed, self._removed = self._removed, set()
        try:
            self._deliveries.save(added, deleted=removed)
        except sqlite3.Error as error:
            writing.set_exception(error)
        else:
            writing.set_result(None)
