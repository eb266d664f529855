"""The schema files: fresh, sound, and understood by any JSON Schema engine."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.schemas import load_validator

from rbm_ops.schemas.files import FOLDER, derive_files, write_files

NAMES = sorted(path.stem for path in FOLDER.iterdir())


def read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


def find_rules(schema: Any, rule: str) -> Iterator[Any]:
    """Every value of this rule, wherever it stands."""
    members = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    if isinstance(schema, dict) and rule in schema:
        yield schema[rule]
    for member in members:
        yield from find_rules(member, rule)


@pytest.mark.parametrize("name", derive_files())
def test_derived_file_is_fresh(name: str) -> None:
    stored = (FOLDER / name).read_text()
    assert stored == derive_files()[name], f"{name} is stale. Make it anew: python -m rbm_ops.schemas"


def test_what_is_written_is_what_is_derived(tmp_path: Path) -> None:
    written = write_files(tmp_path)
    assert {path.name: path.read_text() for path in written} == derive_files()


@pytest.mark.parametrize("name", NAMES)
def test_schema_is_sound_and_has_the_version_in_its_id(name: str) -> None:
    schema = load_validator(name).schema
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:rbm-ledger:v1:{name}"


@pytest.mark.parametrize("name", NAMES)
def test_references_stay_within_the_file_and_no_definition_is_idle(name: str) -> None:
    schema = read(name)
    references = set(find_rules(schema, "$ref"))
    assert references == {f"#/$defs/{definition}" for definition in schema["$defs"]}


# What engines read differently, or only some know: shorthand (Unicode or not), flags, look-arounds, `.`.
UNPORTABLE = re.compile(r"\\[dDwWsSbBAZ]|\(\?(?!:)|(?<!\\)(?<!\[)\.(?![^\[]*\])")


@pytest.mark.parametrize("name", NAMES)
def test_patterns_mean_the_same_to_every_engine(name: str) -> None:
    patterns = [pattern for pattern in find_rules(read(name), "pattern") if isinstance(pattern, str)]
    assert patterns
    assert [pattern for pattern in patterns if UNPORTABLE.search(pattern)] == []
    assert all(pattern.startswith("^") and pattern.endswith("$") for pattern in patterns)


@pytest.mark.parametrize("pattern", [r"\d+", r"a\s", r"(?i:http)", r"(?!24)", "a.b", r"[\w-]"])
def test_pattern_that_engines_differ_on_is_noticed(pattern: str) -> None:
    assert UNPORTABLE.search(pattern)
