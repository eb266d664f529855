"""What happens to a message, by the last four digits of the number it goes to."""

from dataclasses import dataclass
from enum import StrEnum

from rbm_ops.simulator.errors import Status
from rbm_ops.simulator.events import (
    EventMaker,
    receipt,
    server_event,
    tap_first_suggestion,
    user_event,
    user_message,
)


class Answer(StrEnum):
    """How the first create of an accepted message is answered. A repeat is always answered at once."""

    AT_ONCE = "at once"
    AFTER_FIRST_STEP = "after the first step"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One event on its way back; the next step waits until all its copies were tried once.

    `told_late` gives the event the time of sending, so that it happened before those that were told earlier.
    """

    event: EventMaker
    copies: int = 1
    reaches_user: bool = True
    told_late: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    status: Status
    message: str = ""
    first_create_only: bool = False

    def applies_to(self, create_number: int) -> bool:
        return create_number == 1 or not self.first_create_only


@dataclass(frozen=True, slots=True)
class Fate:
    description: str
    steps: tuple[Step, ...] = ()
    answer: Answer = Answer.AT_ONCE
    refusal: Refusal | None = None


_DELIVERED = Step(receipt("DELIVERED"))
_READ = Step(receipt("READ"))
_LOCATION = {"location": {"latitude": 37.422, "longitude": -122.084056}}
_FILE = {
    "userFile": {
        "thumbnail": {
            "mimeType": "image/jpeg",
            "fileSizeBytes": 1280,
            "fileUri": "https://storage.googleapis.com/rbm-simulator/4_animated.jpeg",
            "fileName": "4_animated.jpeg",
        },
        "payload": {
            "mimeType": "image/gif",
            "fileSizeBytes": 127806,
            "fileUri": "https://storage.googleapis.com/rbm-simulator/4_animated.gif",
            "fileName": "4_animated.gif",
        },
    }
}

FATES: dict[str, Fate] = {
    "0101": Fate("delivered and read", (_DELIVERED, _READ)),
    "0102": Fate("delivered, never read", (_DELIVERED,)),
    "0103": Fate(
        "expires undelivered (TTL_EXPIRATION_REVOKED)",
        (Step(server_event("TTL_EXPIRATION_REVOKED"), reaches_user=False),),
    ),
    "0104": Fate("unreachable by RCS (404)", refusal=Refusal(Status.NOT_FOUND)),
    "0105": Fate(
        "DELIVERED is received and answered before create is answered; then read",
        (_DELIVERED, _READ),
        answer=Answer.AFTER_FIRST_STEP,
    ),
    "0106": Fate(
        "delivered and read, each receipt three times and in reverse order",
        (Step(receipt("READ"), copies=3), Step(receipt("DELIVERED"), copies=3, told_late=True)),
    ),
    "0107": Fate(
        "delivered, read, and the user replies with a text",
        (_DELIVERED, _READ, Step(user_message({"text": "Thank you!"}))),
    ),
    "0108": Fate(
        "delivered, read, and the user taps the first suggestion",
        (_DELIVERED, _READ, Step(tap_first_suggestion)),
    ),
    "0109": Fate(
        "delivered, and the user opts out (UNSUBSCRIBE and the text STOP)",
        (_DELIVERED, Step(user_event("UNSUBSCRIBE")), Step(user_message({"text": "STOP"}))),
    ),
    "0110": Fate(
        "expiry inconclusive (TTL_EXPIRATION_REVOKE_FAILED), later delivered",
        (Step(server_event("TTL_EXPIRATION_REVOKE_FAILED"), reaches_user=False), _DELIVERED),
    ),
    "0111": Fate(
        "refused: not an accepted tester (403)",
        refusal=Refusal(
            Status.PERMISSION_DENIED, "The phone number is not an accepted tester of this agent."
        ),
    ),
    "0112": Fate(
        "429 on the first create, the repeat is accepted, delivered and read",
        (_DELIVERED, _READ),
        refusal=Refusal(Status.RESOURCE_EXHAUSTED, first_create_only=True),
    ),
    "0113": Fate(
        "500 on the first create though accepted, delivered and read; the repeat answers 200",
        (_DELIVERED, _READ),
        answer=Answer.FAILED,
    ),
    "0114": Fate(
        "accepted and delivered, but the first create is held for 30 s; the repeat answers at once",
        (_DELIVERED,),
        answer=Answer.HELD,
    ),
    "0115": Fate(
        "delivered, then an event type that does not exist yet", (_DELIVERED, Step(receipt("REACTION_ADDED")))
    ),
    "0116": Fate(
        "delivered, read, and the user sends a location", (_DELIVERED, _READ, Step(user_message(_LOCATION)))
    ),
    "0117": Fate(
        "delivered, read, and the user sends a file", (_DELIVERED, _READ, Step(user_message(_FILE)))
    ),
}

_EVERY_OTHER_NUMBER = FATES["0101"]


def fate_of(phone_number: str) -> Fate:
    return FATES.get(phone_number[-4:], _EVERY_OTHER_NUMBER)


def describe_fates() -> str:
    """The table, one line for each ending."""
    lines = [f"…{ending}  {fate.description}" for ending, fate in FATES.items()]
    return "\n".join([*lines, f"others  {_EVERY_OTHER_NUMBER.description}"])
