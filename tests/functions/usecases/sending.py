"""The use case `send` with its fakes, and the answers that the platform may give."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.functions.fakes import InMemoryLedger, RecordingPublisher, ScriptedRbmApi
from tests.support.payloads import load_json, request_bytes

from rbm_ledger.domain.ledger import State, message_path
from rbm_ledger.domain.outcomes import NO_ANSWER, Answer
from rbm_ledger.domain.policies import AgentPolicies, AgentPolicy
from rbm_ledger.domain.requests import Origin
from rbm_ledger.usecases.agents import AgentRecords
from rbm_ledger.usecases.asking import Answered, AskPlatform
from rbm_ledger.usecases.consent import ConsentGuard
from rbm_ledger.usecases.pacing import Pacer
from rbm_ledger.usecases.recording import Recorder
from rbm_ledger.usecases.revoke import RevokeMessage
from rbm_ledger.usecases.send import SendMessage, Sent
from rbm_ledger.usecases.splitting import SplitRequest
from rbm_ledger.usecases.taking import TakeRequest

AGENT, PHONE = "growing-tree-bank", "+14155550101"
MESSAGE = "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11"
DOCUMENT = message_path(AGENT, MESSAGE)
REQUESTED = datetime(2026, 11, 22, 10, tzinfo=UTC)
NOW = REQUESTED + timedelta(seconds=3)
RETENTION = timedelta(days=30)
ORIGIN = Origin("14150481888479752", REQUESTED)
SENDER: dict[str, Any] = {"source": "orders", "clientReference": "1234", "labels": {"campaign": "none"}}
REQUEST = request_bytes(messageId=MESSAGE, **SENDER)

CREATED = Answer(200, body=load_json("responses/agent-message-created.json"))
SENT = datetime(2025, 5, 22, 20, 3, 35, 474764, tzinfo=UTC)
SILENCE = Answer(NO_ANSWER, "NO_ANSWER", "ReadTimeoutError")


def refusal(name: str) -> Answer:
    error = load_json(f"error-bodies/{name}.json")["error"]
    return Answer(error["code"], error["status"], error["message"])


UNAVAILABLE = refusal("503-unavailable")
SETTLED = {
    "200": (CREATED, State.ACCEPTED),
    "409": (refusal("409-already-exists"), State.ACCEPTED),
    "404": (refusal("404-not-found"), State.UNREACHABLE),
    "400": (refusal("400-invalid-argument"), State.REJECTED),
    "403": (refusal("403-permission-denied"), State.REJECTED),
}
UNSETTLED = {
    "401": refusal("401-unauthenticated"),
    "408": Answer(408),
    "429": refusal("429-resource-exhausted"),
    "500": refusal("500-internal"),
    "503": UNAVAILABLE,
    "no answer": SILENCE,
    "no credentials": Answer(NO_ANSWER, "NO_CREDENTIALS", "RefreshError"),
    "unreadable": Answer(NO_ANSWER, "UNREADABLE_ANSWER"),
}


@dataclass
class Sending:
    """One deployment; each `take` is one delivery of a request."""

    answers: Sequence[Answer] = (CREATED,)
    policies: Mapping[str, AgentPolicy] = field(default_factory=dict)
    store_content: bool = True
    has_updates: bool = True
    has_send_requests: bool = True
    now: datetime = NOW
    ledger: InMemoryLedger = field(default_factory=InMemoryLedger)
    updates: RecordingPublisher = field(default_factory=RecordingPublisher)
    send_requests: RecordingPublisher = field(default_factory=RecordingPublisher)
    elapsed_seconds: float = 0.0
    api: Any = None

    def __post_init__(self) -> None:
        self.api = self.api or ScriptedRbmApi(*self.answers)
        self.recorder = Recorder(
            ledger=self.ledger,
            updates=self.updates if self.has_updates else None,
            clock=lambda: self.now,
            retention=RETENTION,
            store_content=self.store_content,
        )
        self.pacer = Pacer(
            self.ledger,
            clock=lambda: self.now,
            monotonic=lambda: self.elapsed_seconds,
            instance_id="i1",
            sleep=self._sleep,
        )
        self.take_request = TakeRequest(
            policies=AgentPolicies(self.policies),
            recorder=self.recorder,
            send_message=SendMessage(
                api=self.api,
                recorder=self.recorder,
                agents=AgentRecords(self.ledger, monotonic=lambda: self.elapsed_seconds),
                consent=ConsentGuard(self.recorder),
                pacer=self.pacer,
            ),
            revoke_message=RevokeMessage(self.api, self.recorder),
            ask_platform=AskPlatform(self.api, self.recorder, timedelta(days=1)),
            split_request=SplitRequest(self.send_requests if self.has_send_requests else None),
        )

    async def _sleep(self, seconds: float) -> None:
        self.elapsed_seconds += seconds
        self.now += timedelta(seconds=seconds)

    async def take(self, data: bytes = REQUEST, origin: Origin = ORIGIN) -> Sent:
        taken = await self.take_request(data, origin)
        assert isinstance(taken, Sent)
        return taken

    async def ask(self, data: bytes, origin: Origin = ORIGIN) -> Answered:
        taken = await self.take_request(data, origin)
        assert isinstance(taken, Answered)
        return taken

    @property
    def record(self) -> dict[str, Any]:
        """The one message there is, without its stamps and its deadlines."""
        return self.read_only("messages")

    def read_only(self, collection: str) -> dict[str, Any]:
        """The one document of the collection."""
        [record] = self.list_documents(collection)
        apart = ("updatedTime", "purgeTime", "schemaVersion", "sweep", "fingerprints", "claim")
        return {name: value for name, value in record.items() if name not in apart}

    def list_documents(self, collection: str) -> list[dict[str, Any]]:
        return [record for path, record in self.ledger.documents.items() if path[-2] == collection]

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(message.data) for message in self.updates.messages]

    @property
    def calls(self) -> list[str]:
        """The message id of every create call."""
        return [call.query["messageId"] for call in self.api.calls if call.path.endswith("/agentMessages")]


def attempt_element(answer: Answer, method: str = "create") -> dict[str, Any]:
    return {
        "at": NOW,
        "method": method,
        "httpStatus": answer.http_status,
        "status": answer.status,
        "message": answer.message,
    }
