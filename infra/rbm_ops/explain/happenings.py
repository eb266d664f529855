"""What happened beside calls and callbacks, as steps of the story. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rbm_ledger.domain.fallback import is_told
from rbm_ledger.domain.ledger import Record, State, state_of
from rbm_ops.stories.story import Step

_TAPPED = "a suggestion of this message; it says nothing of the state, for a tap is easily made up"
_REPLIED = "the user answered this message by a suggestion"
_WROTE = "the user sent it after this message; nothing says that it answers it"
_GAVE_UP = "the last delivery of the request failed: it lies with the dead letters"
_UNRESOLVED = "nothing had come by then; a late receipt still counts"
_LOST = "an event came, and no request within 15 minutes: somebody else sends as this agent, or it was lost"
_CONFLICT = "refused and never sent: its id is that of this message, and something else was asked for"
_FAULTY = "refused and never sent: {faults}"
_OUTDONE = "not the decision that counts: another was there first"
_TOLD = "the update `fallback` was published"
_UNTOLD = "its update is not published yet, or is not wanted any more"
_REGRETTED = "; the message was delivered all the same, which was told as `regretted`"


def list_happenings(record: Record, user_messages: Sequence[Record]) -> list[Step]:
    """By time; what has none comes last."""
    steps = [
        *_list_taps(record),
        *_list_user_messages(record, user_messages),
        *_list_marks(record),
        *_list_fallbacks(record),
        *_list_conflicts(record),
    ]
    return sorted(steps, key=lambda step: (step.at is None, step.at.timestamp() if step.at else 0.0))


def weave(story: Sequence[Mapping[str, Any]], happenings: Sequence[Step]) -> list[dict[str, Any]]:
    """The story in its own order, each happening before the first step that came after it."""
    woven: list[dict[str, Any]] = []
    left = list(happenings)
    for step in story:
        at = step["receivedTime"] or step["time"]
        while left and at is not None and left[0].at is not None and left[0].at < at:
            woven.append(left.pop(0).describe())
        woven.append(dict(step))
    return [*woven, *(step.describe() for step in left)]


def _list_taps(record: Record) -> Iterator[Step]:
    for tap in record.get("taps", ()):
        yield Step(
            "tap",
            "tapped",
            at=tap.get("sendTime"),
            outcome=_say(tap.get("text")),
            note=_TAPPED,
            payload=tap,
        )


def _list_user_messages(record: Record, user_messages: Sequence[Record]) -> Iterator[Step]:
    for said in user_messages:
        is_reply = said.get("repliesTo") == record.get("messageId")
        yield Step(
            "userMessage",
            f"user sent {said.get('kind', 'something')}",
            at=_time(said.get("sendTime")),
            outcome=_say(said.get("text", said.get("contentText"))),
            note=_REPLIED if is_reply else _WROTE,
            payload={"messageId": said.get("messageId")},
        )


def _list_marks(record: Record) -> Iterator[Step]:
    for name, title, note in (
        ("gaveUpTime", "given up", _GAVE_UP),
        ("unresolvedTime", "unresolved", _UNRESOLVED),
        ("orphanedTime", "orphaned", _LOST),
    ):
        if name in record:
            yield Step("mark", title, at=_time(record[name]), note=note)


def _list_fallbacks(record: Record) -> Iterator[Step]:
    for index, decision in enumerate(record.get("fallbackDecisions", ())):
        note = _OUTDONE if index else _TOLD if is_told(record) else _UNTOLD
        if not index and is_told(record) and state_of(record) >= State.DELIVERED:
            note += _REGRETTED
        yield Step(
            "fallback",
            "fallback decided",
            at=_time(decision.get("decidedTime")),
            outcome=f"{decision.get('reason')}, {decision.get('certainty')}",
            note=note,
        )


def _list_conflicts(record: Record) -> Iterator[Step]:
    for conflict in record.get("conflicts", ()):
        faults = "; ".join(f"{each['path']} {each['problem']}".strip() for each in conflict.get("faults", ()))
        yield Step(
            "conflict",
            "another request with this id",
            at=_time(conflict.get("requestedTime")),
            outcome=f"from {conflict['source']}" if conflict.get("source") else "",
            note=_FAULTY.format(faults=faults) if faults else _CONFLICT,
        )


def _say(text: object) -> str:
    return text if isinstance(text, str) else ""


def _time(at: object) -> datetime | None:
    return at if isinstance(at, datetime) else None
