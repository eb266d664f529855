"""The published schemas, and whether what was published keeps to them."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from rbm_ops.schemas.files import FOLDER

_ATTRIBUTES = ("kind", "state", "agentId", "source")
_MAX_ATTRIBUTE_BYTES = 1024


@cache
def load_validator(name: str) -> Draft202012Validator:
    """Of `functions/rbm_ledger/schemas/v1/{name}.json`."""
    schema = json.loads((FOLDER / f"{name}.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def find_schema_faults(validator: Draft202012Validator, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def is_update(attributes: Mapping[str, str]) -> bool:
    """Of all that is published, only an update says its kind."""
    return "kind" in attributes


def check_update(data: bytes, attributes: Mapping[str, str]) -> None:
    """Fails unless this is an update that keeps to its schema, and can be filtered by what it says."""
    fields = json.loads(data, parse_constant=pytest.fail)
    schema = f"update-{fields['kind']}"
    assert (FOLDER / f"{schema}.json").exists(), f"{fields['kind']} has no schema"
    assert find_schema_faults(load_validator(schema), fields) == [], fields
    assert dict(attributes) == {
        name: fields[name]
        for name in _ATTRIBUTES
        if fields.get(name) and len(fields[name].encode()) <= _MAX_ATTRIBUTE_BYTES
    }
