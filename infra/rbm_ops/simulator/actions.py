"""What a person does with a phone by hand: read, type, tap, send, leave and come back."""

from typing import TypeAlias

import msgspec

from rbm_ops.simulator.clock import Clock
from rbm_ops.simulator.contents import find_suggestions
from rbm_ops.simulator.conversations import Conversation
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.events import make_file, make_suggestion_response
from rbm_ops.simulator.keywords import keyword_for
from rbm_ops.simulator.phones import Phone
from rbm_ops.simulator.resources import JsonObject, short_agent_id
from rbm_ops.simulator.users import Telling, Users


class _Action(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, tag_field="kind", kw_only=True
):
    agent_id: str


class Open(_Action, frozen=True, tag="open"):
    """Opens the conversation: everything delivered is read."""


class Type(_Action, frozen=True, tag="type"):
    """Types, and has not sent anything yet."""


class SendText(_Action, frozen=True, tag="text"):
    text: str


class Tap(_Action, frozen=True, tag="tap"):
    """`suggestion` counts from 0: the chips of the message, then those of each card."""

    message_id: str
    suggestion: int


class SendLocation(_Action, frozen=True, tag="location"):
    latitude: float
    longitude: float


class SendFile(_Action, frozen=True, tag="file"):
    file_name: str
    mime_type: str
    file_size_bytes: int


class Unsubscribe(_Action, frozen=True, tag="unsubscribe"):
    """The event and the keyword of the number's country, as Google Messages sends them."""


class Subscribe(_Action, frozen=True, tag="subscribe"):
    """The event and the keyword of the number's country."""


Action: TypeAlias = Open | Type | SendText | Tap | SendLocation | SendFile | Unsubscribe | Subscribe


class Actions:
    def __init__(self, clock: Clock, users: Users) -> None:
        self._clock = clock
        self._users = users

    def perform(self, phone: Phone, action: Action) -> list[JsonObject]:
        """The events that were sent. Raises ApiError."""
        if not phone.is_reachable:
            raise ApiError(Status.FAILED_PRECONDITION, "The phone is offline or has no RCS.")
        conversation = self._users.find_conversation(short_agent_id(action.agent_id), phone.phone_number)
        telling = Telling(self._clock.now(), conversation.dice)
        match action:
            case Open():
                receipts = [
                    self._users.give_receipt("READ", message, telling)
                    for message in conversation.list_unread()
                ]
                return [receipt for receipt in receipts if receipt is not None]
            case Type():
                return [self._users.signal("IS_TYPING", conversation, telling)]
            case Unsubscribe() | Subscribe():
                return self._change_subscription(conversation, telling, isinstance(action, Subscribe))
            case _:
                return [self._users.say(_make_content(action, conversation), conversation, telling)]

    def _change_subscription(
        self, conversation: Conversation, telling: Telling, is_subscribing: bool
    ) -> list[JsonObject]:
        keyword = keyword_for(conversation.phone_number, is_subscribing=is_subscribing)
        event_type = "SUBSCRIBE" if is_subscribing else "UNSUBSCRIBE"
        return [
            self._users.signal(event_type, conversation, telling),
            self._users.say({"text": keyword}, conversation, telling),
        ]


def _make_content(action: SendText | Tap | SendLocation | SendFile, conversation: Conversation) -> JsonObject:
    match action:
        case SendText():
            return {"text": action.text}
        case SendLocation():
            return {"location": {"latitude": action.latitude, "longitude": action.longitude}}
        case SendFile():
            return {"userFile": make_file(action.file_name, action.mime_type, action.file_size_bytes)}
        case Tap():
            return {"suggestionResponse": _tap(action, conversation)}


def _tap(action: Tap, conversation: Conversation) -> JsonObject:
    """Raises ApiError when there is no such message on the phone, or no such chip."""
    for message in conversation.agent_messages():
        if message.resource.resource_id == action.message_id and message.delivered_time is not None:
            suggestions = list(find_suggestions(message.body["contentMessage"]))
            if 0 <= action.suggestion < len(suggestions):
                return make_suggestion_response(*suggestions[action.suggestion])
    raise ApiError(Status.NOT_FOUND, "No such suggestion is on this phone.")
