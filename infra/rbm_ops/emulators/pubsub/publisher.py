"""google.pubsub.v1.Publisher: topics, and publishing to them."""

from typing import Any

from google.protobuf.empty_pb2 import Empty

from rbm_ops.emulators.meter import Meter
from rbm_ops.emulators.pubsub.messages import plain, types
from rbm_ops.emulators.pubsub.paging import take_page
from rbm_ops.emulators.pubsub.refusals import answer_each
from rbm_ops.emulators.pubsub.resources import Resources
from rbm_ops.emulators.pubsub.rules import check_project, check_publish
from rbm_ops.emulators.pubsub.storage import Storage
from rbm_ops.emulators.pubsub.updates import TOPIC_FIELDS, apply_update
from rbm_ops.emulators.rpc import ServiceTable

_ListTopicsResponse = plain(types.ListTopicsResponse)
_ListTopicSubscriptionsResponse = plain(types.ListTopicSubscriptionsResponse)
_ACTIVE: Any = types.Topic.State.ACTIVE
_PublishResponse = plain(types.PublishResponse)


class Publisher:
    """The calls of the service, as methods of the same name."""

    def __init__(self, resources: Resources, storage: Storage, meter: Meter) -> None:
        self._resources = resources
        self._storage = storage
        self._meter = meter

    def table(self) -> ServiceTable:
        calls: dict[str, tuple[Any, Any]] = {
            "CreateTopic": (self.create_topic, types.Topic),
            "GetTopic": (self.get_topic, types.GetTopicRequest),
            "UpdateTopic": (self.update_topic, types.UpdateTopicRequest),
            "ListTopics": (self.list_topics, types.ListTopicsRequest),
            "ListTopicSubscriptions": (self.list_topic_subscriptions, types.ListTopicSubscriptionsRequest),
            "DeleteTopic": (self.delete_topic, types.DeleteTopicRequest),
            "Publish": (self.publish, types.PublishRequest),
        }
        return ServiceTable("google.pubsub.v1.Publisher", answer_each(calls))

    async def create_topic(self, topic: types.Topic) -> types.Topic:
        topic.state = _ACTIVE
        self._resources.add_topic(topic)
        return topic

    async def get_topic(self, request: types.GetTopicRequest) -> types.Topic:
        return self._resources.get_topic(request.topic).config

    async def update_topic(self, request: types.UpdateTopicRequest) -> types.Topic:
        current = self._resources.get_topic(request.topic.name).config
        changed = apply_update(current, request.topic, request.update_mask, mutable=TOPIC_FIELDS)
        self._resources.change_topic(changed)
        return changed

    async def list_topics(self, request: types.ListTopicsRequest) -> types.ListTopicsResponse:
        check_project(request.project)
        names = (name for name in self._resources.topics if name.startswith(f"{request.project}/"))
        page, token = take_page(names, page_size=request.page_size, page_token=request.page_token)
        topics = [self._resources.topics[name].config for name in page]
        return _ListTopicsResponse(topics=topics, next_page_token=token)

    async def list_topic_subscriptions(
        self, request: types.ListTopicSubscriptionsRequest
    ) -> types.ListTopicSubscriptionsResponse:
        names = self._resources.get_topic(request.topic).subscriptions
        page, token = take_page(names, page_size=request.page_size, page_token=request.page_token)
        return _ListTopicSubscriptionsResponse(subscriptions=page, next_page_token=token)

    async def delete_topic(self, request: types.DeleteTopicRequest) -> Empty:
        self._resources.delete_topic(request.topic)
        return Empty()

    async def publish(self, request: types.PublishRequest) -> types.PublishResponse:
        check_publish(request.messages, request.ByteSize())
        message_ids = self._resources.publish(request.topic, request.messages)
        self._meter.note_publish(len(request.messages))
        await self._storage.written()
        return _PublishResponse(message_ids=message_ids)
