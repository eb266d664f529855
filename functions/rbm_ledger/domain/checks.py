"""A small language for what JSON may be: each check yields every fault it finds, with its path.

Each check also says the same as a JSON Schema (draft 2020-12), as far as a schema can: it may let pass what
the check refuses, never the other way round. Patterns are those of any engine: spelt-out classes, no flags.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from rbm_ledger.domain.errors import Fault
from rbm_ledger.domain.json_bytes import is_utf8

Schema = Mapping[str, Any]
FindFaults = Callable[[object, str], Iterator[Fault]]

# Enough to mend an input by; a hostile one could name a million.
MAX_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Check:
    """Called with a value and its path, it yields the faults."""

    find: FindFaults
    schema: Schema

    def __call__(self, value: object, path: str) -> Iterator[Fault]:
        return self.find(value, path)


def with_schema(schema: Schema) -> Callable[[FindFaults], Check]:
    """Makes a check of a function of one's own."""
    return lambda find: Check(find, schema)


def find_faults(check: FindFaults, value: object, path: str = "") -> tuple[Fault, ...]:
    return tuple(islice(check(value, path), MAX_FAULTS))


def text(*, at_most: int | None = None, at_least: int = 1, pattern: str = "", form: str = "") -> Check:
    """Text of so many characters; `form` says in words what `pattern` demands."""

    def check(value: object, path: str) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault(path, "must be a text")
        elif not is_utf8(value):
            yield Fault(path, "holds half of a surrogate pair")
        elif len(value) < at_least:
            yield Fault(path, "must not be empty")
        elif at_most is not None and len(value) > at_most:
            yield Fault(path, f"has {len(value)} characters, at most {at_most} are allowed")
        elif pattern and not re.fullmatch(pattern, value, re.ASCII):
            yield Fault(path, f"must be {form}")

    limits: dict[str, Any] = {
        "minLength": at_least or None,
        "maxLength": at_most,
        "pattern": f"^(?:{pattern})$" if pattern else None,
        "description": form or None,
    }
    return Check(check, {"type": "string", **_given(limits)})


def one_of(*values: str) -> Check:
    def check(value: object, path: str) -> Iterator[Fault]:
        if value not in values:
            yield Fault(path, f"must be one of {', '.join(values)}")

    return Check(check, {"type": "string", "enum": list(values)})


def number(*, at_least: float, at_most: float) -> Check:
    def check(value: object, path: str) -> Iterator[Fault]:
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        if not numeric or not at_least <= value <= at_most:  # type: ignore[operator]
            yield Fault(path, f"must be a number from {at_least:.9g} to {at_most:.9g}")

    return Check(check, {"type": "number", "minimum": at_least, "maximum": at_most})


@with_schema({"type": "boolean"})
def boolean(value: object, path: str) -> Iterator[Fault]:
    if not isinstance(value, bool):
        yield Fault(path, "must be true or false")


@with_schema({})
def anything(_value: object, _path: str) -> Iterator[Fault]:
    yield from ()


def members(
    checks: Mapping[str, Check],
    *,
    required: tuple[str, ...] = (),
    exactly_one_of: tuple[str, ...] = (),
    closed: bool = False,
) -> Check:
    """An object. Members without a check pass, unless the object is `closed`.

    Where none of `exactly_one_of` is there but an unknown member is, it may be a kind that is newer
    than this table: the platform decides.
    """

    def check(value: object, path: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(path, "must be an object")
            return
        for name in required:
            if name not in value:
                yield Fault(join(path, name), "is missing")
        unknown = [name for name in value if name not in checks]
        if closed:
            problem = f"is no field of this object, which has {', '.join(checks)}"
            yield from (name_fault(path, name, problem) for name in unknown)
        yield from _check_choice(value, path, exactly_one_of, unknown)
        for name, member in value.items():
            yield from checks.get(name, anything)(member, join(path, name))

    rules: dict[str, Any] = {
        "properties": {name: member.schema for name, member in checks.items()} or None,
        "required": list(required) or None,
        "additionalProperties": False if closed else None,
        "oneOf": _choice_schemas(exactly_one_of, tuple(checks), closed=closed) or None,
    }
    return Check(check, {"type": "object", **_given(rules)})


def items(check_item: Check, *, at_least: int = 0, at_most: int) -> Check:
    def check(value: object, path: str) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield Fault(path, "must be a list")
            return
        if not at_least <= len(value) <= at_most:
            wanted = f"at most {at_most}" if at_least == 0 else f"{at_least} to {at_most}"
            yield Fault(path, f"has {len(value)} entries, {wanted} are allowed")
        for index, item in enumerate(value):
            yield from check_item(item, f"{path}[{index}]")

    limits = _given({"minItems": at_least or None, "maxItems": at_most})
    return Check(check, {"type": "array", "items": check_item.schema, **limits})


def join(path: str, name: str) -> str:
    """`path.name`; a name that no table knows is cut, so that a stranger can't write the fault."""
    shown = name if is_utf8(name) and len(name) <= 64 else ascii(name[:64])
    return f"{path}.{shown}" if path else shown


def name_fault(path: str, name: str, problem: str) -> Fault:
    """Of a member whose name is not ours: a log shows that it has one."""
    return Fault(join(path, name), problem, logged=f"{join(path, '…')}: {problem}")


def _check_choice(
    value: Mapping[str, object], path: str, choice: tuple[str, ...], unknown: list[str]
) -> Iterator[Fault]:
    present = [name for name in choice if name in value]
    if len(present) > 1:
        yield Fault(path, f"has {' and '.join(present)}, exactly one is allowed")
    if choice and not present and not unknown:
        yield Fault(path, f"needs exactly one of {', '.join(choice)}")


def _choice_schemas(choice: tuple[str, ...], known: tuple[str, ...], *, closed: bool) -> list[Schema]:
    """One for each member of the choice; for an open object also: none of them, but an unknown member."""
    schemas: list[Schema] = [{"required": [name]} for name in choice]
    if not choice or closed:
        return schemas
    unknown = {"not": {"anyOf": [*schemas, {"propertyNames": {"enum": list(known)}}]}}
    return [*schemas, unknown]


def _given(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Only the rules that were given."""
    return {name: rule for name, rule in rules.items() if rule is not None}
