"""What a send request may be, as one JSON Schema (draft 2020-12) for whoever writes requests in any language.

Derived from the tables, and no stricter than they are. What no schema can say (sizes in bytes, times that are
too far ahead, what a text becomes once a recipient's values are in it) only the tables check.
"""

from collections.abc import Mapping
from typing import Any

from rbm_ledger.domain.agent_message import CARD, CONTENT_MESSAGE, FILE_BY_URL, SUGGESTION, UPLOADED_FILE
from rbm_ledger.domain.bulk import RECIPIENTS
from rbm_ledger.domain.checks import Check, Schema, anything, members
from rbm_ledger.domain.request_members import (
    CHECK_REQUEST,
    COMPANIONS,
    PHONE_NUMBER,
    REQUEST_MEMBERS,
    RIVALS,
    TEMPLATES,
    RequestKind,
)

SCHEMA_ID = "urn:rbm-ledger:v1:send-request"

# Under names of their own, for the eyes of readers and of code generators.
_SHARED: dict[str, Check] = {
    "phoneNumber": PHONE_NUMBER,
    "labels": REQUEST_MEMBERS["labels"],
    "contentMessage": CONTENT_MESSAGE,
    "suggestion": SUGGESTION,
    "card": CARD,
    "fileByUrl": FILE_BY_URL,
    "uploadedFile": UPLOADED_FILE,
}
_NOT_IN_BULK = {"phoneNumber", "messageId", *RequestKind} - {RequestKind.AGENT_MESSAGE}


def request_schema() -> dict[str, Any]:
    shared = {
        **{name: check.schema for name, check in _SHARED.items()},
        **{
            f"{name}Template": _as_template(_SHARED[name].schema)
            for name in ("contentMessage", "suggestion", "card")
        },
    }
    definitions = {"request": _single_schema(), "bulkRequest": _bulk_schema(), **shared}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "A send request",
        "description": "To one phone number, or with `recipients` to many.",
        "if": {"type": "object", "required": ["recipients"]},
        "then": {"$ref": "#/$defs/bulkRequest"},
        "else": {"$ref": "#/$defs/request"},
        "$defs": {
            name: {rule: _refer(value, shared) for rule, value in definition.items()}
            for name, definition in definitions.items()
        },
    }


def _single_schema() -> Schema:
    return {
        **CHECK_REQUEST.schema,
        "dependentSchemas": {kind.value: _companions_schema(kind) for kind in RequestKind},
        "allOf": [{"not": {"required": list(pair)}} for pair in RIVALS],
    }


def _companions_schema(kind: RequestKind) -> Schema:
    companions = COMPANIONS[kind]
    needed = {"required": ["phoneNumber"]} if "phoneNumber" in companions else {}
    return {**needed, "propertyNames": {"enum": sorted({kind.value, *companions})}}


def _bulk_schema() -> Schema:
    """Each text of a template may be longer or shorter than the one that it makes."""
    checks = {name: check for name, check in REQUEST_MEMBERS.items() if name not in _NOT_IN_BULK}
    templates = {name: Check(anything, _as_template(checks[name].schema)) for name in TEMPLATES}
    bulk = members(
        {**checks, **templates, "recipients": RECIPIENTS},
        required=("agentId", RequestKind.AGENT_MESSAGE.value, "recipients"),
        closed=True,
    )
    return {**bulk.schema, "allOf": [{"not": {"required": list(pair)}} for pair in RIVALS]}


def _as_template(schema: Any) -> Any:
    """The same with any text wherever a text stands."""
    match schema:
        case {"type": "string"}:
            return {"type": "string"}
        case dict():
            return {rule: _as_template(value) for rule, value in schema.items()}
        case list():
            return [_as_template(value) for value in schema]
    return schema


def _refer(schema: Any, shared: Mapping[str, Schema]) -> Any:
    """The same with a reference wherever a shared schema stands."""
    for name, definition in shared.items():
        if schema == definition:
            return {"$ref": f"#/$defs/{name}"}
    match schema:
        case dict():
            return {rule: _refer(value, shared) for rule, value in schema.items()}
        case list():
            return [_refer(value, shared) for value in schema]
    return schema
