"""Updates: what their schemas promise is what the domain can say, and a breach is noticed."""

import json
from typing import Any

import pytest
from tests.support.schemas import check_update, load_validator

from rbm_ledger.domain.consent import Decision, EvidenceKind
from rbm_ledger.domain.fallback import Certainty, FallbackReason
from rbm_ledger.domain.ledger import State
from rbm_ledger.domain.updates import FallbackState
from rbm_ops.schemas.files import FOLDER

KINDS = {path.stem.removeprefix("update-") for path in FOLDER.glob("update-*.json")}
AT = "2026-11-22T12:00:00.000000Z"
MESSAGE = {"agentId": "growing-tree-bank", "phoneNumber": "+14155550101", "messageId": "m1"}
# One of each kind, with nothing but what is promised.
UPDATES: dict[str, dict[str, Any]] = {
    "message": {
        **MESSAGE,
        "state": "accepted",
        "explanation": "Its delivery is awaited.",
        "timeline": [{"what": "requested", "at": AT}],
    },
    "userMessage": {**MESSAGE, "event": {"text": "Hello"}},
    "consent": {
        "agentId": "growing-tree-bank",
        "phoneNumber": "+14155550101",
        "state": "optedOut",
        "consent": {"optedOutAtMs": 1},
        "evidence": {
            "decision": "optedOut",
            "by": "keyword",
            "agentId": "growing-tree-bank",
            "id": "m1",
            "atMs": 1,
        },
    },
    "agentLaunch": {"agentId": "growing-tree-bank", "state": "LAUNCHED", "event": {}},
    "fallback": {
        **MESSAGE,
        "state": "requested",
        "reason": "expired",
        "certainty": "confirmed",
        "decidedTime": AT,
        "payload": {},
    },
    "capability": {
        "agentId": "growing-tree-bank",
        "phoneNumber": "+14155550101",
        "state": "reachable",
        "features": ["RICHCARD_STANDALONE"],
        "checkedTime": AT,
    },
    "file": {
        "agentId": "growing-tree-bank",
        "messageId": "m1",
        "state": "uploaded",
        "name": "files/1",
        "fileUrl": "https://example.com/a.png",
    },
    "conflict": {
        **MESSAGE,
        "state": "refused",
        "requestedTime": AT,
        "faults": [{"path": "", "problem": "the id is that of another message"}],
    },
}


def check(fields: dict[str, Any], **attributes: str) -> None:
    told = {name: fields[name] for name in ("kind", "state", "agentId", "source") if name in fields}
    check_update(json.dumps(fields).encode(), {**told, **attributes})


def make_update(kind: str, **changes: Any) -> dict[str, Any]:
    fields = {"kind": kind, **UPDATES[kind], "recordedTime": AT, **changes}
    return {name: value for name, value in fields.items() if value is not None}


def test_every_kind_has_an_example() -> None:
    assert UPDATES.keys() == KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_update_of_the_promised_members_passes_and_an_added_one_does_no_harm(kind: str) -> None:
    check(make_update(kind))
    check(make_update(kind, inventedIn2027={}))


@pytest.mark.parametrize(("kind", "member"), [(kind, name) for kind in UPDATES for name in UPDATES[kind]])
def test_update_without_a_promised_member_is_noticed(kind: str, member: str) -> None:
    with pytest.raises(AssertionError):
        check(make_update(kind, **{member: None}))


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("recorded", [None, "yesterday", "2026-11-22T12:00:00Z", 1])
def test_update_that_does_not_say_when_it_was_recorded_is_noticed(kind: str, recorded: object) -> None:
    with pytest.raises(AssertionError):
        check(make_update(kind, recordedTime=recorded))


@pytest.mark.parametrize("kind", sorted(KINDS - {"userMessage", "agentLaunch"}))
def test_state_of_no_contract_is_noticed(kind: str) -> None:
    with pytest.raises(AssertionError):
        check(make_update(kind, state="surprised"))


@pytest.mark.parametrize("attributes", [{"state": "read"}, {"source": "orders"}, {"agentId": "other"}])
def test_attributes_that_say_something_else_are_noticed(attributes: dict[str, str]) -> None:
    with pytest.raises(AssertionError):
        check(make_update("message"), **attributes)


def test_kind_without_a_schema_is_noticed() -> None:
    with pytest.raises(AssertionError, match="has no schema"):
        check({"kind": "weather"})


# (kind, path of the member): what the domain can say there.
VOCABULARIES: dict[tuple[str, str], set[str]] = {
    ("message", "state"): {state.label for state in State},
    ("consent", "state"): set(Decision),
    ("consent", "evidence.decision"): set(Decision),
    ("consent", "evidence.by"): set(EvidenceKind),
    ("fallback", "state"): set(FallbackState),
    ("fallback", "reason"): set(FallbackReason),
    ("fallback", "certainty"): set(Certainty),
}


@pytest.mark.parametrize(("kind", "path"), VOCABULARIES)
def test_words_of_a_schema_are_those_of_the_domain(kind: str, path: str) -> None:
    schema = load_validator(f"update-{kind}").schema
    for name in path.split("."):
        schema = schema["properties"][name]
    assert set(schema["enum"]) == VOCABULARIES[kind, path]


def test_file_without_a_name_was_rejected() -> None:
    check(make_update("file", state="rejected", name=None))
