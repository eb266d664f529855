"""What Google's side remembers and does: accept messages, ignore repeats, let each number's fate happen."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from rbm_ops.simulator.background import BackgroundTasks
from rbm_ops.simulator.callbacks import CallbackQueue
from rbm_ops.simulator.checks import read_expire_time
from rbm_ops.simulator.errors import ApiError, Status
from rbm_ops.simulator.fates import Answer, Fate, Step, fate_of
from rbm_ops.simulator.resources import AcceptedMessage, AgentResource, JsonObject, format_time
from rbm_ops.simulator.settings import SimulatorSettings

_SHORTEST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.05, 0.3
_HELD_SECONDS = 30
_INPUT_ONLY = frozenset({"ttl"})


class Platform:
    def __init__(
        self, settings: SimulatorSettings, callbacks: CallbackQueue, background: BackgroundTasks
    ) -> None:
        self._settings = settings
        self._callbacks = callbacks
        self._background = background
        self._creates: Counter[tuple[str, str]] = Counter()
        self._first_answers: dict[tuple[str, str], JsonObject] = {}
        self._messages: dict[tuple[str, str], AcceptedMessage] = {}
        self._deliveries: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def create_message(self, resource: AgentResource, body: JsonObject) -> JsonObject:
        """The AgentMessage. Nothing is awaited before the id is taken: of two creates one is first."""
        sent_at = datetime.now(UTC)
        expire_time = read_expire_time(body, sent_at)
        if first_answer := self._admit(resource):
            return first_answer
        answer = _answer_create(resource, body, sent_at)
        if expire_time and "ttl" in body:
            answer["expireTime"] = format_time(expire_time)
        fate = fate_of(resource.phone_number)
        message = self._accept(AcceptedMessage(resource, body, answer), fate)
        await _hold_answer(message, fate.answer)
        return message.answer

    def create_event(self, resource: AgentResource, body: JsonObject) -> JsonObject:
        if first_answer := self._admit(resource):
            return first_answer
        answer = _answer_create(resource, body, datetime.now(UTC))
        self._first_answers[resource.used_id] = answer
        return answer

    def revoke_message(self, resource: AgentResource) -> None:
        """Stops the delivery; NOT_FOUND when it is too late for that, or there never was such a message."""
        message = self._messages.get(resource.used_id)
        if message is None or message.resource != resource or message.reached_user:
            raise ApiError(Status.NOT_FOUND)
        self._deliveries[resource.used_id].cancel()
        message.first_step_done.set()

    def list_messages(self) -> list[JsonObject]:
        return [
            {
                "agentId": message.resource.agent_id,
                "phoneNumber": message.resource.phone_number,
                "messageId": message.resource.resource_id,
                "creates": self._creates[used_id],
                "body": message.body,
            }
            for used_id, message in self._messages.items()
        ]

    def _admit(self, resource: AgentResource) -> JsonObject | None:
        """Counts the create, refuses it if the number's fate says so, returns the first answer to a used id.

        That a used id is ignored is documented, what it is answered is not: hence the setting.
        """
        self._creates[resource.used_id] += 1
        if first_answer := self._first_answers.get(resource.used_id):
            if self._settings.reused_id_status == 409:
                raise ApiError(Status.ALREADY_EXISTS)
            return first_answer
        refusal = fate_of(resource.phone_number).refusal
        if refusal and refusal.applies_to(self._creates[resource.used_id]):
            raise ApiError(refusal.status, refusal.message)
        return None

    def _accept(self, message: AcceptedMessage, fate: Fate) -> AcceptedMessage:
        used_id = message.resource.used_id
        self._first_answers[used_id] = message.answer
        self._messages[used_id] = message
        self._deliveries[used_id] = self._background.start(self._deliver(message, fate))
        return message

    async def _deliver(self, message: AcceptedMessage, fate: Fate) -> None:
        waits = draw_waits_seconds(message.resource, seed=self._settings.seed, pace=self._settings.pace)
        for step in fate.steps:
            await asyncio.sleep(next(waits))
            await self._take_step(message, step)
            message.first_step_done.set()

    async def _take_step(self, message: AcceptedMessage, step: Step) -> None:
        message.reached_user |= step.reaches_user
        send_time = message.answer["sendTime"] if step.told_late else format_time(datetime.now(UTC))
        event = step.event(message, send_time)
        if event is None:
            return
        callbacks = [self._callbacks.post(event) for _ in range(step.copies)]
        for callback in callbacks:
            await callback.tried.wait()


def draw_waits_seconds(resource: AgentResource, *, seed: int, pace: float) -> Iterator[float]:
    """Waits before each step: the same for the same seed and message, whatever else goes on."""
    dice = random.Random(f"{seed}/{resource.name}")  # noqa: S311 - latency, no secret
    while True:
        yield dice.uniform(_SHORTEST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS) * pace


def _answer_create(resource: AgentResource, body: JsonObject, sent_at: datetime) -> JsonObject:
    output = {"name": resource.name, "sendTime": format_time(sent_at)}
    return output | {key: value for key, value in body.items() if key not in _INPUT_ONLY | output.keys()}


async def _hold_answer(message: AcceptedMessage, answer: Answer) -> None:
    match answer:
        case Answer.AFTER_FIRST_STEP:
            await message.first_step_done.wait()
        case Answer.HELD:
            await asyncio.sleep(_HELD_SECONDS)
        case Answer.FAILED:
            raise ApiError(Status.INTERNAL)
        case Answer.AT_ONCE:
            return
