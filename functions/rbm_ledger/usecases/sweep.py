"""What nobody tells: the messages whose deadline has passed, and those whose request never came.

for each shard, all shards at once:
    find a page ─▶ take each message its steps ─▶ it is due later, or never ─▶ next page
                        └─ fails: it stays due for the next sweep

Two sweeps at once do no harm: every write commutes, and of two decisions the first one counts.
"""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from rbm_ledger.domain.deadlines import DUE, NEVER_MS, ORPHAN_DUE, SHARD, SHARDS
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.fallback import first_decision, is_delivered, is_told
from rbm_ledger.domain.ledger import FieldPath, Query, Record
from rbm_ledger.domain.outcomes import Attempt
from rbm_ledger.domain.platform_calls import revoke_call
from rbm_ledger.domain.sweeping import (
    Action,
    Want,
    is_named,
    is_never_called,
    is_readable,
    judge_revoke,
    last_look_ms,
    merge_never_called,
    merge_next_look,
    merge_orphan_looked_at,
    merge_swept_revoke,
    merge_unresolved,
    next_step,
    path_of,
    soon_ms,
)
from rbm_ledger.domain.times import to_millis
from rbm_ledger.usecases.fallback import settle_fallback, tell_decision
from rbm_ledger.usecases.ports import RbmApi
from rbm_ledger.usecases.recording import Recorder
from rbm_ledger.usecases.sweep_report import SweepReport


@dataclass(frozen=True, slots=True)
class Sweep:
    """`monotonic` in seconds; once `budget_seconds` are over, nothing more is begun.

    In memory is at most a page of each shard, and under way are at most `max_at_once` messages of all shards.
    """

    recorder: Recorder
    api: RbmApi
    monotonic: Callable[[], float]
    budget_seconds: float
    page_size: int = 20
    max_at_once: int = 64

    async def __call__(self) -> SweepReport:
        """Raises NotConfirmed where what is due can't be found; the other shards are looked after first."""
        run = _Run(self, SweepReport(), asyncio.Semaphore(self.max_at_once))
        outcomes = await asyncio.gather(*map(run.sweep_shard, range(SHARDS)), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return run.report


class _Run:
    """One call of the sweep."""

    def __init__(self, sweep: Sweep, report: SweepReport, gate: asyncio.Semaphore) -> None:
        self.report = report
        self._sweep = sweep
        self._recorder = sweep.recorder
        self._gate = gate
        self._ends_at = sweep.monotonic() + sweep.budget_seconds

    async def sweep_shard(self, shard: int) -> None:
        await self._sweep_pages(shard, DUE, self._look_after)
        await self._sweep_pages(shard, ORPHAN_DUE, self._look_after_orphan)

    async def _sweep_pages(
        self, shard: int, bound: FieldPath, look_after: Callable[[Record], Awaitable[None]]
    ) -> None:
        """What was looked after is due later, and so found no more; what failed is passed over."""
        now_ms, page_size = to_millis(self._recorder.now()), self._sweep.page_size
        query = Query("messages", None, bound, at_most=now_ms, equals={SHARD: shard}, limit=page_size)
        while not self._is_over():
            page = await self._recorder.ledger.find(query)
            done = await asyncio.gather(*(self._try(look_after, record) for record in page))
            if len(page) < page_size:
                return
            failed = [record for record, is_done in zip(page, done, strict=True) if not is_done]
            query = _pass_over(failed, query)

    async def _try(self, look_after: Callable[[Record], Awaitable[None]], record: Record) -> bool:
        """False for a message that stays due."""
        async with self._gate:
            if self._is_over():
                return False
            try:
                await look_after(record)
            except (NotConfirmed, _Unreadable):
                self.report.note_failure()
                return False
            return True

    def _is_over(self) -> bool:
        if self._sweep.monotonic() < self._ends_at:
            return False
        self.report.is_complete = False
        return True

    async def _look_after_orphan(self, record: Record) -> None:
        if not is_named(record):
            raise _Unreadable
        await self._recorder.write(merge_orphan_looked_at(record, self._recorder.now()))
        if "requestedTime" not in record:
            self.report.note_orphan(record)

    async def _look_after(self, record: Record) -> None:
        if not is_readable(record):
            raise _Unreadable
        at_ms = await self._take_steps(record)
        await self._recorder.write(merge_next_look(record, at_ms))
        self.report.due += 1

    async def _take_steps(self, record: Record) -> int:
        """When to look again. Until that is written the message is due, whatever becomes of us."""
        while True:
            step = next_step(record, self._recorder.now())
            if step.action is Action.LOOK_AGAIN:
                return step.at_ms
            if step.action is Action.RESOLVE:
                return await self._resolve(record)
            if step.want is None:
                record = await self._tell(record)
            else:
                record = await self._revoke(record, step.want)
            if first_decision(record) and not is_told(record) and not is_delivered(record):
                return soon_ms(self._recorder.now())  # somebody else was first, and tells it now

    async def _tell(self, record: Record) -> Record:
        """Of the record as it is now: a page is read some time before it is worked off."""
        before = await self._recorder.read(path_of(record))
        tell = tell_decision if first_decision(before) else settle_fallback
        return self._note_told(before, await tell(self._recorder, before))

    async def _revoke(self, record: Record, want: Want) -> Record:
        call = revoke_call(record["agentId"], record["phoneNumber"], record["messageId"])
        attempt = Attempt(await self._sweep.api.call(call), self._recorder.now())
        decision = judge_revoke(record, want, attempt)
        await self._recorder.write(merge_swept_revoke(record, attempt, decision))
        record = await self._recorder.read(path_of(record))
        if attempt.answer.http_status == 200:
            self.report.revoked += 1
            await self._recorder.tell_message(record)
        if decision is None or first_decision(record) != decision:
            return record
        return self._note_told(record, await tell_decision(self._recorder, record))

    async def _resolve(self, record: Record) -> int:
        """When to look again."""
        if is_never_called(record):
            await self._recorder.record_message(merge_never_called(record))
            return last_look_ms(record, self._recorder.now())
        record = await self._recorder.record_message(merge_unresolved(record, self._recorder.now()))
        if not is_delivered(record):
            self.report.note_unresolved(record)
        return NEVER_MS

    def _note_told(self, before: Record, after: Record) -> Record:
        decision = first_decision(after)
        if decision and is_told(after) and not is_told(before):
            self.report.note_fallback(after, decision)
        return after


class _Unreadable(Exception):
    """A document that no function of ours has written."""


def _pass_over(failed: Sequence[Record], query: Query) -> Query:
    """The next page begins behind the last failure: others may be due in the same millisecond."""
    if not failed:
        return query
    times_ms = [record[query.bound[0]][query.bound[1]] for record in failed]
    at_ms = times_ms[-1]
    passed_over = query.offset if query.at_least == at_ms else 0
    return dataclasses.replace(query, at_least=at_ms, offset=passed_over + times_ms.count(at_ms))
