"""Conversations: what a user sees on a phone."""

from typing import Annotated

import msgspec

from rbm_ops.simulator import conversations
from rbm_ops.simulator.control import models
from rbm_ops.simulator.control.operation import AnyOperation, Call, Group, Nothing, Operation
from rbm_ops.simulator.control.phones import PhonePath
from rbm_ops.simulator.messages import AcceptedMessage
from rbm_ops.simulator.resources import JsonObject, format_time


class ConversationLimit(models.Model, frozen=True):
    """`limit`: the latest so many."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=5000)] = 200


async def _list_conversations(call: Call[ConversationLimit, Nothing]) -> models.ConversationSummaries:
    latest = call.simulation.conversations.list_latest(call.parameters.limit)
    return models.ConversationSummaries(conversations=[_summarize(conversation) for conversation in latest])


async def _list_conversations_of_phone(call: Call[PhonePath, Nothing]) -> JsonObject:
    now = call.simulation.clock.now()
    conversations = call.simulation.conversations.list_of(call.parameters.phone)
    return {"conversations": [conversation.describe(now) for conversation in conversations]}


def _summarize(conversation: conversations.Conversation) -> models.ConversationSummary:
    return models.ConversationSummary(
        agent_id=conversation.agent_id,
        phone_number=conversation.phone_number,
        last_time=_find_last_time(conversation),
        unread=len(conversation.list_unread()),
    )


def _find_last_time(conversation: conversations.Conversation) -> str | None:
    if not conversation.entries:
        return None
    last = conversation.entries[-1]
    return format_time(last.sent_at if isinstance(last, AcceptedMessage) else last.time)


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        group=Group.CONVERSATIONS,
        method="GET",
        path="/control/conversations",
        summary="All conversations, the latest first",
        parameters=ConversationLimit,
        body=Nothing,
        answer=models.ConversationSummaries,
        handle=_list_conversations,
    ),
    Operation(
        group=Group.CONVERSATIONS,
        method="GET",
        path="/control/phones/{phone}/conversations",
        summary="The conversations of one phone, as its user sees them",
        parameters=PhonePath,
        body=Nothing,
        answer=models.Conversations,
        handle=_list_conversations_of_phone,
    ),
)
