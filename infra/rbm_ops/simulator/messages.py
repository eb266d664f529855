"""Messages that the platform took: on their way to the phone, and after their arrival."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from rbm_ops.simulator.clock import Timer
from rbm_ops.simulator.dice import Dice
from rbm_ops.simulator.resources import AgentResource, JsonObject
from rbm_ops.simulator.scripts import Script, Step

Value = TypeVar("Value")


class MessageState(StrEnum):
    """What the user's phone or the platform's queue holds; what was told of it is another matter."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    READ = "read"
    EXPIRED = "expired"
    REVOKED = "revoked"
    DELETED = "deleted"  # after 30 days offline (guides/build/messages/send, April 2026)


class AcceptedMessage:
    """One message, its answer, the steps of its script that are still to come."""

    __slots__ = (
        "answer",
        "body",
        "delivered_time",
        "dice",
        "expire_time",
        "first_step_done",
        "is_expiry_told",
        "read_time",
        "resource",
        "script",
        "sent_at",
        "state",
        "steps",
        "timer",
    )

    def __init__(
        self,
        resource: AgentResource,
        body: JsonObject,
        answer: JsonObject,
        *,
        sent_at: datetime,
        expire_time: datetime | None,
        script: Script,
        dice: Dice,
    ) -> None:
        self.resource, self.body, self.answer = resource, body, answer
        self.sent_at, self.expire_time = sent_at, expire_time
        self.script, self.dice = script, dice
        self.steps: Iterator[Step] = iter(())
        self.state = MessageState.QUEUED
        self.delivered_time: datetime | None = None
        self.read_time: datetime | None = None
        self.is_expiry_told = False
        self.timer: Timer | None = None
        self.first_step_done: asyncio.Event | None = None

    def deliver(self, at: datetime) -> None:
        if self.delivered_time is None:
            self.delivered_time = at
            self.state = MessageState.DELIVERED

    def read(self, at: datetime) -> None:
        self.deliver(at)
        if self.read_time is None:
            self.read_time = at
            self.state = MessageState.READ


class AcceptedMessages:
    """The answers to used ids: of an agent, over messages and agentEvents together.

    How long Google remembers an id is not documented; here the latest `remembered` are.
    """

    def __init__(self, *, remembered: int) -> None:
        self._remembered = remembered
        self._messages: OrderedDict[tuple[str, str], AcceptedMessage] = OrderedDict()
        self._answers: OrderedDict[tuple[str, str], JsonObject] = OrderedDict()
        self._creates: OrderedDict[tuple[str, str], int] = OrderedDict()

    def count_create(self, resource: AgentResource) -> int:
        """How many creates with this id there were, this one included."""
        count = self._creates.get(resource.used_id, 0) + 1
        self._put(self._creates, resource.used_id, count)
        return count

    def find_answer(self, resource: AgentResource) -> JsonObject | None:
        return self._answers.get(resource.used_id)

    def find(self, used_id: tuple[str, str]) -> AcceptedMessage | None:
        return self._messages.get(used_id)

    def put(self, message: AcceptedMessage) -> None:
        self._put(self._messages, message.resource.used_id, message)
        self._put(self._answers, message.resource.used_id, message.answer)

    def put_answer(self, resource: AgentResource, answer: JsonObject) -> None:
        self._put(self._answers, resource.used_id, answer)

    def list(self) -> Iterator[tuple[AcceptedMessage, int]]:
        """Each with the number of its creates, oldest first."""
        for used_id, message in self._messages.items():
            yield message, self._creates.get(used_id, 0)

    def clear(self) -> None:
        for message in self._messages.values():
            if message.timer is not None:
                message.timer.cancel()
            if message.first_step_done is not None:
                message.first_step_done.set()
        self._messages.clear()
        self._answers.clear()
        self._creates.clear()

    def _put(
        self, values: OrderedDict[tuple[str, str], Value], used_id: tuple[str, str], value: Value
    ) -> None:
        values[used_id] = value
        if len(values) > self._remembered:
            values.popitem(last=False)
