"""Publishes send requests and reads documents, by Google's own clients and the caller's identity.

To publish takes the role of a publisher on the topic; to read, that of a Firestore viewer. The clients find
emulators by PUBSUB_EMULATOR_HOST and FIRESTORE_EMULATOR_HOST.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from rbm_ledger.client.records import Capability, MessageRecord, read_capability, read_message
from rbm_ledger.client.requests import BulkRequest, Request, check_bulk, check_request
from rbm_ledger.domain.capabilities import capability_path
from rbm_ledger.domain.checks import find_faults
from rbm_ledger.domain.consent import Decision, decide, join_consents
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.identifiers import shorten_agent_id
from rbm_ledger.domain.json_bytes import encode_compact
from rbm_ledger.domain.ledger import DocumentPath, Record, consent_path, message_path
from rbm_ledger.domain.request_members import PHONE_NUMBER
from rbm_ledger.domain.requests import InvalidRequest


class LedgerClient:
    """Threads may share it. Every method raises NotConfirmed when Google's service does not answer in time.

    What was not confirmed may have been published all the same: publish it again, with the same key.
    """

    def __init__(
        self,
        project: str,
        *,
        topic: str = "rbm-send-requests",
        database: str = "(default)",
        timeout_seconds: float = 20.0,
    ) -> None:
        from google.api_core.retry import Retry
        from google.cloud import firestore
        from google.cloud.pubsub_v1 import PublisherClient

        self._publisher: Any = PublisherClient()
        self._documents: Any = firestore.Client(project=project, database=database)
        self._topic = topic if "/" in topic else f"projects/{project}/topics/{topic}"
        # Of the whole call. The libraries' own repeats would go on for minutes.
        retry = Retry(initial=0.1, maximum=2.0, timeout=timeout_seconds)
        self._limits = {"timeout": timeout_seconds, "retry": retry}
        self._timeout_seconds = timeout_seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Waits for what is being published, and ends the connections."""
        self._publisher.stop()
        self._publisher.transport.close()
        self._documents.close()

    def publish(self, request: Request) -> str:
        """The id that the message will have, once the request is durable; raises InvalidRequest."""
        return self.publish_all([request])[0]

    def publish_all(self, requests: Iterable[Request]) -> list[str]:
        """The ids in the order of the requests; none is published where one is invalid."""
        requests = list(requests)
        checked = [check_request(request, datetime.now(UTC)) for request in requests]
        self._publish([encode_compact(request.fields) for request in requests])
        return [request.message_id for request in checked]

    def publish_bulk(self, request: BulkRequest) -> dict[str, str]:
        """The ids that the messages will have, by phone number; raises InvalidRequest."""
        message_ids = check_bulk(request, datetime.now(UTC))
        self._publish([encode_compact(request.fields)])
        return message_ids

    def read(self, agent_id: str, message_id: str) -> MessageRecord | None:
        """All that ever happened to a message; None where nothing is known of it (yet)."""
        record = self._read(message_path(shorten_agent_id(agent_id), message_id))
        return read_message(record) if record else None

    def read_capability(self, agent_id: str, phone_number: str) -> Capability | None:
        """What the platform last said of this number; None where it was never asked."""
        _check_phone_number(phone_number)
        record = self._read(capability_path(shorten_agent_id(agent_id), phone_number))
        return read_capability(record) if record else None

    def has_opted_out(self, agent_id: str, phone_number: str, *, brand: str = "") -> bool:
        """`brand`: that of the agent's policy, if it names one; what the agent was told before counts too."""
        _check_phone_number(phone_number)
        paths = {consent_path(shorten_agent_id(agent_id), each, phone_number) for each in (brand, "")}
        return decide(join_consents(self._read(path) or {} for path in paths)) is Decision.OPTED_OUT

    def _publish(self, requests: list[bytes]) -> None:
        """Returns once all are confirmed; the client library sends them in groups."""
        publish = self._publisher.publish
        futures = [_call(publish, self._topic, data, **self._limits) for data in requests]
        for future in futures:
            _call(future.result, self._timeout_seconds)

    def _read(self, document: DocumentPath) -> Record | None:
        reference = self._documents.document(*document)
        found: Record | None = _call(reference.get, **self._limits).to_dict()
        return found


def _check_phone_number(phone_number: str) -> None:
    """Of a number in another form no document is ever found, and nobody would notice."""
    faults = find_faults(PHONE_NUMBER, phone_number, "phone_number")
    if faults:
        raise InvalidRequest(faults, None)


def _call(call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What Google's client returns; raises NotConfirmed for whatever it raises of its own."""
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError

    try:
        return call(*arguments, **options)
    except (GoogleAPIError, GoogleAuthError, TimeoutError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise NotConfirmed(reason, text=f"Nothing was confirmed: {reason}") from error
