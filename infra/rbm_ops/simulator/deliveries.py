"""From acceptance to the last event: each message goes through its phone's script, step by step."""

from datetime import datetime, timedelta
from typing import Any

from rbm_ops.simulator.clock import Clock
from rbm_ops.simulator.contents import find_suggestions
from rbm_ops.simulator.events import (
    EVENTS_WITHOUT_MESSAGE,
    SAMPLE_LOCATION,
    SERVER_EVENTS,
    USER_MESSAGE_MEMBERS,
    make_file,
    make_suggestion_response,
)
from rbm_ops.simulator.messages import AcceptedMessage, MessageState
from rbm_ops.simulator.phones import Phone, Phones
from rbm_ops.simulator.resources import JsonObject
from rbm_ops.simulator.scripts import OrdinaryPhone, Step
from rbm_ops.simulator.users import Telling, Users

# Source: guides/build/messages/send, April 2026. (guides/build/capabilities says 31.)
_KEPT_FOR_OFFLINE_PHONE = timedelta(days=30)

_SAMPLE_CONTENTS: dict[str, Any] = {
    "text": "Hello!",
    "location": SAMPLE_LOCATION,
    "userFile": make_file("tree.gif", "image/gif", 127806),
}


class Deliveries:
    """`pace` scales the waits that are drawn from the seed."""

    def __init__(
        self, clock: Clock, phones: Phones, users: Users, *, ordinary_phone: OrdinaryPhone, pace: float
    ) -> None:
        self._clock = clock
        self._phones = phones
        self._users = users
        self._ordinary_phone = ordinary_phone
        self._pace = pace
        self._held: dict[str, dict[AcceptedMessage, Step]] = {}
        self.held_count = 0

    def start(self, message: AcceptedMessage) -> None:
        script = message.script
        steps = self._ordinary_phone.draw_steps(message.dice) if script.is_ordinary else script.steps
        has_expiry = message.expire_time is not None
        message.steps = iter([step for step in steps if has_expiry or not step.at_expiry])
        self._users.show_message(message)
        self._plan_next(message)

    def revoke(self, message: AcceptedMessage) -> bool:
        """False when the user has it already."""
        if message.delivered_time is not None:
            return False
        self._users.withdraw(message, MessageState.REVOKED)
        if not message.script.outruns_revoke:
            self._end(message)
        _mark_step_done(message)
        return True

    def bring_online(self, phone: Phone) -> None:
        """What waited for the phone goes on."""
        for message, step in list(self._held.get(phone.phone_number, {}).items()):
            self._end(message)
            self._plan(message, step)

    def clear(self) -> None:
        for held in list(self._held.values()):
            for message in list(held):
                self._end(message)

    def _plan_next(self, message: AcceptedMessage) -> None:
        message.timer = None
        step = next(message.steps, None)
        if step is not None:
            self._plan(message, step)

    def _plan(self, message: AcceptedMessage, step: Step) -> None:
        wait_seconds = self._wait_seconds(message, step)
        message.timer = self._clock.call_later(wait_seconds, lambda: self._take(message, step))

    def _wait_seconds(self, message: AcceptedMessage, step: Step) -> float:
        if step.at_expiry and message.expire_time is not None:
            return (message.expire_time - self._clock.now()).total_seconds()
        if step.after_seconds is not None:
            return step.after_seconds
        return self._ordinary_phone.draw_wait_seconds(message.dice) * self._pace

    def _take(self, message: AcceptedMessage, step: Step) -> None:
        phone = self._phones.find(message.resource.phone_number)
        if step.event not in SERVER_EVENTS:
            if not phone.is_reachable:
                self._hold(message, step)
                return
            if _is_expiring(message, self._clock.now()):
                self._give_up(message)
                return
        self._tell(message, step, phone)
        self._plan_next(message)

    def _tell(self, message: AcceptedMessage, step: Step, phone: Phone) -> None:
        at = message.sent_at if step.told_late else self._clock.now()
        telling = Telling(at, message.dice, step.copies, on_tried=lambda: _mark_step_done(message))
        conversation = self._users.find_conversation(message.resource.agent_id, phone.phone_number)
        if step.event in SERVER_EVENTS:
            self._users.announce_expiry(step.event, message, telling)
        elif step.event in EVENTS_WITHOUT_MESSAGE:
            self._users.signal(step.event, conversation, telling)
        elif step.event in USER_MESSAGE_MEMBERS:
            content = _find_content(message, step)
            if content is not None:
                self._users.say(content, conversation, telling)
        else:
            self._users.give_receipt(step.event, message, telling)

    def _hold(self, message: AcceptedMessage, step: Step) -> None:
        """Until the phone is back, the message expires, or 30 days are over."""
        self._held.setdefault(message.resource.phone_number, {})[message] = step
        self.held_count += 1
        _mark_step_done(message)
        if message.delivered_time is None:
            until = min(
                message.expire_time or datetime.max.replace(tzinfo=message.sent_at.tzinfo),
                message.sent_at + _KEPT_FOR_OFFLINE_PHONE,
            )
            wait_seconds = (until - self._clock.now()).total_seconds()
            message.timer = self._clock.call_later(wait_seconds, lambda: self._give_up(message))

    def _give_up(self, message: AcceptedMessage) -> None:
        """At its expiry a message is taken back and that is told; after 30 days it is silently gone."""
        self._end(message)
        if _is_expiring(message, self._clock.now()):
            self._users.announce_expiry(
                "TTL_EXPIRATION_REVOKED", message, Telling(self._clock.now(), message.dice)
            )
        else:
            self._users.withdraw(message, MessageState.DELETED)

    def _end(self, message: AcceptedMessage) -> None:
        """Nothing more is planned for it."""
        if message.timer is not None:
            message.timer.cancel()
            message.timer = None
        held = self._held.get(message.resource.phone_number, {})
        if held.pop(message, None) is not None:
            self.held_count -= 1
            if not held:
                del self._held[message.resource.phone_number]


def _is_expiring(message: AcceptedMessage, now: datetime) -> bool:
    is_over = message.expire_time is not None and now >= message.expire_time
    return is_over and message.state is MessageState.QUEUED and not message.is_expiry_told


def _mark_step_done(message: AcceptedMessage) -> None:
    if message.first_step_done is not None:
        message.first_step_done.set()


def _find_content(message: AcceptedMessage, step: Step) -> JsonObject | None:
    """What the user sends; None for a tap where there is nothing to tap."""
    if step.event != "suggestionResponse":
        return {step.event: _SAMPLE_CONTENTS[step.event] if step.content is None else step.content}
    for kind, suggestion in find_suggestions(message.body["contentMessage"]):
        return {"suggestionResponse": make_suggestion_response(kind, suggestion)}
    return None
