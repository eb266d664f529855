"""JSON from strangers, and what a document can hold of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.functions.domain.strategies import HOSTILE_BYTES, garbage, json_values, texts
from tests.support.storage_size import value_bytes

from rbm_ledger.domain.errors import NotJson
from rbm_ledger.domain.json_bytes import (
    MAX_STORED_DEPTH,
    decode_object,
    encode_canonical,
    encode_compact,
    is_utf8,
    storable,
)


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


def alternating(levels: int) -> Any:
    """Objects and arrays in turn, an object outermost."""
    value: Any = 1
    for level in range(levels, 0, -1):
        value = {"a": value} if level % 2 else [value]
    return value


@pytest.mark.parametrize("data", HOSTILE_BYTES.values(), ids=HOSTILE_BYTES)
def test_hostile_bytes_are_not_json(data: bytes) -> None:
    with pytest.raises(NotJson):
        decode_object(data)


@given(garbage)
def test_any_bytes_are_an_object_or_not_json(data: bytes) -> None:
    try:
        value = decode_object(data)
    except NotJson:
        return
    assert isinstance(value, dict)
    assert json.loads(data) == value


def test_error_never_repeats_the_bytes() -> None:
    with pytest.raises(NotJson) as raised:
        decode_object(b'{"password": "SECRET"')
    assert "SECRET" not in str(raised.value)


def test_nesting_is_taken_to_a_depth_that_nobody_needs() -> None:
    assert decode_object(json.dumps(nested(100)).encode()) == nested(100)


def test_many_shallow_members_are_not_deep() -> None:
    wide = {"list": [{} for _ in range(1000)], "text": "{[" * 1000}
    assert decode_object(json.dumps(wide).encode()) == wide


def test_lone_surrogates_and_big_integers_are_json() -> None:
    assert decode_object(b'{"text": "\\ud800", "n": 123456789012345678901234567890}') == {
        "text": "\ud800",
        "n": 123456789012345678901234567890,
    }


def test_encoding_is_compact_utf8() -> None:
    assert encode_compact({"text": "Grüße 😀", "n": [1, 2]}) == '{"text":"Grüße 😀","n":[1,2]}'.encode()


@pytest.mark.parametrize("encode", [encode_compact, encode_canonical])
def test_encoding_escapes_what_utf8_cannot_hold_and_no_more(encode: Callable[[object], bytes]) -> None:
    assert encode({"text": "Grüße \\\ud800 😀"}) == '{"text":"Grüße \\\\\\ud800 😀"}'.encode()


@given(json_values())
def test_encoded_value_is_read_back(value: Any) -> None:
    assert decode_object(encode_compact({"value": value})) == {"value": value}


@given(texts)
def test_text_is_utf8_unless_it_holds_a_surrogate(text: str) -> None:
    assert is_utf8(text) == (not any("\ud800" <= character <= "\udfff" for character in text))


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        None,
        {"a": [{"b": [1, 2.5, "x", True, None]}]},
        {"n": -(1 << 63), "m": (1 << 63) - 1},
        {"_": 1, "__x": 1, "x__": 1, "a.b": 1, "a`b": 1, "é": 1, "x" * 1500: 1},
        nested(MAX_STORED_DEPTH),
        alternating(MAX_STORED_DEPTH),
    ],
)
def test_what_a_document_can_hold_stays_as_it_is(value: object) -> None:
    assert storable(value) is value


@pytest.mark.parametrize(
    "value",
    [
        [[1]],
        {"a": [1, [2]]},
        {"n": 1 << 63},
        {"n": -(1 << 63) - 1},
        {"": 1},
        {"__x__": 1},
        {"a": [{"__name__": 1}]},
        {"x" * 1501: 1},
        {"é" * 751: 1},
        {"\ud800": 1},
        {"text": "\ud800"},
        nested(MAX_STORED_DEPTH + 1),
        alternating(MAX_STORED_DEPTH + 1),
    ],
)
def test_what_a_document_cannot_hold_becomes_its_json_text(value: object) -> None:
    kept = storable(value)
    assert isinstance(kept, str)
    assert is_utf8(kept)
    assert json.loads(kept) == value


@given(st.dictionaries(texts, json_values(), max_size=4))
def test_nothing_is_lost_by_storing(value: dict[str, Any]) -> None:
    kept = storable(value)
    assert (json.loads(kept) if isinstance(kept, str) else kept) == value


@pytest.mark.parametrize(
    "value",
    [
        {"n": [0] * 2000},
        {"n": [1.5] * 2000},
        {"more": [{"a": 1, "b": 2}] * 500, "text": "é" * 5000},
        [{"n": number % 10} for number in range(5000)],
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_would_take_more_room_than_its_json_text_becomes_that_text(value: Any) -> None:
    kept = storable(value)
    assert isinstance(kept, str)
    assert json.loads(kept) == value
    assert value_bytes(kept) < value_bytes(value)


@pytest.mark.parametrize(
    "value",
    [
        {"n": [0] * 100},
        {"n": [1 << 40] * 2000},
        {"text": "é" * 50_000},
        {"cards": [{"title": "Card", "n": 1}] * 1000},
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_small_or_takes_less_room_than_its_json_text_stays_as_it_is(value: object) -> None:
    assert storable(value) is value


@given(st.lists(json_values(), max_size=4), st.integers(1, 3000))
def test_nothing_large_takes_more_room_than_its_json_text(values: list[Any], times: int) -> None:
    value = {"many": values * times}
    assert value_bytes(storable(value)) <= max(4096, len(encode_compact(value)) + 1)
