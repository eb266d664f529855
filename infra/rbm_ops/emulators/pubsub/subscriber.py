"""google.pubsub.v1.Subscriber: subscriptions, and getting messages from them by pull."""

import asyncio
import contextlib
import copy
from collections.abc import AsyncIterator
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty

from rbm_ops.emulators.pubsub.delivery import Delivery
from rbm_ops.emulators.pubsub.messages import plain, types
from rbm_ops.emulators.pubsub.paging import take_page
from rbm_ops.emulators.pubsub.refusals import (
    CallRefused,
    ServiceMethods,
    abort,
    answer_each,
    invalid_argument,
)
from rbm_ops.emulators.pubsub.resources import Resources, Subscription
from rbm_ops.emulators.pubsub.rules import (
    check_ack_ids,
    check_modified_ack_deadline,
    check_project,
    complete_subscription,
)
from rbm_ops.emulators.pubsub.storage import Storage
from rbm_ops.emulators.pubsub.streaming import PullStream, to_received_messages
from rbm_ops.emulators.pubsub.updates import SUBSCRIPTION_FIELDS, apply_update
from rbm_ops.emulators.rpc import BidiStream, ServicerContext, ServiceTable, Unary

# Production answers an empty pull after some time of its own choosing; a client's deadline comes first.
_PULL_WAIT_SECONDS = 10.0
_MESSAGES_PER_PULL = 1_000
_ListSubscriptionsResponse = plain(types.ListSubscriptionsResponse)
_PullResponse = plain(types.PullResponse)
_StreamingPullRequest = plain(types.StreamingPullRequest)


class Subscriber:
    """The calls of the service, as methods of the same name."""

    def __init__(self, resources: Resources, storage: Storage) -> None:
        self._resources = resources
        self._storage = storage

    def table(self) -> ServiceTable:
        calls: dict[str, tuple[Any, Any]] = {
            "CreateSubscription": (self.create_subscription, types.Subscription),
            "GetSubscription": (self.get_subscription, types.GetSubscriptionRequest),
            "UpdateSubscription": (self.update_subscription, types.UpdateSubscriptionRequest),
            "ListSubscriptions": (self.list_subscriptions, types.ListSubscriptionsRequest),
            "DeleteSubscription": (self.delete_subscription, types.DeleteSubscriptionRequest),
            "ModifyPushConfig": (self.modify_push_config, types.ModifyPushConfigRequest),
            "Acknowledge": (self.acknowledge, types.AcknowledgeRequest),
            "ModifyAckDeadline": (self.modify_ack_deadline, types.ModifyAckDeadlineRequest),
        }
        pulls: ServiceMethods = {
            "Pull": Unary(self.pull, plain(types.PullRequest)),
            "StreamingPull": BidiStream(self.streaming_pull, _StreamingPullRequest),
        }
        return ServiceTable("google.pubsub.v1.Subscriber", answer_each(calls) | pulls)

    async def create_subscription(self, config: types.Subscription) -> types.Subscription:
        complete_subscription(config)
        self._resources.add_subscription(config)
        return config

    async def get_subscription(self, request: types.GetSubscriptionRequest) -> types.Subscription:
        return self._resources.get_subscription(request.subscription).config

    async def update_subscription(self, request: types.UpdateSubscriptionRequest) -> types.Subscription:
        current = self._resources.get_subscription(request.subscription.name).config
        changed = apply_update(
            current, request.subscription, request.update_mask, mutable=SUBSCRIPTION_FIELDS
        )
        complete_subscription(changed)
        self._resources.change_subscription(changed)
        return changed

    async def modify_push_config(self, request: types.ModifyPushConfigRequest) -> Empty:
        changed = copy.deepcopy(self._resources.get_subscription(request.subscription).config)
        changed.push_config.CopyFrom(request.push_config)
        complete_subscription(changed)
        self._resources.change_subscription(changed)
        return Empty()

    async def list_subscriptions(
        self, request: types.ListSubscriptionsRequest
    ) -> types.ListSubscriptionsResponse:
        check_project(request.project)
        names = (name for name in self._resources.subscriptions if name.startswith(f"{request.project}/"))
        page, token = take_page(names, page_size=request.page_size, page_token=request.page_token)
        configs = [self._resources.subscriptions[name].config for name in page]
        return _ListSubscriptionsResponse(subscriptions=configs, next_page_token=token)

    async def delete_subscription(self, request: types.DeleteSubscriptionRequest) -> Empty:
        self._resources.delete_subscription(request.subscription)
        return Empty()

    async def pull(self, request: types.PullRequest, context: ServicerContext) -> types.PullResponse:
        try:
            subscription = self._resources.get_subscription(request.subscription)
            if request.max_messages <= 0:
                raise invalid_argument("No max_messages specified")
            wait_seconds = 0.0 if request.return_immediately else _pull_wait_seconds(context)
            deliveries = await _take_when_available(subscription, request.max_messages, wait_seconds)
            received = to_received_messages(subscription.config, deliveries)
            response: types.PullResponse = _PullResponse(received_messages=received)
        except CallRefused as refused:
            response = await abort(context, refused)
        return response

    async def streaming_pull(
        self, requests: AsyncIterator[types.StreamingPullRequest], context: ServicerContext
    ) -> AsyncIterator[types.StreamingPullResponse]:
        try:
            first = await anext(requests, _StreamingPullRequest())
            subscription = self._resources.get_subscription(first.subscription)
            stream = PullStream(subscription, first, self._storage)
            async for response in stream.exchange(requests):
                yield response
        except CallRefused as refused:
            await abort(context, refused)

    async def acknowledge(self, request: types.AcknowledgeRequest) -> Empty:
        subscription = self._resources.get_subscription(request.subscription)
        check_ack_ids(subscription.config, request.ack_ids)
        stale = subscription.backlog.acknowledge(request.ack_ids)
        await self._storage.written()
        _refuse_stale(subscription.config, stale)
        return Empty()

    async def modify_ack_deadline(self, request: types.ModifyAckDeadlineRequest) -> Empty:
        subscription = self._resources.get_subscription(request.subscription)
        check_modified_ack_deadline(request.ack_deadline_seconds)
        check_ack_ids(subscription.config, request.ack_ids)
        stale = subscription.backlog.modify_deadline(request.ack_ids, request.ack_deadline_seconds)
        _refuse_stale(subscription.config, stale)
        return Empty()


def _pull_wait_seconds(context: ServicerContext) -> float:
    remaining: float | None = context.time_remaining()
    # A little less than the client's own deadline, so that it gets an empty answer and not an error.
    return _PULL_WAIT_SECONDS if remaining is None else min(_PULL_WAIT_SECONDS, remaining * 0.9)


async def _take_when_available(
    subscription: Subscription, max_messages: int, wait_seconds: float
) -> list[Delivery]:
    backlog, limit = subscription.backlog, min(max_messages, _MESSAGES_PER_PULL)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(wait_seconds):
            while not backlog.closed_by:
                await backlog.available.wait()
                deliveries = backlog.take(limit, subscription.config.ack_deadline_seconds, whole_lanes=True)
                if deliveries:
                    return deliveries
            raise backlog.closed_by
    return []


def _refuse_stale(config: types.Subscription, stale: list[str]) -> None:
    if stale and config.enable_exactly_once_delivery:
        raise CallRefused(
            grpc.StatusCode.INVALID_ARGUMENT,
            "Some ack ids are not valid any more.",
            dict.fromkeys(stale, "PERMANENT_FAILURE_INVALID_ACK_ID"),
        )
