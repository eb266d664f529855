"""Is every document what the platform's own record says? The table of states here is the harness's own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.faults.load import Request

_ACCEPTED, _SUPPRESSED, _UNRESOLVED = 30, 20, 35
_RANKS = {
    "DELIVERED": 60,
    "READ": 70,
    "TTL_EXPIRATION_REVOKED": 50,
    "TTL_EXPIRATION_REVOKE_FAILED": 40,
}
# What the platform refuses for good.
_REFUSED = {"0104": 22, "0111": 21}


class Kind(StrEnum):
    """LOST: something that was asked for or told is nowhere. TWICE: a user got it again. WRONG: else."""

    LOST = "lost"
    TWICE = "sent twice"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Problem:
    kind: Kind
    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.key}: {self.text}"


@dataclass(frozen=True, slots=True)
class Told:
    """What the platform says of one request's phone. `accepted`: ids of the messages that it took."""

    accepted: tuple[str, ...] = ()
    events: frozenset[tuple[str, str]] = frozenset()
    user_messages: Mapping[str, str] = field(default_factory=dict)
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What the ledger says. `told_rank`: the highest state of which an update has told."""

    message: Mapping[str, Any] | None = None
    user_messages: Mapping[str, str] = field(default_factory=dict)
    opted_out: bool = False
    told_rank: int = -1


def judge(request: Request, told: Told, kept: Kept) -> list[Problem]:
    """Empty where all is as it must be."""
    return [Problem(kind, request.key, text) for kind, text in _find_problems(request, told, kept)]


def _find_problems(request: Request, told: Told, kept: Kept) -> Iterator[tuple[Kind, str]]:
    if len(told.accepted) > 1:
        yield Kind.TWICE, f"the platform took {len(told.accepted)} messages"
    if kept.message is None:
        yield Kind.LOST, "no document"
        return
    yield from _judge_state(request, told, kept)
    yield from _judge_events(told, kept.message)
    if "requestedTime" not in kept.message:
        yield Kind.LOST, "the request: its document knows events alone"
    for message_id, kind in told.user_messages.items():
        if kept.user_messages.get(message_id) != kind:
            yield Kind.LOST, f"the user's message, a {kind}"
    if told.opted_out and not kept.opted_out:
        yield Kind.LOST, "the opt-out"


def _judge_state(request: Request, told: Told, kept: Kept) -> Iterator[tuple[Kind, str]]:
    rank = int((kept.message or {}).get("stateRank", -1))
    expected = _expected_ranks(request, told)
    if rank not in expected:
        never_sent = not told.accepted and request.ending not in _REFUSED
        yield (Kind.LOST if never_sent else Kind.WRONG), f"state {rank} where {sorted(expected)} is right"
    elif kept.told_rank < rank:
        yield Kind.LOST, f"the update: told of {kept.told_rank}, is {rank}"


def _expected_ranks(request: Request, told: Told) -> frozenset[int]:
    if told.accepted:
        return frozenset({max([_ACCEPTED, *(_RANKS.get(kind, 0) for _, kind in told.events)])})
    if request.ending in _REFUSED:
        return frozenset({_REFUSED[request.ending]})
    # Too late, so it was not sent, or after a call without an answer not sent again. The rest must be out.
    return frozenset({_SUPPRESSED, _UNRESOLVED} if request.expires else ())


def _judge_events(told: Told, message: Mapping[str, Any]) -> Iterator[tuple[Kind, str]]:
    recorded = {(event["eventId"], event["eventType"]) for event in message.get("events", ())}
    for _, kind in sorted(told.events - recorded):
        yield Kind.LOST, f"the event {kind}"
    for _, kind in sorted(recorded - told.events):
        yield Kind.WRONG, f"an event {kind} that nobody sent"
