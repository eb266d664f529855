"""What would become of a request: nothing is sent, written, published or claimed."""

from dataclasses import dataclass
from typing import Any

from rbm_ledger.domain.ledger import Record, message_path, state_of
from rbm_ledger.domain.platform_calls import call_for, describe_call
from rbm_ledger.domain.policies import AgentPolicy
from rbm_ledger.domain.records import is_conflicting
from rbm_ledger.domain.request_members import RequestKind
from rbm_ledger.domain.requests import SendRequest
from rbm_ledger.usecases.agents import Paused
from rbm_ledger.usecases.revoke import is_to_another
from rbm_ledger.usecases.send import SendMessage, is_settled


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """`fields` name the call that would be made, and what would become of it before that."""

    request: SendRequest
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RehearseRequest:
    send_message: SendMessage

    async def __call__(self, request: SendRequest, policy: AgentPolicy) -> Rehearsed:
        """`wouldBe`: sent, recorded, answeredFromRecord, refused, suppressed, held. Raises NotConfirmed."""
        fields: dict[str, Any] = {
            "validateOnly": True,
            "agentId": request.agent_id,
            "messageId": request.message_id,
            **await self._foresee(request, policy),
        }
        if request.kind is not RequestKind.CONSENT:
            fields["call"] = describe_call(call_for(request))
        return Rehearsed(request, fields)

    async def _foresee(self, request: SendRequest, policy: AgentPolicy) -> dict[str, str]:
        sending = self.send_message
        if request.kind not in (RequestKind.AGENT_MESSAGE, RequestKind.REVOKE):
            return {"wouldBe": "recorded" if request.kind is RequestKind.CONSENT else "sent"}
        record = await sending.recorder.read(message_path(request.agent_id, request.message_id))
        if request.kind is RequestKind.REVOKE:
            return _foresee_revoke(request, record)
        if is_conflicting(request, record):
            return {"wouldBe": "refused", "reason": "the id is that of a message with other content"}
        if is_settled(request, record, sending.recorder.now()):
            return {"wouldBe": "answeredFromRecord", "state": state_of(record).label}
        suppression = await sending.find_suppression(request, policy, record)
        if suppression is not None:
            return {"wouldBe": "suppressed", "reason": suppression.value}
        try:
            await sending.agents.check_not_paused(request.agent_id)
        except Paused:
            return {"wouldBe": "held", "reason": "the agent is paused"}
        return {"wouldBe": "sent"}


def _foresee_revoke(request: SendRequest, record: Record) -> dict[str, str]:
    if is_to_another(request, record):
        return {"wouldBe": "refused", "reason": "the message is to another phoneNumber"}
    if "revokedTime" in record:
        return {"wouldBe": "answeredFromRecord", "state": state_of(record).label}
    return {"wouldBe": "sent"}
