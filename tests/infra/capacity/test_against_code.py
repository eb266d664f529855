"""What the calculator takes for granted of the deployment and of the documents is so."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.support.storage_size import value_bytes

from rbm_ledger.domain.correlation import Arrival, merges_for
from rbm_ledger.domain.events import parse_event
from rbm_ledger.domain.ledger import Merge, Record, fold, stamp
from rbm_ledger.domain.outcomes import Answer, Attempt
from rbm_ledger.domain.records import merge_attempt
from rbm_ledger.domain.requests import Origin, read_request
from rbm_ledger.domain.updates import describe_event, message_update
from rbm_ops.bench.bodies import make_receipt
from rbm_ops.capacity.cost import RETENTION_MONTHS, STORED_BYTES
from rbm_ops.capacity.functions import FUNCTIONS, Function
from rbm_ops.capacity.life import PUBSUB_BYTES, Life

INFRA = Path(__file__).parents[3] / "infra"
NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
REQUEST = {
    "agentId": "growing-tree-bank",
    "phoneNumber": "+14155550101",
    "contentMessage": {"text": "Your order has shipped"},
    "messageTrafficType": "TRANSACTION",
    "ttl": "600s",
    "idempotencyKey": "order-1234/shipped",
    "source": "orders",
    "clientReference": "1234",
}
# Of an entry and of a document, beside names and values (firebase.google.com/docs/firestore/storage-size).
OVERHEAD_BYTES = 32


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_function_has_the_defaults_of_terraform(function: Function) -> None:
    text = (INFRA / "variables_functions.tf").read_text()
    (block,) = re.findall(
        rf"^    {function.name} = optional\(object\(\{{\n(.*?)\}}\)", text, re.MULTILINE | re.DOTALL
    )
    defaults = dict(re.findall(r"(\w+) += optional\(number, (\d+)\)", block))
    assert defaults == {name: str(getattr(function, name)) for name in defaults}
    assert set(defaults) == set(Function.__slots__) - {"name"}


def test_documents_are_kept_as_long_as_terraform_says() -> None:
    (default,) = re.findall(
        r'variable "retention_days" \{.*?default += (\d+)',
        (INFRA / "variables_ledger.tf").read_text(),
        re.DOTALL,
    )
    assert int(default) == 30 * RETENTION_MONTHS


def test_load_balancer_limits_as_terraform_says() -> None:
    text = (INFRA / "variables_access.tf").read_text()
    assert re.search(r'variable "rate_limit_per_minute" \{.*?default += 120000\n', text, re.DOTALL)


def test_message_and_its_indexes_have_about_the_size_that_is_priced() -> None:
    assert stored_bytes(record_of(merges())) == pytest.approx(STORED_BYTES, rel=0.05)


def test_everything_that_is_published_is_below_the_size_that_is_billed() -> None:
    published = [json.dumps(REQUEST).encode(), *receipts()]
    for payload, count in zip([None, *receipts()], range(1, 4), strict=True):
        event = describe_event(parse_event(payload)) if payload else None
        published.append(message_update(record_of(merges()[:count]), event=event, recorded_at=NOW).data)
    assert max(map(len, published)) + 200 < PUBSUB_BYTES  # 200: the attributes
    assert len(published) == Life().published


def receipts() -> list[bytes]:
    message_id = read_request(REQUEST, Origin("key", NOW)).message_id
    return [make_receipt(message_id, event_type, 101) for event_type in ("DELIVERED", "READ")]


def merges() -> list[Merge]:
    """The life of a message: its record and two receipts."""
    answer = Answer(
        200, body={"sendTime": "2026-11-25T10:00:00.123456Z", "expireTime": "2026-11-25T10:10:00Z"}
    )
    sent = merge_attempt(
        read_request(REQUEST, Origin("key", NOW)), Attempt(answer, NOW), NOW, store_content=True
    )
    events = [
        merge for payload in receipts() for merge in merges_for(parse_event(payload), Arrival(payload, NOW))
    ]
    return [stamp(merge, now=NOW, retention=timedelta(days=90)) for merge in (sent, *events)]


def record_of(parts: Sequence[Merge]) -> Record:
    record: Record = {}
    for merge in parts:
        record = fold(record, merge)
    return record


def stored_bytes(record: Record) -> int:
    """The document, two entries for each field with an index of its own, one for each composite index."""
    agent_name = 16 + sum(len(part) + 1 for part in ("agents", record["agentId"]))
    name = agent_name + sum(len(part) + 1 for part in ("messages", record["messageId"]))
    entries = sum(
        2 * (name + agent_name + value_bytes({field: record[field]}) + OVERHEAD_BYTES)
        for field in record.keys() - exempt_fields()
    )
    composite = 2 * (name + 8 + 8 + OVERHEAD_BYTES)
    return name + value_bytes(record) + OVERHEAD_BYTES + entries + composite


def exempt_fields() -> set[str]:
    (block,) = re.findall(
        r"^    messages = \[(.*?)\]", (INFRA / "firestore.tf").read_text(), re.MULTILINE | re.DOTALL
    )
    return {"purgeTime", *re.findall(r'"(\w+)"', block)}
