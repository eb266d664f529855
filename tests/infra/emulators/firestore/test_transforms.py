"""Field transforms: what is stored, and what the write's result says."""

import math
from typing import Any

import grpc
import pytest

NAN = math.nan
_LARGEST, _SMALLEST = 2**63 - 1, -(2**63)

NUMERIC = [
    ("increment", 1, 2, 3),
    ("increment", 1, 1.5, 2.5),
    ("increment", 1.5, 1, 2.5),
    ("increment", "text", 2, 2),
    ("increment", _LARGEST, 1, _LARGEST),
    ("increment", _SMALLEST, -1, _SMALLEST),
    ("maximum", 10, 30, 30),
    ("maximum", 30, 10, 30),
    ("maximum", 30, 30.0, 30),
    ("maximum", 30.0, 30, 30.0),
    ("maximum", 30, 30.5, 30.5),
    ("maximum", 30.5, 31, 31),
    ("maximum", "text", 1, 1),
    ("maximum", None, 1, 1),
    ("maximum", [1], 1, 1),
    ("maximum", -0.0, 0, -0.0),
    ("maximum", 1, NAN, NAN),
    ("maximum", NAN, 1, NAN),
    ("maximum", 2**53 + 1, float(2**53), 2**53 + 1),
    ("minimum", 10, 30, 10),
    ("minimum", 30, 10, 10),
    ("minimum", 30, 30.0, 30),
    ("minimum", 30, 29.5, 29.5),
    ("minimum", "text", 1, 1),
    ("minimum", 1, NAN, NAN),
]


@pytest.mark.parametrize(("kind", "stored", "operand", "expected"), NUMERIC)
def test_numeric_transform_of_stored_value(
    raw: Any, kind: str, stored: Any, operand: Any, expected: Any
) -> None:
    raw.commit(raw.write("c/a", {"x": stored}))
    answer = raw.commit(raw.write("c/a", {}, mask=[], transforms=[raw.transform("x", **{kind: operand})]))
    result = answer.write_results[0].transform_results[0]
    value = raw.fields("c/a")["x"]
    assert (type(value), repr(value)) == (type(expected), repr(expected))
    assert result == raw.get("c/a").fields["x"] or math.isnan(expected)


@pytest.mark.parametrize("kind", ["increment", "maximum", "minimum"])
def test_numeric_transform_of_missing_field_sets_it(raw: Any, kind: str) -> None:
    raw.commit(raw.write("c/a", {}, mask=[], transforms=[raw.transform("m.x", **{kind: 3})]))
    assert raw.fields("c/a") == {"m": {"x": 3}}


@pytest.mark.parametrize("kind", ["increment", "maximum", "minimum"])
def test_numeric_transform_with_text_refused(raw: Any, kind: str) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        raw.commit(raw.write("c/a", {}, transforms=[raw.transform("x", **{kind: "text"})]))
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


ARRAYS = [
    ("append_missing_elements", [1], [1.0, 2], [1, 2]),
    ("append_missing_elements", [{"id": 1, "at": None}], [{"at": None, "id": 1.0}], [{"id": 1, "at": None}]),
    ("append_missing_elements", [], ["a", "b", "a"], ["a", "b"]),
    ("append_missing_elements", [None, True], [None, False], [None, True, False]),
    ("append_missing_elements", [0], [-0.0], [0]),
    ("append_missing_elements", ["1"], [1], ["1", 1]),
    ("append_missing_elements", "text", ["a"], ["a"]),
    ("append_missing_elements", "text", [], []),
    ("remove_all_from_array", [1, 2, 1.0, "a"], [1], [2, "a"]),
    ("remove_all_from_array", [None, "a", None], [None], ["a"]),
    ("remove_all_from_array", "text", [1], []),
]


@pytest.mark.parametrize(("kind", "stored", "elements", "expected"), ARRAYS)
def test_array_transform_of_stored_value(
    raw: Any, kind: str, stored: Any, elements: list[Any], expected: list[Any]
) -> None:
    raw.commit(raw.write("c/a", {"x": stored}))
    answer = raw.commit(raw.write("c/a", {}, mask=[], transforms=[raw.transform("x", **{kind: elements})]))
    assert raw.fields("c/a") == {"x": expected}
    assert "null_value" in answer.write_results[0].transform_results[0]


def test_not_a_number_equals_itself_in_arrays(raw: Any) -> None:
    raw.commit(raw.write("c/a", {"x": [NAN]}))
    raw.commit(raw.write("c/a", {}, mask=[], transforms=[raw.transform("x", append_missing_elements=[NAN])]))
    assert len(raw.fields("c/a")["x"]) == 1


def test_request_time_is_one_time_in_milliseconds(raw: Any) -> None:
    transforms = [raw.server_time("x"), raw.server_time("m.y")]
    answer = raw.commit(
        raw.write("c/a", {}, transforms=transforms), raw.write("c/b", {}, transforms=transforms[:1])
    )
    first, second = raw.fields("c/a"), raw.fields("c/b")
    assert first["x"] == first["m"]["y"] == second["x"]
    assert first["x"].nanosecond % 1_000_000 == 0
    assert first["x"] <= answer.commit_time


def test_transforms_come_after_the_update_and_in_order(raw: Any) -> None:
    transforms = [raw.transform("x", increment=1), raw.transform("x", maximum=5)]
    answer = raw.commit(raw.write("c/a", {"x": 3, "y": 1}, transforms=transforms))
    assert raw.fields("c/a") == {"x": 5, "y": 1}
    assert [value.integer_value for value in answer.write_results[0].transform_results] == [4, 5]


def test_transform_of_field_and_of_one_inside_refused(raw: Any) -> None:
    transforms = [raw.transform("m", increment=1), raw.transform("m.x", increment=1)]
    with pytest.raises(grpc.RpcError) as refused:
        raw.commit(raw.write("c/a", {}, transforms=transforms))
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def test_more_than_500_transforms_refused(raw_embedded: Any) -> None:
    # Google's emulator accepts any number; production refuses (quotas: 500 per document).
    transforms = [raw_embedded.transform(f"x{number}", increment=1) for number in range(501)]
    with pytest.raises(grpc.RpcError, match="more than 500") as refused:
        raw_embedded.commit(raw_embedded.write("c/a", {}, transforms=transforms))
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
