"""What happens to a message, by the last four digits of the number it goes to: one table."""

from dataclasses import dataclass, field
from typing import Any

from rbm_ops.simulator.errors import Status
from rbm_ops.simulator.features import FEATURES
from rbm_ops.simulator.scripts import DELIVERED, READ, Answer, Refusal, Script, Step

_LOCATION = Step(event="location")
_FILE = Step(event="userFile")
_REPLY = Step(event="text", content="Thank you!")
_NOT_A_TESTER = "The phone number is not an accepted tester of this agent."
# Relayed by aggregators; the official body is not documented.
_USER_LIMIT = (
    "You have reached the allowed traffic limit for this agent on the user, "
    "your message will not be delivered"
)


@dataclass(frozen=True, slots=True)
class Fate:
    """`device` is what differs from a phone that is online and can do everything: fields of Phone."""

    description: str
    script: Script
    device: dict[str, Any] = field(default_factory=dict)


def _fate(description: str, *steps: Step, device: dict[str, Any] | None = None, **script: Any) -> Fate:
    return Fate(description, Script(description=description, steps=steps, **script), device or {})


FATES: dict[str, Fate] = {
    "0101": _fate("delivered and read", DELIVERED, READ),
    "0102": _fate("delivered, never read", DELIVERED),
    "0103": _fate(
        "offline: expires at its TTL; without one it waits 30 days",
        DELIVERED,
        READ,
        device={"is_online": False},
    ),
    "0104": _fate("unreachable: no RCS (404)", DELIVERED, READ, device={"has_rcs": False}),
    "0105": _fate(
        "DELIVERED is received and answered before create is answered; then read",
        DELIVERED,
        READ,
        answer=Answer.AFTER_FIRST_STEP,
    ),
    "0106": _fate(
        "delivered and read, each receipt three times and in reverse order",
        Step(event="READ", copies=3),
        Step(event="DELIVERED", copies=3, told_late=True),
    ),
    "0107": _fate("delivered, read, and the user replies with a text", DELIVERED, READ, _REPLY),
    "0108": _fate(
        "delivered, read, and the user taps the first suggestion",
        DELIVERED,
        READ,
        Step(event="suggestionResponse"),
    ),
    "0109": _fate(
        "delivered, and the user opts out (UNSUBSCRIBE and the text STOP)",
        DELIVERED,
        Step(event="UNSUBSCRIBE"),
        Step(event="text", content="STOP"),
    ),
    "0110": _fate(
        "expiry inconclusive at its TTL (TTL_EXPIRATION_REVOKE_FAILED), then delivered",
        Step(event="TTL_EXPIRATION_REVOKE_FAILED", at_expiry=True),
        DELIVERED,
    ),
    "0111": _fate(
        "refused: not an accepted tester (403)", refusal=Refusal(Status.PERMISSION_DENIED, _NOT_A_TESTER)
    ),
    "0112": _fate(
        "429 on the first create, the repeat is accepted, delivered and read",
        DELIVERED,
        READ,
        refusal=Refusal(Status.RESOURCE_EXHAUSTED, times=1),
    ),
    "0113": _fate(
        "500 on the first create though accepted, delivered and read; the repeat answers 200",
        DELIVERED,
        READ,
        answer=Answer.FAILED,
    ),
    "0114": _fate(
        "accepted and delivered, but the first create is held for 30 s; the repeat answers at once",
        DELIVERED,
        answer=Answer.HELD,
        answer_seconds=30,
    ),
    "0115": _fate(
        "delivered, then an event type that does not exist yet", DELIVERED, Step(event="REACTION_ADDED")
    ),
    "0116": _fate("delivered, read, and the user sends a location", DELIVERED, READ, _LOCATION),
    "0117": _fate("delivered, read, and the user sends a file", DELIVERED, READ, _FILE),
    "0118": _fate(
        "expires at its TTL (TTL_EXPIRATION_REVOKED), and is delivered too",
        Step(event="TTL_EXPIRATION_REVOKED", at_expiry=True),
        DELIVERED,
    ),
    "0119": _fate(
        "slow: answered after 1 s, delivered after 3 s, read after 5 s",
        Step(event="DELIVERED", after_seconds=3),
        Step(event="READ", after_seconds=2),
        answer=Answer.HELD,
        answer_seconds=1,
    ),
    "0120": _fate(
        "429 at every create: this user's traffic limit is reached",
        refusal=Refusal(Status.RESOURCE_EXHAUSTED, _USER_LIMIT),
    ),
    "0121": _fate(
        "shows text only: cards and actions are refused (400)",
        DELIVERED,
        READ,
        device={"missing_features": FEATURES},
    ),
    "0122": _fate(
        "revoked too late: DELETE answers 200, and DELIVERED comes all the same",
        Step(event="DELIVERED", after_seconds=2),
        outruns_revoke=True,
    ),
}

EVERY_OTHER_NUMBER = _fate(
    "an ordinary phone: delivered and read; now and then twice, or in reverse", is_ordinary=True
)
# A phone that a person plays: what was not delivered by itself is done by hand.
IN_HAND = Script(description="in a person's hand: delivered, and nothing else by itself", steps=(DELIVERED,))
SCRIPTS: dict[str, Script] = {
    **{ending: fate.script for ending, fate in FATES.items()},
    "ordinary": EVERY_OTHER_NUMBER.script,
    "hand": IN_HAND,
}


def fate_of(phone_number: str) -> Fate:
    return FATES.get(phone_number[-4:], EVERY_OTHER_NUMBER)


def describe_fates() -> str:
    """The table, one line for each ending."""
    lines = [f"…{ending}  {fate.description}" for ending, fate in FATES.items()]
    return "\n".join([*lines, f"others  {EVERY_OTHER_NUMBER.description}"])
