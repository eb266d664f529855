"""One request for many recipients, published again as one request each."""

import asyncio
from dataclasses import dataclass
from typing import Any

from rbm_ledger.domain.bulk import BulkRequest
from rbm_ledger.domain.errors import Fault
from rbm_ledger.domain.platform_calls import call_for, describe_call
from rbm_ledger.domain.requests import InvalidRequest, SendRequest
from rbm_ledger.usecases.ports import Publisher


@dataclass(frozen=True, slots=True)
class Split:
    """Each recipient's request is durable, with its message id (unless it was only validated)."""

    request: BulkRequest

    def describe(self) -> dict[str, Any]:
        rehearsed = {"validateOnly": True} if self.request.is_validated_only else {}
        recipients = [self._describe_one(single) for single in self.request.requests]
        return {**rehearsed, "agentId": self.request.agent_id, "recipients": recipients}

    def _describe_one(self, single: SendRequest) -> dict[str, Any]:
        call = {"call": describe_call(call_for(single))} if self.request.is_validated_only else {}
        return {"phoneNumber": single.phone_number, "messageId": single.message_id, **call}


@dataclass(frozen=True, slots=True)
class SplitRequest:
    """`send_requests` None: this deployment has no topic for them."""

    send_requests: Publisher | None

    async def __call__(self, request: BulkRequest) -> Split:
        """Raises InvalidRequest or NotConfirmed; a repeat publishes all again, under the same ids."""
        publisher = self.send_requests
        if publisher is None:
            fault = Fault("recipients", "can't be taken here: RBM_SEND_REQUESTS_TOPIC is not set")
            raise InvalidRequest((fault,), request.claim, is_for_many=True)
        await asyncio.gather(*(publisher.publish(part, {}) for part in request.parts))
        return Split(request)
