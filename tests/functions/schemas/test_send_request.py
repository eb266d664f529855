"""The schema of a send request beside the tables: never stricter, and as strict where a schema can be."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.functions.domain.strategies import REQUEST_MEMBERS, json_values, request_objects
from tests.functions.schemas.requests import BULK, ONE_OF_EACH, REFUSED
from tests.support.payloads import list_names, request_fields
from tests.support.schemas import find_schema_faults

from rbm_ledger.domain.parsing import parse_request
from rbm_ledger.domain.request_members import RequestKind
from rbm_ledger.domain.request_schema import request_schema
from rbm_ledger.domain.requests import InvalidRequest, Origin

SCHEMA = Draft202012Validator(request_schema())
ORIGIN = Origin("pubsub/1234567890", datetime(2026, 11, 22, 10, tzinfo=UTC))
FILES = {name: request_fields(name.removesuffix(".json")) for name in list_names("agent_messages")}
SOUND = {**ONE_OF_EACH, **FILES}


def table_takes(fields: Any) -> bool:
    try:
        parse_request(json.dumps(fields).encode(), ORIGIN)
    except InvalidRequest:
        return False
    return True


def schema_takes(fields: Any) -> bool:
    return find_schema_faults(SCHEMA, fields) == []


@pytest.mark.parametrize("name", SOUND)
def test_sound_request_passes_both(name: str) -> None:
    assert table_takes(SOUND[name])
    assert find_schema_faults(SCHEMA, SOUND[name]) == []


def test_examples_are_of_every_kind() -> None:
    assert {kind for kind in RequestKind for fields in SOUND.values() if kind in fields} == set(RequestKind)


@pytest.mark.parametrize("name", REFUSED)
def test_request_with_one_fault_of_shape_passes_neither(name: str) -> None:
    assert not table_takes(REFUSED[name])
    assert not schema_takes(REFUSED[name])


def containers(value: Any) -> list[Any]:
    """Every object and array in a value, itself first."""
    if not isinstance(value, dict | list):
        return []
    inner = value.values() if isinstance(value, dict) else value
    return [value, *(found for member in inner for found in containers(member))]


# What is often taken where it stands: blanks of other scripts, texts at a limit, other spellings of a time.
PLAUSIBLE = st.sampled_from(
    (
        *(
            "x",
            "é" * 25,
            "😀" * 200,
            "\u00a0",
            "a\u2003b",
            "HTTPS://e.co/\u00a0\u2028",
            "x" * 2048,
            "{{name}}",
        ),
        *("2026-11-23t10:00:60.123456789z", "2026-11-23T10:00:00-00:00", "0.000000001s", "READ", "expired"),
        *(
            "Agent\u00a0X@rbm.goog",
            "5B3B7F0E-8c5e-4c0a-9f0e-2a6f1d6b7c11",
            0,
            1.0,
            90,
            -1.5,
            True,
            [],
            {},
            [{}],
        ),
        *({"labels": {"a.b-c": ""}}, {"text": "a", "inventedIn2027": 1}, ["unreachable", "unreachable"]),
    )
)
NAMES = st.sampled_from(REQUEST_MEMBERS) | st.text(max_size=3)


@given(st.sampled_from(sorted(SOUND)), st.data())
def test_whatever_the_table_takes_the_schema_takes(name: str, data: st.DataObject) -> None:
    fields = copy.deepcopy(SOUND[name])
    place = data.draw(st.sampled_from(containers(fields)))
    names = list(place) if isinstance(place, dict) else list(range(len(place)))
    is_new = isinstance(place, dict) and (not names or data.draw(st.booleans()))
    key = data.draw(NAMES) if is_new or not names else data.draw(st.sampled_from(names))
    if isinstance(place, list) and not names:
        place.append(data.draw(PLAUSIBLE))
    else:
        place[key] = data.draw(PLAUSIBLE | json_values(NAMES))
    assert schema_takes(fields) or not table_takes(fields)


@given(request_objects)
def test_whatever_the_table_takes_of_any_object_the_schema_takes(data: bytes) -> None:
    fields = json.loads(data)
    for candidate in (fields, request_fields() | fields, BULK | fields):
        assert schema_takes(candidate) or not table_takes(candidate)


@given(st.text(max_size=30), st.text(max_size=30))
def test_templates_hold_any_text(before: str, value: str) -> None:
    fields = BULK | {
        "contentMessage": {"text": f"{before}{{{{name}}}}", "suggestions": []},
        "recipients": [{"phoneNumber": "+14155550101", "values": {"name": value}}],
    }
    assert schema_takes(fields)


def test_long_template_that_makes_a_short_text_passes_both() -> None:
    text = "{{" + " " * 4000 + "name }}"
    fields = BULK | {"contentMessage": {"text": text}}
    assert table_takes(fields)
    assert schema_takes(fields)
