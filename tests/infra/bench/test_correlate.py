"""The pushes of each case of `correlate` are what its name says, and what the function understands."""

import itertools

import pytest

from rbm_ledger.adapters.push import parse_push
from rbm_ledger.domain.events import Event, UserEvent, UserMessage, parse_event
from rbm_ops.bench import correlate

_COUNT = 4000
_CASES = {case.scenario: case for case in correlate.CASES}


def _events(scenario: str) -> list[Event]:
    requests = _CASES[scenario].make_requests(_COUNT)
    return [parse_event(parse_push(request.partition(b"\r\n\r\n")[2]).data) for request in requests]


def _receipts(scenario: str) -> list[UserEvent]:
    return [event for event in _events(scenario) if isinstance(event, UserEvent)]


@pytest.mark.parametrize("scenario", [correlate.DISTINCT, correlate.DISTINCT_64])
def test_events_under_way_are_of_distinct_messages(scenario: str) -> None:
    receipts, at_once = _receipts(scenario), _CASES[scenario].in_flight
    assert len(receipts) == _COUNT
    for start in range(0, _COUNT, at_once):
        under_way = [event.message_id for event in receipts[start : start + at_once]]
        assert len(set(under_way)) == len(under_way)


def test_message_gets_two_events_that_differ() -> None:
    types: dict[str, list[str]] = {}
    for event in _receipts(correlate.DISTINCT):
        types.setdefault(str(event.message_id), []).append(event.event_type)
    pairs = [sorted(found) for found in types.values() if len(found) > 1]
    assert len(pairs) > _COUNT / 4
    assert all(pair == ["DELIVERED", "READ"] for pair in pairs)


def test_events_of_a_hot_message_are_unlike_and_many_more_than_are_under_way() -> None:
    receipts = _receipts(correlate.HOT_MESSAGE)
    messages = [event.message_id for event in receipts]
    assert len({event.event_id for event in receipts}) == _COUNT
    changes = sum(one != other for one, other in itertools.pairwise(messages))
    assert changes + 1 == len(set(messages))
    assert _COUNT / len(set(messages)) > 4 * _CASES[correlate.HOT_MESSAGE].in_flight


def test_messages_of_a_hot_conversation_are_unlike_and_from_one_phone() -> None:
    messages = [event for event in _events(correlate.HOT_CONVERSATION) if isinstance(event, UserMessage)]
    assert len({message.message_id for message in messages}) == _COUNT
    assert len({message.phone_number for message in messages}) == 1


def test_duplicates_are_one_event() -> None:
    assert len(_receipts(correlate.DUPLICATES)) == 1
