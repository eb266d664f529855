"""Which id the message of a dead letter had that named none: by the record that `send` made of it.

The record holds the recipient, what was asked for (`fingerprints`), and when the request was published first
(`requestedTime`), which Pub/Sub says of the dead letter too. A replay that was interrupted has written a time
that is later, and left `gaveUpTime` as it was.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from rbm_ledger.domain.ledger import Record, agent_path
from rbm_ledger.domain.parsing import parse_request
from rbm_ledger.domain.requests import InvalidRequest, Origin, SendRequest
from rbm_ops.deadletters.letters import DeadLetter
from rbm_ops.documents import read_query

_FIELDS = ("messageId", "requestedTime", "fingerprints", "gaveUpTime")
# Of one number, with one agent. Who has more gets no answer, which is on the safe side.
_MAX_RECORDS = 2000


async def find_old_ids(client: Any, letters: Iterable[DeadLetter]) -> Mapping[str, str]:
    """Id of a dead letter → message id, where that is known; raises as the client does."""
    found = {}
    for letter in letters:
        request = _read_request(letter) if letter.lacks_id else None
        if request is not None and letter.published_at is not None:
            records = await _read_records(client, request)
            old_id = choose_old_id(records, request.fingerprint, letter.published_at)
            if old_id is not None:
                found[letter.id] = old_id
    return found


def choose_old_id(records: Iterable[Record], fingerprint: str, published_at: datetime) -> str | None:
    """None for several that it could be: nobody can tell which."""
    alike = [record for record in records if fingerprint in record.get("fingerprints", ())]
    same = [record for record in alike if record.get("requestedTime") == published_at]
    replayed = [record for record in alike if _may_be_replayed(record, published_at)]
    chosen = same or replayed
    return chosen[0]["messageId"] if len(chosen) == 1 else None


def _may_be_replayed(record: Record, published_at: datetime) -> bool:
    gave_up_at, requested_at = record.get("gaveUpTime"), record.get("requestedTime")
    return (
        isinstance(gave_up_at, datetime)
        and isinstance(requested_at, datetime)
        and published_at <= gave_up_at <= requested_at
    )


def _read_request(letter: DeadLetter) -> SendRequest | None:
    """None for what is none, or is one for many: its parts have ids of their own."""
    try:
        request = parse_request(letter.data, Origin(letter.id, letter.published_at or letter.died_at))
    except InvalidRequest:
        return None
    return request if isinstance(request, SendRequest) else None


async def _read_records(client: Any, request: SendRequest) -> list[Record]:
    """By the number alone, which has an index of its own."""
    messages = client.collection(*agent_path(request.agent_id), "messages")
    query = messages.where(filter=FieldFilter("phoneNumber", "==", request.phone_number))
    found = await read_query(query.select(_FIELDS).limit(_MAX_RECORDS))
    return [document.to_dict() or {} for document in found]
