"""A document and a wire log grow together, as `send`, the simulator and `correlate` would have made them."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rbm_ledger.domain.correlation import Arrival, merges_for
from rbm_ledger.domain.events import parse_event
from rbm_ledger.domain.ledger import Merge, State, fold, message_path
from rbm_ledger.domain.outcomes import Answer, Attempt
from rbm_ledger.domain.parsing import parse_request
from rbm_ledger.domain.records import (
    Suppression,
    merge_attempt,
    merge_rejection,
    merge_revoke,
    merge_suppression,
)
from rbm_ledger.domain.requests import InvalidRequest, Origin
from rbm_ledger.domain.times import format_rfc3339
from rbm_ops.stories.story import tell_story

AGENT_ID = "growing-tree-bank"
PHONE_NUMBER = "+14155550101"
MESSAGE_ID = "11111111-2222-3333-4444-555555555555"
REQUESTED_AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


@dataclass
class Life:
    """Each method is one thing that happens to the message, one second after the one before."""

    record: dict[str, Any] = field(default_factory=dict)
    wire: list[dict[str, Any]] = field(default_factory=list)
    seconds: int = 0

    def story(self) -> list[dict[str, Any]]:
        return list(tell_story(self.record, self.wire)["story"])

    def awaited(self) -> list[str]:
        return list(tell_story(self.record, self.wire)["awaited"])

    def last(self) -> dict[str, Any]:
        return self.story()[-1]

    def call(
        self, http_status: int, status: str = "", *, method: str = "create", recorded: bool = True
    ) -> None:
        """The platform answers, and `send` records it. Status 0: `send` has given up."""
        at = self._tick()
        if recorded:
            answer = Answer(http_status, status, body={"sendTime": format_rfc3339(at)})
            self._write(_merge_call(method, Attempt(answer, at)))
        self._log(
            kind="call",
            rpc=f"phones.agentMessages.{method}",
            httpStatus=http_status,
            status=status or "OK",
            request={},
            answer={},
        )

    def receipt(self, event_type: str, *, event_id: str = "", written: bool = True, **outcome: Any) -> None:
        """A callback comes, and `correlate` writes it if it was acknowledged."""
        event = {
            "agentId": f"{AGENT_ID}@rbm.goog",
            "senderPhoneNumber": PHONE_NUMBER,
            "eventType": event_type,
            "eventId": event_id or f"id-{event_type}",
            "messageId": MESSAGE_ID,
            "sendTime": "2026-11-22T10:00:00.5Z",
        }
        self.callback({**event, **outcome.pop("changes", {})}, written=written, **outcome)

    def callback(self, event: dict[str, Any], *, written: bool = True, **outcome: Any) -> None:
        at = self._tick()
        if written and outcome.get("outcome", "acknowledged") == "acknowledged":
            payload = json.dumps(event).encode()
            for merge in merges_for(parse_event(payload), Arrival(payload, at)):
                self._write(merge)
        usual = {"callback": len(self.wire) + 1, "attempt": 1, "httpStatus": 200, "outcome": "acknowledged"}
        again = {"nextAttemptTime": "2026-11-22T10:00:09Z"} if outcome.get("outcome") == "failed" else {}
        entry = {**usual, **again, **outcome}
        self._log(kind="callback", eventType=event["eventType"], event=event, **entry)

    def suppress(self) -> None:
        self._write(merge_suppression(_request(), Suppression.EXPIRED, REQUESTED_AT, store_content=True))

    def reject(self) -> None:
        fields = {"agentId": AGENT_ID, "phoneNumber": PHONE_NUMBER, "messageId": MESSAGE_ID}
        with pytest.raises(InvalidRequest) as refused:
            parse_request(json.dumps({**fields, "contentMessage": {}}).encode(), _ORIGIN)
        assert refused.value.claim is not None
        self._write(merge_rejection(refused.value.claim, refused.value, REQUESTED_AT))

    def forget_wire(self, *, before: int = 10_000) -> None:
        self.wire = [entry for entry in self.wire if entry["number"] >= before]

    def _tick(self) -> datetime:
        self.seconds += 1
        return REQUESTED_AT + timedelta(seconds=self.seconds)

    def _write(self, merge: Merge) -> None:
        if merge.document == message_path(AGENT_ID, MESSAGE_ID):
            self.record = fold(self.record, merge)

    def _log(self, **entry: Any) -> None:
        about = {"agentId": AGENT_ID, "phoneNumber": PHONE_NUMBER, "messageId": MESSAGE_ID, "latencyMs": 3.4}
        at = REQUESTED_AT + timedelta(seconds=self.seconds)
        self.wire.append({"number": len(self.wire) + 1, "time": format_rfc3339(at), **about, **entry})


_ORIGIN = Origin("key", REQUESTED_AT)


def _merge_call(method: str, attempt: Attempt) -> Merge:
    if method == "delete":
        return merge_revoke(AGENT_ID, MESSAGE_ID, attempt)
    return merge_attempt(_request(), attempt, REQUESTED_AT, store_content=True)


def _request() -> Any:
    asked = {"contentMessage": {"text": "Hello"}, "messageId": MESSAGE_ID, "source": "orders"}
    fields = {"agentId": AGENT_ID, "phoneNumber": PHONE_NUMBER, **asked}
    return parse_request(json.dumps(fields).encode(), _ORIGIN)


def state_change(before: State | None, after: State) -> dict[str, Any]:
    return {"field": "state", "before": None if before is None else before.label, "after": after.label}
