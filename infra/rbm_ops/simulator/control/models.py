"""What the control API answers. Times are RFC 3339 in UTC, ending in `Z`."""

from typing import TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from rbm_ops.simulator.agents import InviteStatus, LaunchState, UseCase
from rbm_ops.simulator.changes import Feature, ScriptName
from rbm_ops.simulator.clock import ClockMode
from rbm_ops.simulator.messages import MessageState
from rbm_ops.simulator.regions import Region
from rbm_ops.simulator.resources import JsonObject
from rbm_ops.simulator.scripts import Script

Time: TypeAlias = str


class Model(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    pass


class Health(Model, frozen=True):
    status: str


class Phone(Model, frozen=True):
    """A device. `carrier` is empty where Google tells none: outside the US."""

    phone_number: str
    script: ScriptName | Script
    has_rcs: bool
    is_online: bool
    sends_read_receipts: bool
    missing_features: list[Feature]
    carrier: str


class Phones(Model, frozen=True):
    phones: list[Phone]


class AgentMessageEntry(Model, frozen=True, tag_field="kind", tag="agentMessage"):
    """A message of the agent; while it is `queued` it is not on the device."""

    message_id: str
    time: Time
    content_message: JsonObject
    state: MessageState
    message_traffic_type: str | UnsetType = UNSET
    expire_time: Time | UnsetType = UNSET
    delivered_time: Time | UnsetType = UNSET
    read_time: Time | UnsetType = UNSET


class UserMessageEntry(Model, frozen=True, tag_field="kind", tag="userMessage"):
    """`content` has one member: `text`, `location`, `userFile` or `suggestionResponse`."""

    message_id: str
    time: Time
    content: JsonObject
    is_read_by_agent: bool


class UserEventEntry(Model, frozen=True, tag_field="kind", tag="userEvent"):
    event_type: str
    time: Time


class Conversation(Model, frozen=True):
    """What a user sees: entries from the oldest to the latest, at most 200."""

    agent_id: str
    phone_number: str
    is_subscribed: bool
    agent_typing_until: Time | None
    entries: list[AgentMessageEntry | UserMessageEntry | UserEventEntry]


class Conversations(Model, frozen=True):
    conversations: list[Conversation]


class ConversationSummary(Model, frozen=True):
    """`last_time` is null while nothing was said; `unread` counts delivered messages that nobody has read."""

    agent_id: str
    phone_number: str
    last_time: Time | None
    unread: int


class ConversationSummaries(Model, frozen=True):
    """The latest first."""

    conversations: list[ConversationSummary]


class Events(Model, frozen=True):
    """What was told to the webhook, as `message.data` decodes to it."""

    events: list[JsonObject]


class Event(Model, frozen=True):
    event: JsonObject


class Agent(Model, frozen=True):
    """`launches` goes by carrier, or `*` for all that are not named; `testers` by phone number."""

    agent_id: str
    display_name: str
    color: str
    use_case: UseCase
    hosting_region: Region
    launches: dict[str, LaunchState]
    testers: dict[str, InviteStatus]


class Agents(Model, frozen=True):
    agents: list[Agent]


class Webhook(Model, frozen=True):
    """`agent_id` is empty for the partner's. One that was named at the start is not verified."""

    agent_id: str
    url: str
    is_verified: bool


class Webhooks(Model, frozen=True):
    webhooks: list[Webhook]


class Handshake(Model, frozen=True):
    """`answer` is the body that the webhook answered."""

    verified: bool
    http_status: int
    answer: str


class CallbackCounts(Model, frozen=True):
    """`failed_attempts` counts tries, the others callbacks."""

    pending: int
    acknowledged: int
    failed_attempts: int
    dropped: int


class WaitingCallback(Model, frozen=True):
    number: int
    event_type: str
    agent_id: str
    attempts: int
    next_attempt_time: Time


class Callbacks(CallbackCounts, frozen=True):
    """`waiting`: at most 100 of those that wait for their next try."""

    waiting: list[WaitingCallback]


class Message(Model, frozen=True):
    """`creates` counts the calls with this id; `answer` is the first one's."""

    agent_id: str
    phone_number: str
    message_id: str
    creates: int
    body: JsonObject
    answer: JsonObject
    state: MessageState


class Messages(Model, frozen=True):
    """The oldest first."""

    messages: list[Message]


class Clock(Model, frozen=True):
    """`timers`: what is still to become due; only a stepped clock counts it."""

    mode: ClockMode
    now: Time
    scale: float
    timers: int | None


class ErrorStatus(Model, frozen=True):
    code: int
    message: str
    status: str


class Error(Model, frozen=True):
    """A refusal, in the shape that all APIs of Google have."""

    error: ErrorStatus
