"""What else a service may ask of the platform: an agentEvent, a phone's capabilities, a file's upload."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rbm_ledger.domain.attempts import keep_attempt
from rbm_ledger.domain.capabilities import (
    capability_path,
    describe_capability,
    is_fresh,
    merge_capability,
)
from rbm_ledger.domain.conversations import merge_agent_event
from rbm_ledger.domain.files import describe_file, file_path, merge_file, names_file
from rbm_ledger.domain.ledger import Record
from rbm_ledger.domain.outcomes import Answer, Attempt, Outcome, outcome_of
from rbm_ledger.domain.platform_calls import call_for
from rbm_ledger.domain.records import is_conflicting
from rbm_ledger.domain.requests import SendRequest
from rbm_ledger.domain.updates import capability_update, file_update
from rbm_ledger.usecases.ports import RbmApi
from rbm_ledger.usecases.recording import Recorder
from rbm_ledger.usecases.send import CallAgain, ConflictingRequest, Throttled, tell_conflict


@dataclass(frozen=True, slots=True)
class Answered:
    """A request that is done with, and what whoever POSTed it is told."""

    request: SendRequest
    http_status: int
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AskPlatform:
    """Each raises CallAgain where the platform's answer settles nothing, and NotConfirmed."""

    api: RbmApi
    recorder: Recorder
    capability_max_age: timedelta

    async def send_agent_event(self, request: SendRequest) -> Answered:
        """A typing indicator that did not get through is over before a repeat could show it."""
        answer = await self.api.call(call_for(request))
        outcome = outcome_of(request.kind, answer)
        if outcome is Outcome.OPEN and request.details["eventType"] != "IS_TYPING":
            raise _call_again(request, answer)
        if "messageId" in request.details:
            await self.recorder.write(merge_agent_event(request, Attempt(answer, self.recorder.now())))
        status = {Outcome.DONE: 200, Outcome.OPEN: 503}.get(outcome, answer.http_status)
        return Answered(request, status, _describe_event(request, answer))

    async def ask_capability(self, request: SendRequest) -> Answered:
        """From the last answer, positive or negative, where that is young enough."""
        path = capability_path(request.agent_id, request.phone_number)
        record = await self.recorder.read(path)
        if not (record and is_fresh(record, self.recorder.now(), self._max_age(request))):
            answer = await self.api.call(call_for(request))
            outcome = outcome_of(request.kind, answer)
            if outcome is Outcome.OPEN:
                raise _call_again(request, answer)
            if outcome is Outcome.REFUSED:
                return Answered(request, answer.http_status, _describe_refusal(request, answer))
            await self.recorder.write(
                merge_capability(request.agent_id, request.phone_number, answer, self.recorder.now())
            )
            record = await self.recorder.read(path)
        described = describe_capability(record)
        await self.recorder.publish(capability_update(described, request.sender, self.recorder.now()))
        return Answered(request, 200, described)

    async def upload_file(self, request: SendRequest) -> Answered:
        """A repeat of one that is known uploads nothing; the platform would make another file of it."""
        record = await self._read_file(request)
        status = 200
        if "name" not in record:
            answer = await self.api.call(call_for(request))
            merge = merge_file(request, Attempt(answer, self.recorder.now()))
            await self.recorder.write(merge if names_file(merge) else keep_attempt(merge, record))
            if outcome_of(request.kind, answer) is Outcome.OPEN:
                raise _call_again(request, answer)
            status = answer.http_status
            record = await self._read_file(request)  # two may have been under way at once
        described = describe_file(record)
        await self.recorder.publish(file_update(described, request.sender, self.recorder.now()))
        return Answered(request, status, described)

    async def _read_file(self, request: SendRequest) -> Record:
        """Raises ConflictingRequest where the id is, too, that of another file; whoever asked is told."""
        record = await self.recorder.read(file_path(request.agent_id, request.message_id))
        if is_conflicting(request, record):
            raise await tell_conflict(self.recorder, ConflictingRequest(request), self.recorder.now())
        return record

    def _max_age(self, request: SendRequest) -> timedelta:
        seconds = request.details.get("maxAgeSeconds")
        return self.capability_max_age if seconds is None else timedelta(seconds=seconds)


def _call_again(request: SendRequest, answer: Answer) -> CallAgain:
    return (Throttled if answer.http_status == 429 else CallAgain)(request, answer)


def _describe_event(request: SendRequest, answer: Answer) -> dict[str, Any]:
    return {
        "agentId": request.agent_id,
        "phoneNumber": request.phone_number,
        "eventId": request.message_id,
        "agentEvent": request.details,
        **_describe_answer(answer),
    }


def _describe_refusal(request: SendRequest, answer: Answer) -> dict[str, Any]:
    return {"agentId": request.agent_id, "phoneNumber": request.phone_number, **_describe_answer(answer)}


def _describe_answer(answer: Answer) -> dict[str, Any]:
    return {"httpStatus": answer.http_status, "status": answer.status, "message": answer.message}
