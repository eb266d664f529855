"""How everybody agrees on one fallback decision, and how it is told: `requested`, and `regretted` if need be.

append ─▶ read back ─▶ is the first one ours? ─▶ publish ─▶ mark as told
                         └─ no: whoever was first tells it; the sweep does, should that one have died
"""

from collections.abc import Mapping
from typing import Any

from rbm_ledger.domain.deciding import call_for_decision
from rbm_ledger.domain.fallback import (
    FallbackDecision,
    first_decision,
    is_delivered,
    is_first_receipt,
    is_told,
    merge_decision,
    merge_told,
)
from rbm_ledger.domain.ledger import Record, fold
from rbm_ledger.domain.updates import FallbackState, fallback_update
from rbm_ledger.usecases.recording import Recorder


async def settle_fallback(recorder: Recorder, record: Record) -> Record:
    """Decides and tells what the record's state calls for; returns what it says then; raises NotConfirmed.

    A repeat of the same trigger tells again what its first run may not have told; another trigger does not.
    """
    called_for = call_for_decision(record, recorder.now())
    if called_for is None:
        return record
    first = first_decision(record)
    if first is None:
        return await _decide(recorder, record, called_for)
    is_same = (first.reason, first.certainty) == (called_for.reason, called_for.certainty)
    return await tell_decision(recorder, record) if is_same else record


async def tell_decision(recorder: Recorder, record: Record) -> Record:
    """Tells the decision that counts, unless that was done or it is delivered; raises NotConfirmed."""
    decision = first_decision(record)
    if decision is None or is_told(record) or is_delivered(record):
        return record
    await recorder.publish(fallback_update(record, decision, FallbackState.REQUESTED, recorder.now()))
    told = merge_told(record, recorder.now())
    await recorder.write(told)
    return fold(record, told)


async def tell_regret(recorder: Recorder, record: Record, receipt: Mapping[str, Any]) -> None:
    """That the message was delivered in spite of the decision: with the first receipt, and its repeats.

    It may come before `requested`, and even without it, where the decision and the receipt cross.
    """
    decision = first_decision(record)
    if decision is not None and is_first_receipt(record, receipt):
        await recorder.publish(fallback_update(record, decision, FallbackState.REGRETTED, recorder.now()))


async def _decide(recorder: Recorder, record: Record, decision: FallbackDecision) -> Record:
    merge = merge_decision(record, decision)
    await recorder.write(merge)
    record = await recorder.read(merge.document)
    return await tell_decision(recorder, record) if first_decision(record) == decision else record
