"""Updates as other services receive them: pulled, or pushed."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.strategies import HOSTILE_BYTES, json_values

from rbm_ledger.client import MalformedUpdate, Update, UpdateKind, parse_update
from rbm_ops.schemas.files import FOLDER

FIELDS: dict[str, Any] = {
    "kind": "message",
    "agentId": "growing-tree-bank",
    "phoneNumber": "+14155550101",
    "messageId": "5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11",
    "state": "read",
    "source": "orders",
    "clientReference": "1234",
    "labels": {"campaign": "none"},
    "timeline": [],
    "recordedTime": "2026-11-22T10:00:00.000000Z",
}
DATA = json.dumps(FIELDS).encode()
PUSH = {"message": {"data": base64.b64encode(DATA).decode(), "messageId": "1"}, "subscription": "s"}


@pytest.mark.parametrize(
    "body",
    [DATA, json.dumps(PUSH).encode(), json.dumps({"specversion": "1.0", "data": PUSH}).encode()],
    ids=["pulled", "pushed", "a CloudEvent"],
)
def test_update_is_the_same_however_it_came(body: bytes) -> None:
    assert parse_update(body) == Update(
        kind=UpdateKind.MESSAGE,
        state="read",
        agent_id="growing-tree-bank",
        phone_number="+14155550101",
        message_id="5b3b7f0e-8c5e-4c0a-9f0e-2a6f1d6b7c11",
        source="orders",
        client_reference="1234",
        labels={"campaign": "none"},
        recorded_at=datetime(2026, 11, 22, 10, tzinfo=UTC),
        fields=FIELDS,
    )


def test_kinds_are_those_that_have_a_schema() -> None:
    assert set(UpdateKind) == {path.stem.removeprefix("update-") for path in FOLDER.glob("update-*.json")}


@pytest.mark.parametrize("kind", UpdateKind)
def test_known_kind_is_one_of_the_enumeration(kind: UpdateKind) -> None:
    assert isinstance(parse_update(json.dumps({"kind": kind}).encode()).kind, UpdateKind)


def test_kind_that_is_newer_than_this_code_is_kept_whole() -> None:
    update = parse_update(b'{"kind": "weather", "rain": 1}')
    assert (update.kind, update.state, update.recorded_at) == ("weather", "", None)
    assert update.fields["rain"] == 1


@pytest.mark.parametrize(
    "body",
    [
        *HOSTILE_BYTES.values(),
        *(b"{}", b'{"kind": ""}', b'{"kind": 1}', b'{"message": {}}', b'{"message": {"data": "!"}}'),
        json.dumps({"message": {"data": base64.b64encode(json.dumps(PUSH).encode()).decode()}}).encode(),
    ],
)
def test_anything_else_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedUpdate):
        parse_update(body)


@given(st.dictionaries(st.sampled_from([*FIELDS, "message", "data", "specversion"]), json_values()))
def test_object_of_real_members_is_an_update_or_malformed(fields: dict[str, Any]) -> None:
    try:
        update = parse_update(json.dumps(fields).encode())
    except MalformedUpdate:
        return
    assert update.kind == fields["kind"]
    assert isinstance(update.state, str)
