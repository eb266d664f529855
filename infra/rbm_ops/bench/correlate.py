"""Scenario: pushes of events, each answered once its document is written.

Every variant gets events of its own in every round, as far as these are to be unlike: an event that is
stored already costs less.
"""

import base64
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from rbm_ops.bench.bodies import AGENT_ID, make_receipt, push_requests, receipts
from rbm_ops.bench.driving import Load, drive, http_request
from rbm_ops.bench.measures import USUAL, USUAL_MERGE, Sample
from rbm_ops.bench.rounds import Drive, drive_contended, drive_metered, is_look, measure_round
from rbm_ops.bench.setting import Setting
from rbm_ops.bench.variants import Variant, correlate_variants

DISTINCT = "correlate, 16 in flight"
DISTINCT_64 = "correlate, 64 in flight"
HOT_MESSAGE = "correlate, one hot message, 16 in flight"
HOT_CONVERSATION = "correlate, one hot conversation, 16 in flight"
DUPLICATES = "correlate, duplicates, 16 in flight"

# More than any variant takes, so that none is sent twice.
_MOST_PER_SECOND = 5000
# A real message gets a few, and a document holds 1 MiB: after so many the next message is the hot one.
_EVENTS_OF_HOT_MESSAGE = 100
# Odd, so that one of the two events is DELIVERED, the other READ.
_APART = 999
_HOT_PHONE_NUMBER = "+14155550101"


def measure_correlate(setting: Setting) -> Iterator[Sample]:
    for case in CASES[:1] if is_look(setting) else CASES:
        yield from _measure_case(setting, case)


@dataclass(frozen=True, slots=True)
class Case:
    """`make_requests` of their number; the usual functions know receipts only."""

    scenario: str
    make_requests: Callable[[int], list[bytes]]
    in_flight: int = 16
    is_metered: bool = False
    leaves_out: Sequence[str] = ()


def _measure_case(setting: Setting, case: Case) -> Iterator[Sample]:
    count = int(_MOST_PER_SECOND * (setting.seconds + setting.warm_up_seconds))
    for number in range(setting.rounds):
        for variant in correlate_variants(setting.addresses):
            if variant.name in case.leaves_out:
                continue
            requests = case.make_requests(count)
            load = Load(requests, case.in_flight, setting.seconds, setting.warm_up_seconds)
            drive_it = _choose_drive(setting, case, variant)
            yield measure_round(setting, case.scenario, variant, load, number, drive_it)


def _choose_drive(setting: Setting, case: Case, variant: Variant) -> Drive:
    """Transactions may all fail under contention."""
    if case.is_metered:
        return partial(drive_metered, setting.addresses.firestore)
    return drive_contended if variant.name == USUAL else drive


def _distinct_messages(count: int) -> list[bytes]:
    """Two events of each message, but never at once: as many others lie between them."""
    ids = [str(uuid.uuid4()) for _ in range(count // 2 + _APART)]

    def name_message(number: int) -> str:
        block, place = divmod(number, 2 * _APART)
        return ids[block * _APART + place % _APART]

    return push_requests(receipts(count, message_id=name_message))


def _one_hot_message(count: int) -> list[bytes]:
    """All that are under way at a time are events of one message, each another event."""
    ids = [str(uuid.uuid4()) for _ in range(0, count, _EVENTS_OF_HOT_MESSAGE)]
    return push_requests(receipts(count, message_id=lambda number: ids[number // _EVENTS_OF_HOT_MESSAGE]))


def _one_event(_count: int) -> list[bytes]:
    return push_requests([make_receipt(str(uuid.uuid4()), "DELIVERED", 0)])


def _one_hot_conversation(count: int) -> list[bytes]:
    """Messages of one user: each is a document of its own, and all move the conversation's."""
    return [_push_user_message(f"Mx{uuid.uuid4().hex[:22]}") for _ in range(count)]


def _push_user_message(message_id: str) -> bytes:
    message = {
        "agentId": f"{AGENT_ID}@rbm.goog",
        "senderPhoneNumber": _HOT_PHONE_NUMBER,
        "messageId": message_id,
        "sendTime": "2026-11-25T10:00:00.123456Z",
        "text": "Hello",
    }
    envelope = {
        "deliveryAttempt": 1,
        "message": {
            "attributes": {"messageId": message_id, "receivedTime": "2026-11-25T10:00:01.000000Z"},
            "data": base64.b64encode(json.dumps(message).encode()).decode(),
            "messageId": message_id,
        },
    }
    return http_request("/", json.dumps(envelope).encode(), {})


CASES = (
    Case(DISTINCT, _distinct_messages),
    Case(DISTINCT_64, _distinct_messages, in_flight=64, is_metered=True),
    Case(HOT_MESSAGE, _one_hot_message),
    Case(HOT_CONVERSATION, _one_hot_conversation, leaves_out=(USUAL, USUAL_MERGE)),
    Case(DUPLICATES, _one_event),
)
