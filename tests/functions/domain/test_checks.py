"""The language of checks: every fault at once, each with its path; and the same as a schema."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.functions.domain.strategies import json_values, odd_texts, texts

from rbm_ledger.domain.checks import (
    MAX_FAULTS,
    Check,
    anything,
    boolean,
    find_faults,
    items,
    join,
    members,
    number,
    one_of,
    text,
    with_schema,
)
from rbm_ledger.domain.errors import Fault


def describe(check: Check, value: object, path: str = "a") -> list[str]:
    return [str(fault) for fault in find_faults(check, value, path)]


def fits_schema(check: Check, value: object) -> bool:
    return bool(Draft202012Validator(check.schema).is_valid(value))


@pytest.mark.parametrize(
    ("check", "value", "problem"),
    [
        (text(), 7, "a: must be a text"),
        (text(), None, "a: must be a text"),
        (text(), "", "a: must not be empty"),
        (text(), "\ud800", "a: holds half of a surrogate pair"),
        (text(at_most=3), "abcd", "a: has 4 characters, at most 3 are allowed"),
        (text(pattern="[0-9]+", form="digits"), "12x", "a: must be digits"),
        (text(pattern="[0-9]+", form="digits"), "12\n", "a: must be digits"),
        (text(pattern=r"\d+", form="digits"), "１２", "a: must be digits"),
        (one_of("X", "Y"), "Z", "a: must be one of X, Y"),
        (one_of("X", "Y"), ["X"], "a: must be one of X, Y"),
        (one_of("X", "Y"), "x", "a: must be one of X, Y"),
        (number(at_least=-90, at_most=90), 90.5, "a: must be a number from -90 to 90"),
        (number(at_least=-90, at_most=90), -(10**400), "a: must be a number from -90 to 90"),
        (number(at_least=-90, at_most=90), True, "a: must be a number from -90 to 90"),
        (number(at_least=-90, at_most=90), "1", "a: must be a number from -90 to 90"),
        (number(at_least=0, at_most=2_678_400), "1h", "a: must be a number from 0 to 2678400"),
        (boolean, 1, "a: must be true or false"),
        (boolean, "true", "a: must be true or false"),
        (members({}), [], "a: must be an object"),
        (members({}, required=("b",)), {}, "a.b: is missing"),
        (members({"b": boolean}), {"b": 1}, "a.b: must be true or false"),
        (
            members({"c": boolean, "d": boolean}, closed=True),
            {"b": 1},
            "a.b: is no field of this object, which has c, d",
        ),
        (members({"b": anything}, exactly_one_of=("b", "c")), {}, "a: needs exactly one of b, c"),
        (members({}, exactly_one_of=("b", "c")), {"b": 1, "c": 1}, "a: has b and c, exactly one is allowed"),
        (items(anything, at_most=1), {}, "a: must be a list"),
        (items(anything, at_most=1), [1, 2], "a: has 2 entries, at most 1 are allowed"),
        (items(anything, at_least=2, at_most=3), [1], "a: has 1 entries, 2 to 3 are allowed"),
        (items(boolean, at_most=2), [True, 1], "a[1]: must be true or false"),
    ],
)
def test_what_is_wrong_is_said_with_its_path(check: Check, value: object, problem: str) -> None:
    assert describe(check, value) == [problem]
    assert not fits_schema(check, value) or value in BEYOND_SCHEMAS


# Half of a surrogate pair; a last newline, which only Python's engine overlooks; a shorthand in a pattern.
BEYOND_SCHEMAS = ("\ud800", "12\n", "１２")


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (text(), "x"),
        (text(at_least=0), ""),
        (text(at_most=3), "abc"),
        (text(at_most=1), "😀"),
        (text(pattern="[0-9]+", form="digits"), "12"),
        (one_of("X", "Y"), "Y"),
        (number(at_least=-90, at_most=90), -90),
        (number(at_least=-90, at_most=90), 90.0),
        (boolean, False),
        (anything, object()),
        (members({"b": boolean}), {}),
        (members({}), {"unknown": 1}),
        (members({"b": anything}, exactly_one_of=("b", "c")), {"b": None}),
        (items(anything, at_least=2, at_most=3), [1, 2, 3]),
        (items(anything, at_most=1), []),
    ],
)
def test_what_is_allowed_has_no_fault(check: Check, value: object) -> None:
    assert describe(check, value) == []
    assert fits_schema(check, value)


def test_choice_of_the_future_is_the_platforms_to_refuse() -> None:
    check = members({"b": boolean, "c": anything}, exactly_one_of=("b", "c"))
    assert describe(check, {"inventedIn2027": {}}) == []
    assert fits_schema(check, {"inventedIn2027": {}})


def test_all_faults_of_an_object_are_named_at_once() -> None:
    check = members({"b": boolean, "c": items(text(), at_most=1)}, required=("d",), closed=True)
    assert describe(check, {"b": 1, "c": ["", 2], "x": 0}, "") == [
        "d: is missing",
        "x: is no field of this object, which has b, c",
        "b: must be true or false",
        "c: has 2 entries, at most 1 are allowed",
        "c[0]: must not be empty",
        "c[1]: must be a text",
    ]


def test_number_of_faults_is_bounded() -> None:
    assert len(find_faults(items(boolean, at_most=1), [0] * 10_000)) == MAX_FAULTS


@given(texts | odd_texts | st.text(min_size=60, max_size=300))
def test_no_name_makes_a_path_unbounded_or_unprintable(name: str) -> None:
    path = join("a", name)
    assert path.startswith("a.")
    assert len(path.encode()) < 800


def test_paths_are_joined_by_dots() -> None:
    assert join("", "a") == "a"
    assert join("a[1]", "b") == "a[1].b"


CHECKS = (
    text(at_most=3, pattern="[a-z]+", form="letters"),
    one_of("X"),
    number(at_least=0, at_most=1),
    boolean,
    members({"": boolean, "__x__": text()}, required=("r",), exactly_one_of=("", "c"), closed=True),
    members({"b": boolean, "c": anything}, exactly_one_of=("b", "c")),
    items(items(boolean, at_most=1), at_least=1, at_most=2),
)


@given(st.sampled_from(CHECKS), json_values())
def test_any_value_gets_a_verdict(check: Check, value: object) -> None:
    assert all(isinstance(fault, Fault) and fault.problem for fault in find_faults(check, value))


@given(
    st.sampled_from(CHECKS), json_values() | st.sampled_from(("abc", "X", 0.5, {"r": 1, "": True}, [[True]]))
)
def test_schema_lets_pass_what_the_check_does(check: Check, value: object) -> None:
    assert fits_schema(check, value) or describe(check, value)


def test_check_of_ones_own_is_a_function_and_its_schema() -> None:
    @with_schema({"const": 1})
    def one(value: object, path: str) -> Iterator[Fault]:
        if value != 1:
            yield Fault(path, "must be 1")

    assert (describe(one, 2), one.schema) == (["a: must be 1"], {"const": 1})
