"""The whole story of one message, out of its document and the simulator's wire log. Pure.

The document knows what counted; the wire log knows each call and callback, and how often it took. The log is
bounded: what it has lost is told from the document alone, before the rest.

    request ─▶ what the wire log has lost ─▶ calls and callbacks, in the order of the wire log
               each is folded into the document as it was then, and says what it changed
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rbm_ledger.domain.correlation import Arrival, merges_for
from rbm_ledger.domain.events import ServerEvent, UnknownEvent, UserEvent
from rbm_ledger.domain.ledger import Merge, Record
from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.domain.times import parse_rfc3339
from rbm_ops.stories import notes
from rbm_ops.stories.replay import (
    Change,
    Replay,
    merge_recorded_attempt,
    merge_recorded_event,
    merge_recorded_refusal,
)
from rbm_ops.stories.wire_log import (
    KINDS_BY_METHOD,
    Element,
    WireRecord,
    find_element,
    pair_attempts,
    read_event,
    select_records,
)

_REQUEST_FIELDS = (
    "content",
    "messageTrafficType",
    "expireTime",
    "source",
    "clientReference",
    "labels",
    "faults",
)
_NO_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Step:
    """One thing that happened. `number` is that of the wire log, None for what it does not hold."""

    kind: str
    title: str
    at: datetime | None = None
    received_at: datetime | None = None
    outcome: str = ""
    number: int | None = None
    changed: list[Change] = field(default_factory=list)
    note: str = ""
    payload: Any = None

    def describe(self) -> dict[str, Any]:
        return {
            "time": self.at,
            "receivedTime": self.received_at,
            "kind": self.kind,
            "title": self.title,
            "outcome": self.outcome,
            "number": self.number,
            "changed": self.changed,
            "note": self.note,
            "payload": self.payload,
        }


def tell_story(record: Record, wire: Iterable[WireRecord]) -> dict[str, Any]:
    """`story` and `awaited`. `wire` may hold the records of other messages too."""
    teller = _Teller(record, select_records(record, wire))
    steps = [step.describe() for step in teller.tell()]
    return {"story": steps, "awaited": [*notes.list_awaited(record), *teller.list_awaited()]}


class _Teller:
    def __init__(self, record: Record, wire: list[WireRecord]) -> None:
        self._record = record
        self._wire = wire
        self._replay = Replay()
        calls = [entry for entry in wire if entry["kind"] == "call"]
        self._attempts = pair_attempts(record.get("attempts", ()), calls)
        self._unwritten: list[str] = []

    def tell(self) -> Iterator[Step]:
        if "requestedTime" in self._record:
            yield self._tell_request()
        yield from self._tell_unlogged()
        for entry in self._wire:
            yield self._tell_call(entry) if entry["kind"] == "call" else self._tell_callback(entry)

    def list_awaited(self) -> Iterator[str]:
        """What is under way once the story has been told."""
        for event_type in self._unwritten:
            yield f"{event_type}: the webhook has published it, `correlate` has not written it yet"
        latest = {entry["callback"]: entry for entry in self._wire if entry["kind"] == "callback"}
        for entry in latest.values():
            if entry["outcome"] == "failed":
                yield f"{entry['eventType']}: Google repeats it at {entry['nextAttemptTime']}"

    def _tell_request(self) -> Step:
        record = self._record
        was_refused = "faults" in record or "suppressedReason" in record
        return Step(
            kind="request",
            title="requested",
            at=record["requestedTime"],
            outcome=f"from {record['source']}" if "source" in record else "",
            changed=self._replay.apply(merge_recorded_refusal(record)) if was_refused else [],
            note=notes.explain_request(record),
            payload={name: record[name] for name in _REQUEST_FIELDS if name in record},
        )

    def _tell_unlogged(self) -> Iterator[Step]:
        """What only the document knows of, by time; what has none comes last."""
        paired = list(self._attempts.values())
        attempts = [it for it in self._record.get("attempts", ()) if it not in paired]
        logged = [
            find_element(read_event(entry)) for entry in self._wire if entry.get("outcome") == "acknowledged"
        ]
        events = [it for it in self._record.get("events", ()) if it not in logged]
        for element in sorted([*attempts, *events], key=_time_of):
            yield self._tell_attempt(element) if "method" in element else self._tell_event(element)

    def _tell_attempt(self, attempt: Element) -> Step:
        changed = self._replay.apply(merge_recorded_attempt(self._record, attempt))
        answer = Answer(attempt["httpStatus"], attempt["status"])
        return Step(
            kind="call",
            title=f"agentMessages.{attempt['method']}",
            at=attempt["at"],
            outcome=_describe_status(attempt),
            changed=changed,
            note=notes.explain_attempt(KINDS_BY_METHOD[attempt["method"]], answer, now=self._replay.state),
            payload=attempt,
        )

    def _tell_event(self, element: Element) -> Step:
        merge = merge_recorded_event(self._record, element)
        changed, note = self._record_event(element["eventType"], merge)
        return Step(
            kind="callback",
            title=element["eventType"],
            at=element.get("sendTime"),
            outcome="recorded",
            changed=changed,
            note=note,
            payload=element,
        )

    def _tell_call(self, entry: WireRecord) -> Step:
        attempt = self._attempts.get(entry["number"])
        if attempt is None:
            step = Step(kind="call", title=entry["rpc"].removeprefix("phones."), note=notes.UNRECORDED_CALL)
        else:
            step = self._tell_attempt(attempt)
        step.received_at = parse_rfc3339(entry["time"])
        step.outcome = f"{_describe_status(entry)}, {entry['latencyMs']:.0f} ms"
        step.number = entry["number"]
        step.payload = {"request": entry["request"], "answer": entry["answer"]}
        return step

    def _tell_callback(self, entry: WireRecord) -> Step:
        step = Step(
            kind="callback",
            title=entry["eventType"],
            at=parse_rfc3339(entry["event"].get("sendTime")),
            received_at=parse_rfc3339(entry["time"]),
            outcome=_describe_attempt(entry),
            number=entry["number"],
            payload=entry["event"],
        )
        if entry["outcome"] == "acknowledged":
            step.changed, step.note = self._judge_event(entry)
        else:
            step.note = notes.explain_failure(entry)
        return step

    def _judge_event(self, entry: WireRecord) -> tuple[list[Change], str]:
        """What an acknowledged callback changed, and what that means."""
        event = read_event(entry)
        element = find_element(event)
        if isinstance(event, UnknownEvent):
            return [], notes.explain_quarantine(event.reason)
        if element is None or not isinstance(event, UserEvent | ServerEvent):
            return [], notes.ABOUT_CONVERSATION
        if self._replay.holds_event(element):
            return [], notes.explain_repeat(event.event_type)
        if element not in self._record.get("events", ()):
            self._unwritten.append(event.event_type)
            return [], notes.UNWRITTEN_EVENT
        came_first = not self._replay.has_request
        [merge, *_] = merges_for(event, Arrival(b"", _NO_TIME))
        changed, note = self._record_event(event.event_type, merge)
        return changed, f"{note}; {notes.CAME_FIRST}" if came_first else note

    def _record_event(self, event_type: str, merge: Merge) -> tuple[list[Change], str]:
        before = self._replay.state
        changed = self._replay.apply(merge)
        return changed, notes.explain_event(event_type, before=before, now=self._replay.state)


def _time_of(element: Element) -> datetime:
    at: datetime = element.get("at") or element.get("sendTime") or _NO_TIME
    return at


def _describe_attempt(callback: WireRecord) -> str:
    """`200, 3 ms`, `attempt 2: 401, 2 ms`, or why it was never sent."""
    if not callback["attempt"]:
        return str(callback["outcome"])
    which = f"attempt {callback['attempt']}: " if callback["attempt"] > 1 else ""
    return f"{which}{_describe_status(callback)}, {callback['latencyMs']:.0f} ms"


def _describe_status(entry: WireRecord) -> str:
    if not entry["httpStatus"]:
        return "no answer"
    return f"{entry['httpStatus']} {entry.get('status', '')}".strip()
