"""How a message is sent: guards, the call, the record, the update, and what else follows.

request ─▶ guards ─▶ call ─▶ record ─▶ update ─▶ fallback? ─▶ done
                       │        ▲
                       └─ dies ─┘ repeated with the same message id, which the platform ignores
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rbm_ledger.domain.attempts import is_expired_unsent, is_left_open, keep_attempt, was_called
from rbm_ledger.domain.deadlines import spare_deadline
from rbm_ledger.domain.deciding import find_decision
from rbm_ledger.domain.errors import Fault, FaultyInput, NotConfirmed, OutcomeUnknown
from rbm_ledger.domain.fallback import is_taken_back
from rbm_ledger.domain.ledger import Merge, Record, State, message_path, state_of
from rbm_ledger.domain.networks import unlaunched_networks
from rbm_ledger.domain.outcomes import Answer, Attempt, state_after
from rbm_ledger.domain.platform_calls import call_for
from rbm_ledger.domain.policies import AgentPolicy
from rbm_ledger.domain.records import (
    Suppression,
    has_room_for_conflict,
    is_conflicting,
    merge_abandonment,
    merge_attempt,
    merge_conflict,
    merge_last_attempt,
    merge_suppression,
    merge_waiting,
)
from rbm_ledger.domain.requests import Origin, SendRequest, shorten_ttl
from rbm_ledger.domain.updates import conflict_update
from rbm_ledger.usecases.agents import AgentRecords, Paused
from rbm_ledger.usecases.consent import ConsentGuard
from rbm_ledger.usecases.fallback import settle_fallback
from rbm_ledger.usecases.pacing import Pacer, RateReached
from rbm_ledger.usecases.ports import RbmApi
from rbm_ledger.usecases.recording import Recorder

# Until the next call after a 429 that does not say when.
_DEFAULT_HOLD_SECONDS = 1.0
# After so long a wait what was known before it is looked at again.
_LONG_WAIT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that is done with: what the platform answered (None: not asked now), and the record."""

    request: SendRequest
    state: State | None
    answer: Answer | None
    record: Record


class CallAgain(OutcomeUnknown):
    """The call has to be made again with the same message id; `answer` says why."""

    def __init__(self, request: SendRequest, answer: Answer) -> None:
        super().__init__(
            f"The platform's answer settles nothing: {answer.http_status} {answer.status}".strip()
        )
        self.request = request
        self.answer = answer
        self.retry_after_seconds = answer.retry_after_seconds


class Throttled(CallAgain):
    """The platform said 429."""


class ConflictingRequest(FaultyInput):
    """The id is that of a message that was asked for with other content, or `fault`. Nothing was called."""

    def __init__(self, request: SendRequest, fault: Fault | None = None) -> None:
        problem = (
            f"the idempotencyKey or messageId is that of an earlier request ({request.message_id}) with "
            "other content or recipient; what is not a repeat needs another one"
        )
        super().__init__((fault or Fault("", problem),))
        self.request = request


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Repeatable at every point: the message id is decided before the call and kept."""

    api: RbmApi
    recorder: Recorder
    agents: AgentRecords
    consent: ConsentGuard
    pacer: Pacer

    async def __call__(self, request: SendRequest, policy: AgentPolicy, origin: Origin) -> Sent:
        """Raises ConflictingRequest; CallAgain, Paused, RateReached (pending); or NotConfirmed."""
        record = await self._read(request, origin)
        if is_settled(request, record, self.recorder.now()):
            return await self._repeat_outcome(request, record)
        suppression = await self.find_suppression(request, policy, record)
        if suppression is None and await self._wait_for_turn(request, policy, origin):
            record = await self._read(request, origin)
            if is_settled(request, record, self.recorder.now()):
                return await self._repeat_outcome(request, record)
            suppression = await self.find_suppression(request, policy, record)
        suppression = suppression or self._find_expiry(request)
        if suppression is None:
            return await self._call(request, record, origin)
        if was_called(record):
            return await self._abandon(request, suppression, origin)
        return await self._suppress(request, suppression, record, origin)

    async def find_suppression(
        self, request: SendRequest, policy: AgentPolicy, record: Record
    ) -> Suppression | None:
        """Why this request must not go out, by what was known a moment ago."""
        if policy.prefixes and not request.phone_number.startswith(policy.prefixes):
            return Suppression.PREFIX_NOT_ALLOWED
        if record.get("fallbackDecisions"):
            return Suppression.FALLBACK_REQUESTED
        if is_taken_back(record):
            return Suppression.REVOKED_BEFORE
        return self._find_expiry(request) or await self.consent.find_suppression(request, policy)

    def _find_expiry(self, request: SendRequest) -> Suppression | None:
        return Suppression.EXPIRED if _is_expired(request, self.recorder.now()) else None

    async def _read(self, request: SendRequest, origin: Origin) -> Record:
        """Raises ConflictingRequest where the record is that of something else."""
        record = await self.recorder.read(message_path(request.agent_id, request.message_id))
        if is_conflicting(request, record):
            await self._refuse(request, record, origin)
        return record

    async def _refuse(self, request: SendRequest, record: Record, origin: Origin) -> None:
        conflict = ConflictingRequest(request)
        if has_room_for_conflict(record):
            await self.recorder.write(merge_conflict(request, origin.requested_at))
        raise await tell_conflict(self.recorder, conflict, origin.requested_at)

    async def _repeat_outcome(self, request: SendRequest, record: Record) -> Sent:
        """What became of the first request; told again, for the first one may have died before it told."""
        await self.recorder.tell_message(record)
        return Sent(request, state_of(record), None, await settle_fallback(self.recorder, record))

    async def _wait_for_turn(self, request: SendRequest, policy: AgentPolicy, origin: Origin) -> bool:
        """Whether that took so long that somebody may have changed their mind."""
        started_at = self.recorder.now()
        try:
            await self.agents.check_not_paused(request.agent_id)
            await self.pacer.take(request.agent_id, policy.rate_per_second)
            await self.agents.check_not_paused(request.agent_id)  # by now it may be
        except (Paused, RateReached):
            if origin.is_first or origin.is_last:
                merge = merge_waiting(request, origin.requested_at, store_content=self.recorder.store_content)
                await self._record(request, self._mark_last(merge, origin))
            raise
        return self.recorder.now() - started_at >= _LONG_WAIT

    async def _suppress(
        self, request: SendRequest, reason: Suppression, known: Record, origin: Origin
    ) -> Sent:
        merge = merge_suppression(
            request, reason, origin.requested_at, store_content=self.recorder.store_content
        )
        record = await self._record(request, spare_deadline(merge, known))
        return Sent(request, State.SUPPRESSED, None, record)

    async def _abandon(self, request: SendRequest, reason: Suppression, origin: Origin) -> Sent:
        """An earlier call stayed without an answer: to say that it was not sent could be wrong."""
        merge = merge_abandonment(
            request,
            reason,
            origin.requested_at,
            self.recorder.now(),
            store_content=self.recorder.store_content,
        )
        return Sent(request, State.UNRESOLVED, None, await self._record(request, merge))

    async def _call(self, request: SendRequest, known: Record, origin: Origin) -> Sent:
        answer = await self.api.call(call_for(shorten_ttl(request, self.recorder.now())))
        attempt = Attempt(answer, self.recorder.now(), await self._find_networks(request, answer))
        merge = merge_attempt(
            request, attempt, origin.requested_at, store_content=self.recorder.store_content
        )
        state = state_after(request.kind, answer)
        if state is not State.PENDING:
            merge = spare_deadline(merge, known)
            record = await self._record(request, merge, known if state is State.ACCEPTED else None)
            if is_conflicting(request, record):  # two were under way at once; the platform took one of them
                await self._refuse(request, record, origin)
            return Sent(request, state, answer, record)
        if answer.http_status == 429:
            self.pacer.hold(request.agent_id, answer.retry_after_seconds or _DEFAULT_HOLD_SECONDS)
        await self._record(request, self._mark_last(keep_attempt(merge, known), origin))
        raise (Throttled if answer.http_status == 429 else CallAgain)(request, answer)

    async def _find_networks(self, request: SendRequest, answer: Answer) -> tuple[dict[str, str], ...]:
        """Why there may be no RCS at this number: the agent's launch states where it lives.

        The answer is worth more than its explanation: where nothing can be read now, it stands alone.
        """
        if answer.http_status != 404:
            return ()
        try:
            return unlaunched_networks(await self.agents.read(request.agent_id), request.phone_number)
        except NotConfirmed:
            return ()

    def _mark_last(self, merge: Merge, origin: Origin) -> Merge:
        return merge_last_attempt(merge, self.recorder.now()) if origin.is_last else merge

    async def _record(self, request: SendRequest, merge: Merge, known: Record | None = None) -> Record:
        """`known` where the platform took it, which by itself leaves nothing to be decided."""
        record = await (
            self.recorder.record_message(merge)
            if known is None
            else self.recorder.record_acceptance(known, merge)
        )
        is_over = is_settled(request, record, self.recorder.now())
        return await settle_fallback(self.recorder, record) if is_over else record


def is_settled(request: SendRequest, record: Record, now: datetime) -> bool:
    """Whether the first outcome of this very request is known, and stays."""
    is_recorded = request.fingerprint in record.get("fingerprints", ())
    is_over = is_recorded and state_of(record) > State.PENDING and not is_left_open(record)
    return is_over and not _is_in_time_again(request, record, now)


async def tell_conflict(
    recorder: Recorder, conflict: ConflictingRequest, requested_at: datetime
) -> ConflictingRequest:
    """Tells whoever asked, and returns what is to be raised; raises NotConfirmed."""
    claim = conflict.request.claim()
    await recorder.publish(conflict_update(claim, conflict.faults, requested_at, recorder.now()))
    return conflict


def _is_in_time_again(request: SendRequest, record: Record, now: datetime) -> bool:
    """Whether it was late before, so that nobody called for it or acted on that, and is not now."""
    is_late = is_expired_unsent(record) and find_decision(record, now) is None
    return is_late and not _is_expired(request, now)


def _is_expired(request: SendRequest, now: datetime) -> bool:
    return request.expire_time is not None and request.expire_time <= now
