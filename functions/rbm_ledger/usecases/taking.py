"""What `send` does with a request, of whatever kind."""

from dataclasses import dataclass

from rbm_ledger.domain.bulk import BulkRequest
from rbm_ledger.domain.errors import Fault, LedgerError
from rbm_ledger.domain.ledger import message_path
from rbm_ledger.domain.parsing import is_only_validated, parse_request
from rbm_ledger.domain.policies import AgentPolicies, AgentPolicy
from rbm_ledger.domain.records import (
    has_room_for_conflict,
    merge_refused_repeat,
    merge_rejection,
    quarantine_request,
)
from rbm_ledger.domain.request_members import RequestKind
from rbm_ledger.domain.requests import AgentNotServed, InvalidRequest, Origin, SendRequest, check_agent
from rbm_ledger.domain.updates import conflict_update
from rbm_ledger.usecases.asking import Answered, AskPlatform
from rbm_ledger.usecases.consent import record_consent
from rbm_ledger.usecases.recording import Recorder
from rbm_ledger.usecases.rehearsing import Rehearsed, RehearseRequest
from rbm_ledger.usecases.revoke import RevokeMessage
from rbm_ledger.usecases.send import SendMessage, Sent
from rbm_ledger.usecases.splitting import Split, SplitRequest

Taken = Sent | Answered | Split | Rehearsed


@dataclass(frozen=True, slots=True)
class TakeRequest:
    policies: AgentPolicies
    recorder: Recorder
    send_message: SendMessage
    revoke_message: RevokeMessage
    ask_platform: AskPlatform
    split_request: SplitRequest

    async def __call__(self, data: bytes, origin: Origin) -> Taken:
        """Raises InvalidRequest (nothing was recorded), or what the kind's own use case raises."""
        request = parse_request(data, origin)
        if isinstance(request, BulkRequest):
            return await self._take_bulk(request)
        policy = check_agent(request, self.policies)
        if request.is_validated_only:
            return await RehearseRequest(self.send_message)(request, policy)
        try:
            return await self._take(request, policy, origin)
        except LedgerError as error:
            error.message_id = request.message_id  # to repeat it by, where it was made here
            raise

    async def record_refusal(self, refusal: InvalidRequest, data: bytes, origin: Origin) -> None:
        """Keeps a published request that can never succeed: in its record; raw if for many or nobody."""
        if is_only_validated(data):
            return
        claim = refusal.claim
        if claim is None or refusal.is_for_many:
            await self.recorder.write(quarantine_request(data, str(refusal)))
        if claim is None:
            return
        record = await self.recorder.read(message_path(claim.agent_id, claim.message_id))
        if "fingerprints" in record:  # the id is that of a sound request, whose record stays as it is
            if has_room_for_conflict(record):
                await self.recorder.write(merge_refused_repeat(claim, refusal, origin.requested_at))
            await self.recorder.publish(
                conflict_update(claim, refusal.faults, origin.requested_at, self.recorder.now())
            )
        else:
            await self.recorder.record_message(merge_rejection(claim, refusal, origin.requested_at))

    async def record_refused_question(self, answered: Answered, data: bytes, origin: Origin) -> None:
        """Tells whoever published it that the platform refused it; an update of its own tells all else."""
        if answered.request.kind is RequestKind.CAPABILITY and answered.http_status != 200:
            said = " ".join(str(answered.fields[name]) for name in ("httpStatus", "status", "message"))
            fault = Fault("capability", f"is refused by the platform: {said.strip()}")
            await self.record_refusal(InvalidRequest((fault,), answered.request.claim()), data, origin)

    async def _take_bulk(self, request: BulkRequest) -> Split:
        try:
            check_agent(request.requests[0], self.policies)  # agent and source are those of all
        except AgentNotServed as refusal:
            raise AgentNotServed(refusal.faults, request.claim, is_for_many=True) from None
        return Split(request) if request.is_validated_only else await self.split_request(request)

    async def _take(self, request: SendRequest, policy: AgentPolicy, origin: Origin) -> Sent | Answered:
        match request.kind:
            case RequestKind.AGENT_MESSAGE:
                return await self.send_message(request, policy, origin)
            case RequestKind.REVOKE:
                return await self.revoke_message(request)
            case RequestKind.AGENT_EVENT:
                return await self.ask_platform.send_agent_event(request)
            case RequestKind.CAPABILITY:
                return await self.ask_platform.ask_capability(request)
            case RequestKind.FILE_UPLOAD:
                return await self.ask_platform.upload_file(request)
            case RequestKind.CONSENT:
                fields = await record_consent(request, policy, self.recorder, origin.requested_at)
                return Answered(request, 200, fields)
