"""What a user sees: one conversation for each phone and agent."""

import itertools
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rbm_ops.simulator.dice import Dice
from rbm_ops.simulator.messages import AcceptedMessage, MessageState
from rbm_ops.simulator.resources import JsonObject, format_time

_MAX_ENTRIES = 200
# Source: guides/build/events/send-events, April 2026: "about 20 seconds".
_TYPING_LASTS = timedelta(seconds=20)


@dataclass(slots=True)
class UserMessage:
    message_id: str
    time: datetime
    content: JsonObject
    is_read_by_agent: bool = False

    def describe(self) -> JsonObject:
        return {
            "kind": "userMessage",
            "messageId": self.message_id,
            "time": format_time(self.time),
            "content": self.content,
            "isReadByAgent": self.is_read_by_agent,
        }


@dataclass(frozen=True, slots=True)
class UserEvent:
    event_type: str
    time: datetime

    def describe(self) -> JsonObject:
        return {"kind": "userEvent", "eventType": self.event_type, "time": format_time(self.time)}


Entry = AcceptedMessage | UserMessage | UserEvent


@dataclass(slots=True)
class Conversation:
    """`dice` names what the user does in it."""

    agent_id: str
    phone_number: str
    dice: Dice
    is_subscribed: bool = True
    agent_typed_at: datetime | None = None
    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=_MAX_ENTRIES))

    def agent_messages(self) -> Iterator[AcceptedMessage]:
        return (entry for entry in self.entries if isinstance(entry, AcceptedMessage))

    def list_unread(self) -> list[AcceptedMessage]:
        return [message for message in self.agent_messages() if message.state is MessageState.DELIVERED]

    def mark_read_by_agent(self, message_id: str) -> None:
        """The named message of the user, and those before it: a read mark covers what stands above it."""
        messages = [entry for entry in self.entries if isinstance(entry, UserMessage)]
        if any(message.message_id == message_id for message in messages):
            for message in messages:
                message.is_read_by_agent = True
                if message.message_id == message_id:
                    return

    def describe(self, now: datetime) -> JsonObject:
        typing_until = self.agent_typed_at + _TYPING_LASTS if self.agent_typed_at else None
        is_typing = typing_until is not None and typing_until > now
        return {
            "agentId": self.agent_id,
            "phoneNumber": self.phone_number,
            "isSubscribed": self.is_subscribed,
            "agentTypingUntil": format_time(typing_until) if is_typing and typing_until else None,
            "entries": [_describe_entry(entry) for entry in self.entries],
        }


class Conversations:
    """The latest ones; a conversation that nobody looks at any more makes room.

    How many were forgotten is part of each one's dice: no id comes back with a conversation that does.
    """

    def __init__(self, *, remembered: int, seed: int | str) -> None:
        self._remembered = remembered
        self._seed = seed
        self._forgotten = 0
        self._conversations: OrderedDict[tuple[str, str], Conversation] = OrderedDict()

    def find(self, agent_id: str, phone_number: str) -> Conversation:
        key = agent_id, phone_number
        if conversation := self._conversations.get(key):
            self._conversations.move_to_end(key)
            return conversation
        dice = Dice(self._seed, agent_id, phone_number, str(self._forgotten))
        conversation = Conversation(agent_id, phone_number, dice)
        self._conversations[key] = conversation
        if len(self._conversations) > self._remembered:
            self._conversations.popitem(last=False)
            self._forgotten += 1
        return conversation

    def list_of(self, phone_number: str) -> list[Conversation]:
        return [each for each in self._conversations.values() if each.phone_number == phone_number]

    def list_latest(self, limit: int) -> list[Conversation]:
        return list(itertools.islice(reversed(self._conversations.values()), limit))

    def clear(self) -> None:
        self._conversations.clear()
        self._forgotten += 1


def _describe_entry(entry: Entry) -> JsonObject:
    return _describe_message(entry) if isinstance(entry, AcceptedMessage) else entry.describe()


def _describe_message(message: AcceptedMessage) -> JsonObject:
    times = {
        "expireTime": message.expire_time,
        "deliveredTime": message.delivered_time,
        "readTime": message.read_time,
    }
    described = {
        "kind": "agentMessage",
        "messageId": message.resource.resource_id,
        "time": format_time(message.sent_at),
        "contentMessage": message.body.get("contentMessage", {}),
        "state": message.state,
        **{name: format_time(time) for name, time in times.items() if time is not None},
    }
    if "messageTrafficType" in message.body:
        described["messageTrafficType"] = message.body["messageTrafficType"]
    return described
