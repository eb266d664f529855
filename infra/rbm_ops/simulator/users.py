"""What users and their phones do: each deed changes the conversation and is told by a callback."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rbm_ops.simulator.callbacks import CallbackQueue
from rbm_ops.simulator.conversations import Conversation, Conversations, UserEvent, UserMessage
from rbm_ops.simulator.dice import Dice
from rbm_ops.simulator.events import make_server_event, make_user_event, make_user_message
from rbm_ops.simulator.messages import AcceptedMessage, MessageState
from rbm_ops.simulator.phones import Phones
from rbm_ops.simulator.resources import JsonObject, format_time
from rbm_ops.simulator.wire import Broadcast

_SUBSCRIPTIONS = {"SUBSCRIBE": True, "UNSUBSCRIBE": False}


@dataclass(frozen=True, slots=True)
class Telling:
    """How a deed is told: when it happened, with ids of which dice, in how many copies."""

    at: datetime
    dice: Dice
    copies: int = 1
    on_tried: Callable[[], None] | None = None


class Users:
    def __init__(
        self, phones: Phones, conversations: Conversations, callbacks: CallbackQueue, broadcast: Broadcast
    ) -> None:
        self._phones = phones
        self._conversations = conversations
        self._callbacks = callbacks
        self._broadcast = broadcast

    def give_receipt(self, event_type: str, message: AcceptedMessage, telling: Telling) -> JsonObject | None:
        """DELIVERED, READ or another event about a message; nothing is told where read receipts are off."""
        phone = self._phones.find(message.resource.phone_number)
        match event_type:
            case "READ":
                message.read(telling.at)
            case _:
                message.deliver(telling.at)
        self._show(message.resource.agent_id, phone.phone_number)
        if event_type == "READ" and not phone.sends_read_receipts:
            return None
        event = make_user_event(
            event_type,
            phone,
            message.resource.agent_id,
            send_time=format_time(telling.at),
            dice=telling.dice,
            message_id=message.resource.resource_id,
        )
        return self._tell(event, telling)

    def announce_expiry(self, event_type: str, message: AcceptedMessage, telling: Telling) -> JsonObject:
        """By the platform: TTL_EXPIRATION_REVOKED takes the message from the queue."""
        message.is_expiry_told = True
        if event_type == "TTL_EXPIRATION_REVOKED":
            message.state = MessageState.EXPIRED
        resource = message.resource
        self._show(resource.agent_id, resource.phone_number)
        event = make_server_event(
            event_type,
            resource.phone_number,
            resource.agent_id,
            send_time=format_time(telling.at),
            dice=telling.dice,
            message_id=resource.resource_id,
        )
        return self._tell(event, telling)

    def signal(self, event_type: str, conversation: Conversation, telling: Telling) -> JsonObject:
        """IS_TYPING, UNSUBSCRIBE, SUBSCRIBE: events about no message."""
        conversation.is_subscribed = _SUBSCRIPTIONS.get(event_type, conversation.is_subscribed)
        conversation.entries.append(UserEvent(event_type, telling.at))
        self._show(conversation.agent_id, conversation.phone_number)
        event = make_user_event(
            event_type,
            self._phones.find(conversation.phone_number),
            conversation.agent_id,
            send_time=format_time(telling.at),
            dice=telling.dice,
        )
        return self._tell(event, telling)

    def say(self, content: JsonObject, conversation: Conversation, telling: Telling) -> JsonObject:
        """A user's message: text, location, userFile or suggestionResponse."""
        event = make_user_message(
            content,
            self._phones.find(conversation.phone_number),
            conversation.agent_id,
            send_time=format_time(telling.at),
            dice=telling.dice,
        )
        conversation.entries.append(UserMessage(event["messageId"], telling.at, content))
        self._show(conversation.agent_id, conversation.phone_number)
        return self._tell(event, telling)

    def find_conversation(self, agent_id: str, phone_number: str) -> Conversation:
        return self._conversations.find(agent_id, phone_number)

    def show_message(self, message: AcceptedMessage) -> None:
        """The platform took it: it stands in the conversation, on its way."""
        agent_id, phone_number = message.resource.agent_id, message.resource.phone_number
        self._conversations.find(agent_id, phone_number).entries.append(message)
        self._show(agent_id, phone_number)

    def withdraw(self, message: AcceptedMessage, state: MessageState) -> None:
        """Silently: nobody is told but who watches the conversation."""
        message.state = state
        self._show(message.resource.agent_id, message.resource.phone_number)

    def _show(self, agent_id: str, phone_number: str) -> None:
        self._broadcast.publish("conversation", {"agentId": agent_id, "phoneNumber": phone_number})

    def _tell(self, event: JsonObject, telling: Telling) -> JsonObject:
        self._callbacks.post(event, copies=telling.copies, on_tried=telling.on_tried)
        return event
