"""How a message is sent: guards, the call, the record, the update, and what else follows.

request ─▶ guards ─▶ call ─▶ record ─▶ update ─▶ fallback? ─▶ done
                       │        ▲
                       └─ dies ─┘ repeated with the same message id, which the platform ignores
"""

from dataclasses import dataclass
from datetime import timedelta

from rbm_ledger.domain.attempts import is_left_open, keep_attempt, was_called
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
    """The id is that of a message that was asked for with other content. It was recorded, and not sent."""

    def __init__(self, request: SendRequest) -> None:
        problem = (
            f"the idempotencyKey or messageId is that of an earlier request ({request.message_id}) with "
            "other content or recipient; what is not a repeat needs another one"
        )
        super().__init__((Fault("", problem),))
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
        document = message_path(request.agent_id, request.message_id)
        record = await self.recorder.read(document)
        if is_conflicting(request, record):
            await self._refuse(request, record, origin)
        if is_settled(request, record):
            return await self._repeat_outcome(request, record)
        suppression = await self.find_suppression(request, policy, record)
        if suppression is None and await self._wait_for_turn(request, policy, origin):
            record = await self.recorder.read(document)
            suppression = await self.find_suppression(request, policy, record)
        suppression = suppression or self._find_expiry(request)
        if suppression is None:
            return await self._call(request, record, origin)
        if was_called(record):
            return await self._abandon(request, suppression, origin)
        return await self._suppress(request, suppression, origin)

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
        is_expired = request.expire_time is not None and request.expire_time <= self.recorder.now()
        return Suppression.EXPIRED if is_expired else None

    async def _refuse(self, request: SendRequest, record: Record, origin: Origin) -> None:
        conflict = ConflictingRequest(request)
        if has_room_for_conflict(record):
            await self.recorder.write(merge_conflict(request, origin.requested_at))
        await self.recorder.publish(
            conflict_update(request.claim(), conflict.faults, origin.requested_at, self.recorder.now())
        )
        raise conflict

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

    async def _suppress(self, request: SendRequest, reason: Suppression, origin: Origin) -> Sent:
        merge = merge_suppression(
            request, reason, origin.requested_at, store_content=self.recorder.store_content
        )
        return Sent(request, State.SUPPRESSED, None, await self._record(request, merge))

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
        return await settle_fallback(self.recorder, record) if is_settled(request, record) else record


def is_settled(request: SendRequest, record: Record) -> bool:
    """Whether the first outcome of this very request is known."""
    is_recorded = request.fingerprint in record.get("fingerprints", ())
    return is_recorded and state_of(record) > State.PENDING and not is_left_open(record)
