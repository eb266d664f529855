"""What Google's side remembers and does: accept messages, ignore repeats, refuse, revoke."""

import asyncio

from rbm_ops.simulator.answers import build_agent_event, build_agent_message
from rbm_ops.simulator.checks import read_expire_time
from rbm_ops.simulator.clock import Clock
from rbm_ops.simulator.conversations import Conversations
from rbm_ops.simulator.deliveries import Deliveries
from rbm_ops.simulator.dice import Dice
from rbm_ops.simulator.disturbances import Disturbances
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.messages import AcceptedMessage, AcceptedMessages
from rbm_ops.simulator.phones import Phone, Phones
from rbm_ops.simulator.resources import AgentResource, JsonObject
from rbm_ops.simulator.scripts import Answer
from rbm_ops.simulator.settings import SimulatorSettings
from rbm_ops.simulator.wire import Broadcast


class Platform:
    """`messages`, `conversations` and `phones` are what it knows; the control API reads them."""

    def __init__(
        self,
        settings: SimulatorSettings,
        *,
        clock: Clock,
        phones: Phones,
        messages: AcceptedMessages,
        conversations: Conversations,
        deliveries: Deliveries,
        disturbances: Disturbances,
        broadcast: Broadcast,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._phones = phones
        self._messages = messages
        self._conversations = conversations
        self._deliveries = deliveries
        self._disturbances = disturbances
        self._broadcast = broadcast

    async def create_message(
        self, resource: AgentResource, body: JsonObject, *, payload_bytes: int = 0
    ) -> JsonObject:
        """The AgentMessage; `payload_bytes` counts its files. Raises ApiError.

        Nothing is awaited while the id is taken: of two creates one is first.
        """
        await self._disturb()
        phone = self._phones.find(resource.phone_number)
        if first_answer := self._admit(resource, phone):
            return first_answer
        message = self._accept(resource, body, phone, payload_bytes)
        await self._hold_answer(message)
        return message.answer

    async def create_event(self, resource: AgentResource, body: JsonObject) -> JsonObject:
        """READ marks the user's messages, IS_TYPING shows for a while. Raises ApiError."""
        await self._disturb()
        if first_answer := self._admit(resource, self._phones.find(resource.phone_number)):
            return first_answer
        answer = build_agent_event(resource, body, self._clock.now())
        self._messages.put_answer(resource, answer)
        conversation = self._conversations.find(resource.agent_id, resource.phone_number)
        if body["eventType"] == "IS_TYPING":
            conversation.agent_typed_at = self._clock.now()
        else:
            conversation.mark_read_by_agent(body["messageId"])
        self._broadcast.publish(
            "conversation", {"agentId": resource.agent_id, "phoneNumber": resource.phone_number}
        )
        return answer

    def revoke_message(self, resource: AgentResource) -> None:
        """Stops the delivery; NOT_FOUND when it is too late for that, or there never was such a message."""
        message = self._messages.find(resource.used_id)
        if message is None or message.resource != resource or not self._deliveries.revoke(message):
            raise ApiError(Status.NOT_FOUND)

    async def _disturb(self) -> None:
        if self._disturbances.create_delay_seconds > 0:
            await self._clock.sleep(self._disturbances.create_delay_seconds)
        if self._disturbances.create_status is not None:
            raise ApiError(self._disturbances.create_status)

    def _admit(self, resource: AgentResource, phone: Phone) -> JsonObject | None:
        """Counts the create, refuses it if the phone is out of reach, returns the first answer to a used id.

        That a used id is ignored is documented, what it is answered is not: hence the setting.
        """
        create_number = self._messages.count_create(resource)
        if first_answer := self._messages.find_answer(resource):
            if self._settings.choices.reused_id_status == 409:
                raise ApiError(Status.ALREADY_EXISTS)
            return first_answer
        if not phone.has_rcs:
            raise ApiError(Status.NOT_FOUND)
        refusal = phone.script.refusal
        if refusal and refusal.applies_to(create_number):
            raise ApiError(refusal.status, refusal.message)
        if self._deliveries.held_count >= self._settings.limits.messages:
            raise ApiError(
                Status.RESOURCE_EXHAUSTED, "The simulator holds no more messages for phones offline."
            )
        return None

    def _accept(
        self, resource: AgentResource, body: JsonObject, phone: Phone, payload_bytes: int
    ) -> AcceptedMessage:
        sent_at = self._clock.now()
        expire_time = read_expire_time(body, sent_at)
        message = AcceptedMessage(
            resource,
            body,
            build_agent_message(resource, body, sent_at, expire_time, phone, payload_bytes=payload_bytes),
            sent_at=sent_at,
            expire_time=expire_time,
            script=phone.script,
            dice=Dice(self._settings.seed, resource.agent_id, resource.name),
        )
        if phone.script.answer is Answer.AFTER_FIRST_STEP:
            message.first_step_done = asyncio.Event()
        self._messages.put(message)
        self._deliveries.start(message)
        return message

    async def _hold_answer(self, message: AcceptedMessage) -> None:
        match message.script.answer:
            case Answer.AFTER_FIRST_STEP if message.first_step_done is not None:
                await message.first_step_done.wait()
            case Answer.HELD:
                await self._clock.sleep(message.script.answer_seconds)
            case Answer.FAILED:
                raise ApiError(Status.INTERNAL)
            case _:
                return
