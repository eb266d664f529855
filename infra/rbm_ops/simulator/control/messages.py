"""Messages: what the platform took, and what has become of it."""

from collections import deque
from typing import Annotated

import msgspec

from rbm_ops.simulator.changes import ShortText
from rbm_ops.simulator.control import models
from rbm_ops.simulator.control.operation import AnyOperation, Call, Group, Nothing, Operation
from rbm_ops.simulator.messages import AcceptedMessage
from rbm_ops.simulator.resources import short_agent_id


class MessageFilter(models.Model, frozen=True):
    """Without a filter all are listed. `limit`: the latest so many."""

    agent_id: ShortText = ""
    phone_number: ShortText = ""
    message_id: ShortText = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1000

    def admits(self, message: AcceptedMessage) -> bool:
        resource = message.resource
        return (
            self.agent_id in ("", resource.agent_id)
            and self.phone_number in ("", resource.phone_number)
            and self.message_id in ("", resource.resource_id)
        )


async def _list_messages(call: Call[MessageFilter, Nothing]) -> models.Messages:
    wanted = msgspec.structs.replace(call.parameters, agent_id=short_agent_id(call.parameters.agent_id))
    found = (
        (message, creates) for message, creates in call.simulation.messages.list() if wanted.admits(message)
    )
    latest = deque(found, maxlen=wanted.limit)
    return models.Messages(messages=[_describe_message(message, creates) for message, creates in latest])


def _describe_message(message: AcceptedMessage, creates: int) -> models.Message:
    resource = message.resource
    return models.Message(
        agent_id=resource.agent_id,
        phone_number=resource.phone_number,
        message_id=resource.resource_id,
        creates=creates,
        body=message.body,
        answer=message.answer,
        state=message.state,
    )


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        group=Group.MESSAGES,
        method="GET",
        path="/control/messages",
        summary="The messages that were accepted, the oldest first",
        parameters=MessageFilter,
        body=Nothing,
        answer=models.Messages,
        handle=_list_messages,
    ),
)
