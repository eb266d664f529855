"""Publishes to topics of the local cloud, as other services do, and looks what was published."""

from typing import Any

import grpc
from google.pubsub_v1 import SubscriberAsyncClient
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcAsyncIOTransport

from rbm_ledger.adapters.pubsub import PubSubPublisher
from rbm_ops.local.addresses import Addresses

_TIMEOUT_SECONDS = 20


async def publish(addresses: Addresses, topic: str, data: bytes, **attributes: str) -> str:
    publisher = PubSubPublisher(
        f"projects/{addresses.project}/topics/{topic}",
        emulator_host=addresses.pubsub,
        timeout_seconds=_TIMEOUT_SECONDS,
    )
    return await publisher.publish(data, attributes)


async def pull(addresses: Addresses, subscription: str, count: int) -> list[Any]:
    """The first so many messages, in the order in which they were published; pushing ends."""
    name = f"projects/{addresses.project}/subscriptions/{subscription}"
    messages: list[Any] = []
    async with grpc.aio.insecure_channel(addresses.pubsub) as channel:
        client = SubscriberAsyncClient(transport=SubscriberGrpcAsyncIOTransport(channel=channel))
        await client.modify_push_config(
            request={"subscription": name, "push_config": {}}, timeout=_TIMEOUT_SECONDS
        )
        while len(messages) < count:
            pulled = await client.pull(
                request={"subscription": name, "max_messages": count}, timeout=_TIMEOUT_SECONDS, retry=None
            )
            messages += [received.message for received in pulled.received_messages]
    return sorted(messages, key=lambda message: int(message.message_id))
