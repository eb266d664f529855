"""The calls of Pub/Sub that the local cloud and the commands make themselves, on plain messages.

Google's clients are not used: they take longer to load than all else that `rbm up` itself needs.
"""

from collections.abc import Callable
from typing import Any

from google.protobuf.empty_pb2 import Empty

from rbm_ledger.adapters.message_types import load_message

_TYPES = "google.pubsub_v1.types.pubsub"

Topic = load_message(_TYPES, "Topic")
Subscription = load_message(_TYPES, "Subscription")
PushConfig = load_message(_TYPES, "PushConfig")
RetryPolicy = load_message(_TYPES, "RetryPolicy")
DeadLetterPolicy = load_message(_TYPES, "DeadLetterPolicy")
ModifyPushConfigRequest = load_message(_TYPES, "ModifyPushConfigRequest")
PullRequest = load_message(_TYPES, "PullRequest")
ModifyAckDeadlineRequest = load_message(_TYPES, "ModifyAckDeadlineRequest")
AcknowledgeRequest = load_message(_TYPES, "AcknowledgeRequest")
GetSubscriptionRequest = load_message(_TYPES, "GetSubscriptionRequest")
ListTopicsRequest = load_message(_TYPES, "ListTopicsRequest")
ListSubscriptionsRequest = load_message(_TYPES, "ListSubscriptionsRequest")

# The service of each request, its method, and what is answered.
_METHODS = {
    Topic: ("Publisher/CreateTopic", Topic),
    Subscription: ("Subscriber/CreateSubscription", Subscription),
    ModifyPushConfigRequest: ("Subscriber/ModifyPushConfig", Empty),
    PullRequest: ("Subscriber/Pull", load_message(_TYPES, "PullResponse")),
    ModifyAckDeadlineRequest: ("Subscriber/ModifyAckDeadline", Empty),
    AcknowledgeRequest: ("Subscriber/Acknowledge", Empty),
    GetSubscriptionRequest: ("Subscriber/GetSubscription", Subscription),
    ListTopicsRequest: ("Publisher/ListTopics", load_message(_TYPES, "ListTopicsResponse")),
    ListSubscriptionsRequest: (
        "Subscriber/ListSubscriptions",
        load_message(_TYPES, "ListSubscriptionsResponse"),
    ),
}


def method_for(channel: Any, request: Any) -> Callable[..., Any]:
    """The call that takes requests of this class; on a channel of `grpc.aio` its answer is awaited."""
    method, answer = _METHODS[request]
    call: Callable[..., Any] = channel.unary_unary(
        f"/google.pubsub.v1.{method}",
        request_serializer=request.SerializeToString,
        response_deserializer=answer.FromString,
    )
    return call
