"""What `send` does: check a request, call the platform, record what it answered, tell who subscribed.

request ─▶ guards ─▶ call ─▶ record ─▶ update ─▶ done
                       │        ▲
                       └─ dies ─┘ repeated with the same message id, which the platform ignores
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from rbm_ledger.domain.errors import OutcomeUnknown
from rbm_ledger.domain.ledger import Merge, Record, State, stamp
from rbm_ledger.domain.outcomes import (
    Answer,
    Attempt,
    merge_attempt,
    merge_rejection,
    merge_suppression,
    quarantine_request,
    state_after,
)
from rbm_ledger.domain.requests import (
    InvalidRequest,
    Origin,
    RequestKind,
    SendRequest,
    check_agent,
    parse_request,
)
from rbm_ledger.domain.updates import message_update
from rbm_ledger.usecases.ports import Clock, Ledger, Publisher, RbmApi


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that is done with: what the platform answered (None: it was not asked), and the record."""

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


class Throttled(CallAgain):
    """The platform said 429."""


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Repeatable at every point: the message id is decided before the call and kept."""

    api: RbmApi
    ledger: Ledger
    updates: Publisher | None
    clock: Clock
    retention: timedelta
    store_content: bool
    agents: frozenset[str]

    async def __call__(self, data: bytes, origin: Origin) -> Sent:
        """Raises InvalidRequest (nothing was recorded), CallAgain (recorded as pending) or NotConfirmed."""
        request = parse_request(data, origin)
        check_agent(request, self.agents)
        if request.expire_time is not None and request.expire_time <= self.clock():
            return await self._suppress(request, origin)
        return await self._call(request, origin)

    async def record_refusal(self, refusal: InvalidRequest, data: bytes, origin: Origin) -> None:
        """Keeps a published request that can never succeed: in its record, or raw where it names none."""
        if refusal.claim is None:
            await self._merge(quarantine_request(data, str(refusal)))
        else:
            await self._record(merge_rejection(refusal.claim, refusal, origin.requested_at))

    async def _suppress(self, request: SendRequest, origin: Origin) -> Sent:
        merge = merge_suppression(
            request, "expired before it was sent", origin.requested_at, store_content=self.store_content
        )
        return Sent(request, State.SUPPRESSED, None, await self._record(merge))

    async def _call(self, request: SendRequest, origin: Origin) -> Sent:
        answer = await self._method_for(request)(request)
        merge = merge_attempt(
            request, Attempt(answer, self.clock()), origin.requested_at, store_content=self.store_content
        )
        record = await self._record(merge)
        state = state_after(request.kind, answer)
        if state is State.PENDING:
            raise (Throttled if answer.http_status == 429 else CallAgain)(request, answer)
        return Sent(request, state, answer, record)

    def _method_for(self, request: SendRequest) -> Callable[[SendRequest], Awaitable[Answer]]:
        return {
            RequestKind.AGENT_MESSAGE: self.api.create_agent_message,
            RequestKind.REVOKE: self.api.delete_agent_message,
        }[request.kind]

    async def _record(self, merge: Merge) -> Record:
        await self._merge(merge)
        record = await self.ledger.read(merge.document) or {}
        if self.updates is not None:
            update = message_update(record, event=None, recorded_at=self.clock())
            await self.updates.publish(update.data, update.attributes)
        return record

    async def _merge(self, merge: Merge) -> None:
        await self.ledger.merge(stamp(merge, now=self.clock(), retention=self.retention))
