"""A message's document as it grew: writes are folded one by one, and each says what it changed. Pure."""

from typing import Any

from rbm_ledger.domain.correlation import STATES_BY_EVENT_TYPE
from rbm_ledger.domain.ledger import Merge, Record, State, fold, message_path, state_of
from rbm_ledger.domain.outcomes import Answer, Attempt
from rbm_ledger.domain.records import merge_attempt, merge_revoke
from rbm_ledger.domain.request_members import RequestKind
from rbm_ledger.domain.requests import Sender, SendRequest
from rbm_ledger.domain.times import format_rfc3339
from rbm_ops.stories.wire_log import KINDS_BY_METHOD, Element

Change = dict[str, Any]


class Replay:
    """Begins before the first write."""

    def __init__(self) -> None:
        self._record: Record = {}

    @property
    def state(self) -> State:
        return state_of(self._record)

    @property
    def has_request(self) -> bool:
        return "requestedTime" in self._record

    def holds_event(self, element: Element) -> bool:
        return element in self._record.get("events", ())

    def apply(self, merge: Merge) -> list[Change]:
        """What the document says differently after this write."""
        before, self._record = self._record, fold(self._record, merge)
        was, now = _describe(before), _describe(self._record)
        return [
            {"field": name, "before": was.get(name), "after": value}
            for name, value in now.items()
            if was.get(name) != value
        ]


def merge_recorded_attempt(record: Record, attempt: Element) -> Merge:
    """The write that `send` made of this element of `attempts`; the content is left out."""
    answer = Answer(attempt["httpStatus"], attempt["status"], attempt["message"], _answer_body(record))
    recorded = Attempt(answer, attempt["at"])
    if KINDS_BY_METHOD[attempt["method"]] is RequestKind.REVOKE:
        return merge_revoke(record["agentId"], record["messageId"], recorded)
    return merge_attempt(
        SendRequest(
            kind=RequestKind.AGENT_MESSAGE,
            agent_id=record["agentId"],
            phone_number=record.get("phoneNumber", ""),
            message_id=record["messageId"],
            agent_message={},
            expire_time=record.get("expireTime"),
            sender=Sender(),
            fingerprint=next(iter(record.get("fingerprints", ())), "0"),
        ),
        recorded,
        record.get("requestedTime", attempt["at"]),
        store_content=False,
    )


def merge_recorded_event(record: Record, element: Element) -> Merge:
    """The write that `correlate` made of the event that left this element of `events`."""
    state = STATES_BY_EVENT_TYPE.get(element["eventType"], State.UNKNOWN_MESSAGE)
    return Merge(
        message_path(record["agentId"], record["messageId"]),
        maxima={("stateRank",): state.value},
        unions={("events",): (element,)},
    )


def merge_recorded_refusal(record: Record) -> Merge:
    """The write of a request for which `send` did not call the platform."""
    return Merge(
        message_path(record["agentId"], record["messageId"]),
        {("requestedTime",): record["requestedTime"]},
        maxima={("stateRank",): _refused_state(record).value},
    )


def _refused_state(record: Record) -> State:
    return State.REJECTED if "faults" in record else State.SUPPRESSED


def _answer_body(record: Record) -> dict[str, Any]:
    accepted_at = record.get("acceptedTime")
    return {"sendTime": format_rfc3339(accepted_at)} if accepted_at else {}


def _describe(record: Record) -> dict[str, Any]:
    """What a person follows: state, events by type, and the times that `send` sets."""
    described: dict[str, Any] = {"state": state_of(record).label} if record else {}
    if "events" in record:
        described["events"] = ", ".join(event["eventType"] for event in record["events"])
    times = {name: record[name] for name in ("acceptedTime", "revokedTime") if name in record}
    return {**described, **times}
