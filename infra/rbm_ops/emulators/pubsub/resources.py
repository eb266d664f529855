"""The topics and subscriptions of all projects, and the way of a message from a topic into the backlogs."""

import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from google.protobuf.timestamp_pb2 import Timestamp

from rbm_ops.emulators.pubsub.backlog import Backlog
from rbm_ops.emulators.pubsub.delivery import Delivery
from rbm_ops.emulators.pubsub.filters import FilterInvalid, Predicate, compile_filter
from rbm_ops.emulators.pubsub.messages import plain, types
from rbm_ops.emulators.pubsub.refusals import already_exists, invalid_argument, not_found, unavailable
from rbm_ops.emulators.pubsub.rules import check_name
from rbm_ops.emulators.pubsub.storage import Storage

_DELETED_TOPIC = "_deleted-topic_"
_PubsubMessage = plain(types.PubsubMessage)


@dataclass(slots=True)
class Subscription:
    """One subscription: what was asked for, and what it owes."""

    config: types.Subscription
    backlog: Backlog
    matches: Predicate | None


@dataclass(slots=True)
class Topic:
    """One topic and the subscriptions that get its messages, by name."""

    config: types.Topic
    subscriptions: dict[str, Subscription] = field(default_factory=dict)


class Resources:
    """`on_change` is told of each subscription that appears, changes or goes (its backlog is closed then)."""

    def __init__(self, storage: Storage, on_change: Callable[[Subscription], None]) -> None:
        self.topics = {config.name: Topic(config) for config in storage.load_topics()}
        self.subscriptions: dict[str, Subscription] = {}
        self._storage = storage
        self._on_change = on_change
        # Begins at the clock, so that no id is given twice after a restart.
        self._message_ids = itertools.count(time.time_ns() // 1_000)
        for subscription_config in storage.load_subscriptions():
            self._attach(subscription_config)
        for name, message in storage.load_deliveries():
            self.subscriptions[name].backlog.offer(message)

    def get_topic(self, name: str) -> Topic:
        check_name("topics", name)
        if name not in self.topics:
            raise not_found("Topic not found")
        return self.topics[name]

    def add_topic(self, config: types.Topic) -> None:
        check_name("topics", config.name)
        if config.name in self.topics:
            raise already_exists("Topic already exists")
        self._storage.save_topic(config)
        self.topics[config.name] = Topic(config)

    def change_topic(self, config: types.Topic) -> None:
        self._storage.save_topic(config)
        self.topics[config.name].config.CopyFrom(config)

    def delete_topic(self, name: str) -> None:
        for subscription in self.get_topic(name).subscriptions.values():
            subscription.config.topic = _DELETED_TOPIC
            self._storage.save_subscription(subscription.config)
        self._storage.delete_topic(name)
        del self.topics[name]

    def get_subscription(self, name: str) -> Subscription:
        check_name("subscriptions", name)
        if name not in self.subscriptions:
            raise not_found("Subscription does not exist")
        return self.subscriptions[name]

    def add_subscription(self, config: types.Subscription) -> None:
        check_name("subscriptions", config.name)
        if config.name in self.subscriptions:
            raise already_exists("Subscription already exists")
        if config.topic not in self.topics:
            raise not_found("Subscription topic does not exist")
        self._check_dead_letter_topic(config)
        subscription = self._attach(config)
        self._storage.save_subscription(config)
        self._on_change(subscription)

    def change_subscription(self, config: types.Subscription) -> None:
        self._check_dead_letter_topic(config)
        self._storage.save_subscription(config)
        subscription = self.subscriptions[config.name]
        subscription.config.CopyFrom(config)
        self._on_change(subscription)

    def delete_subscription(self, name: str) -> None:
        subscription = self.get_subscription(name)
        unacknowledged = (delivery.message for delivery in subscription.backlog.unacknowledged())
        self._storage.delete_subscription(name, unacknowledged)
        subscription.backlog.close(not_found("Subscription does not exist"))
        del self.subscriptions[name]
        if subscription.config.topic in self.topics:
            self.topics[subscription.config.topic].subscriptions.pop(name, None)
        self._on_change(subscription)

    def close(self) -> None:
        """End every pull and stream; clients may come back later."""
        for subscription in self.subscriptions.values():
            subscription.backlog.close(unavailable("The emulator is stopping."))

    def publish(self, topic_name: str, messages: Iterable[types.PubsubMessage]) -> list[str]:
        """Give each message its id and time and put it into the backlogs; it is stored at the next write."""
        subscriptions = self.get_topic(topic_name).subscriptions.values()
        now = Timestamp()
        now.GetCurrentTime()
        message_ids = []
        for received in messages:
            # A part of a protobuf message keeps the whole request in memory; the copy does not.
            message = _PubsubMessage()
            message.CopyFrom(received)
            message.message_id = str(next(self._message_ids))
            message.publish_time.CopyFrom(now)
            message_ids.append(message.message_id)
            for subscription in subscriptions:
                self._deliver(subscription, message)
        return message_ids

    def _deliver(self, subscription: Subscription, message: types.PubsubMessage) -> None:
        if subscription.matches is None or subscription.matches(message.attributes):
            self._storage.add_delivery(subscription.config.name, message)
            subscription.backlog.offer(message)

    def _attach(self, config: types.Subscription) -> Subscription:
        def forward(delivery: Delivery) -> bool:
            return self._forward_dead_letter(config, delivery)

        def forget(deliveries: Iterable[Delivery]) -> None:
            self._storage.remove_deliveries(config.name, (delivery.message for delivery in deliveries))

        backlog = Backlog(config, forward=forward, forget=forget)
        subscription = Subscription(config, backlog, _compile_filter(config.filter))
        self.subscriptions[config.name] = subscription
        if config.topic in self.topics:
            self.topics[config.topic].subscriptions[config.name] = subscription
        return subscription

    def _forward_dead_letter(self, config: types.Subscription, delivery: Delivery) -> bool:
        topic = config.dead_letter_policy.dead_letter_topic
        if topic not in self.topics:
            return False
        _, project, _, subscription_id = config.name.split("/")
        message = _PubsubMessage()
        message.CopyFrom(delivery.message)
        message.attributes.update(
            CloudPubSubDeadLetterSourceDeliveryCount=str(delivery.attempts),
            CloudPubSubDeadLetterSourceSubscription=subscription_id,
            CloudPubSubDeadLetterSourceSubscriptionProject=project,
            CloudPubSubDeadLetterSourceTopicPublishTime=message.publish_time.ToJsonString(),
        )
        self.publish(topic, [message])
        return True

    def _check_dead_letter_topic(self, config: types.Subscription) -> None:
        if not config.HasField("dead_letter_policy"):
            return
        if config.dead_letter_policy.dead_letter_topic not in self.topics:
            raise not_found("Dead letter topic not found")


def _compile_filter(expression: str) -> Predicate | None:
    try:
        return compile_filter(expression)
    except FilterInvalid as error:
        raise invalid_argument(f"Invalid filter: {error}") from error
