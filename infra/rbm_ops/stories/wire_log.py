"""What the simulator's wire log says about one message. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rbm_ledger.domain.correlation import event_element
from rbm_ledger.domain.events import Event, ServerEvent, UserEvent, parse_event
from rbm_ledger.domain.identifiers import shorten_agent_id
from rbm_ledger.domain.json_bytes import encode_compact
from rbm_ledger.domain.ledger import Record
from rbm_ledger.domain.outcomes import NO_ANSWER
from rbm_ledger.domain.request_members import RequestKind

WireRecord = Mapping[str, Any]
Element = Mapping[str, Any]

# By what the wire log and the document's attempts call them.
KINDS_BY_RPC = {
    "phones.agentMessages.create": RequestKind.AGENT_MESSAGE,
    "phones.agentMessages.delete": RequestKind.REVOKE,
}
KINDS_BY_METHOD = {"create": RequestKind.AGENT_MESSAGE, "delete": RequestKind.REVOKE}


def select_records(record: Record, wire: Iterable[WireRecord]) -> list[WireRecord]:
    """Calls and callbacks of this message, in the order in which they ended."""
    return sorted(
        (entry for entry in wire if _is_about(entry, record)), key=lambda entry: int(entry["number"])
    )


def _is_about(entry: WireRecord, record: Record) -> bool:
    return (
        entry.get("messageId") == record["messageId"]
        and shorten_agent_id(entry.get("agentId", "")) == record["agentId"]
        and (entry["kind"] == "callback" or entry.get("rpc") in KINDS_BY_RPC)
    )


def pair_attempts(attempts: Sequence[Element], calls: Sequence[WireRecord]) -> dict[int, Element]:
    """Number of a call → what `send` recorded of it: the first of one kind with the first of the other.

    Where calls are missing the log has lost the oldest, and the last go together.
    """
    latest_first = len(calls) < len(attempts)
    left = sorted(calls, key=lambda call: int(call["number"]), reverse=latest_first)
    paired: dict[int, Element] = {}
    for attempt in sorted(attempts, key=lambda attempt: attempt["at"], reverse=latest_first):
        call = next((call for call in left if _is_same_call(attempt, call)), None)
        if call is not None:
            left.remove(call)
            paired[call["number"]] = attempt
    return paired


def _is_same_call(attempt: Element, call: WireRecord) -> bool:
    """A call that `send` has given up on has whatever status the platform answered too late."""
    if KINDS_BY_METHOD[attempt["method"]] is not KINDS_BY_RPC[call["rpc"]]:
        return False
    return attempt["httpStatus"] in (call["httpStatus"], NO_ANSWER)


def read_event(callback: WireRecord) -> Event:
    return parse_event(encode_compact(callback["event"]))


def find_element(event: Event) -> Element | None:
    """As it stands in `events`; None for what belongs into no message's document."""
    if isinstance(event, UserEvent | ServerEvent) and event.message_id is not None:
        return event_element(event)
    return None
