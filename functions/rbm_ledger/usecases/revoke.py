"""How a message is taken back: the status of the call is all that is ever told of it."""

from dataclasses import dataclass

from rbm_ledger.domain.attempts import keep_attempt
from rbm_ledger.domain.errors import Fault
from rbm_ledger.domain.ledger import Record, State, message_path
from rbm_ledger.domain.outcomes import Attempt, state_after
from rbm_ledger.domain.platform_calls import call_for
from rbm_ledger.domain.records import merge_revoke
from rbm_ledger.domain.requests import SendRequest
from rbm_ledger.usecases.ports import RbmApi
from rbm_ledger.usecases.recording import Recorder
from rbm_ledger.usecases.send import CallAgain, ConflictingRequest, Sent, Throttled, tell_conflict


@dataclass(frozen=True, slots=True)
class RevokeMessage:
    """A DELIVERED that comes all the same wins by itself."""

    api: RbmApi
    recorder: Recorder

    async def __call__(self, request: SendRequest) -> Sent:
        """Raises as below. A repeat of a revoke that was recorded calls nobody.

        ConflictingRequest where the message is to another number; CallAgain; NotConfirmed.
        """
        path = message_path(request.agent_id, request.message_id)
        record = await self.recorder.read(path)
        if is_to_another(request, record):
            fault = Fault("revoke", f"the message {request.message_id} is to another phoneNumber")
            raise await tell_conflict(self.recorder, ConflictingRequest(request, fault), self.recorder.now())
        if "revokedTime" in record:
            await self.recorder.tell_message(record)
            return Sent(request, State.REVOKED, None, record)
        answer = await self.api.call(call_for(request))
        attempt = Attempt(answer, self.recorder.now())
        merge = merge_revoke(request.agent_id, request.message_id, attempt)
        state = state_after(request.kind, answer)
        if state is not State.REVOKED:
            merge = keep_attempt(merge, record)
        record = await self.recorder.record_message(merge)
        if state is State.PENDING:
            raise (Throttled if answer.http_status == 429 else CallAgain)(request, answer)
        return Sent(request, state, answer, record)


def is_to_another(request: SendRequest, record: Record) -> bool:
    """Whether the message is known to be to another number than the revoke says."""
    number: str = record.get("phoneNumber", request.phone_number)
    return number != request.phone_number
