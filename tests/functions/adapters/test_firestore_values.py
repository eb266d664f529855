"""Merges as Firestore's protocol spells them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbm_ledger.adapters.firestore_values import decode_value, encode_merge
from rbm_ledger.domain.ledger import Merge

NAME = "projects/rbm/databases/(default)/documents/agents/1"

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 63) - 1)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


def encode_field(value: Any) -> Any:
    return encode_merge(NAME, Merge(("agents", "1"), values={("field",): value})).update.fields["field"]


@settings(max_examples=150)
@given(values)
def test_every_value_survives_encoding_and_decoding(value: Any) -> None:
    assert decode_value(encode_field(value)) == value


@pytest.mark.parametrize(
    ("path", "spelled"),
    [
        (("stateRank",), "stateRank"),
        (("_private", "a1"), "_private.a1"),
        (("launchStateAtMs", "fi-rcs", "LAUNCHED"), "launchStateAtMs.`fi-rcs`.LAUNCHED"),
        (("two.parts",), "`two.parts`"),
        (("back`tick",), "`back\\`tick`"),
        (("back\\slash",), "`back\\\\slash`"),
        (("1st",), "`1st`"),
        (("ü",), "`ü`"),
        (("line\n",), "`line\n`"),
    ],
)
def test_field_path_is_quoted_where_it_is_no_simple_name(path: tuple[str, ...], spelled: str) -> None:
    write = encode_merge(NAME, Merge(("agents", "1"), {path: 1}, {path: 1}, {path: (1,)}))
    assert list(write.update_mask.field_paths) == [spelled]
    assert [transform.field_path for transform in write.update_transforms] == [spelled, spelled]


def test_write_without_values_has_an_empty_mask_so_that_it_replaces_nothing() -> None:
    write = encode_merge(NAME, Merge(("agents", "1"), maxima={("stateRank",): 1}))
    assert write.HasField("update_mask")
    assert not write.HasField("current_document")


@pytest.mark.parametrize("value", [object(), {1, 2}, 1j, [datetime], {"a": object()}], ids=repr)
def test_value_of_another_type_is_a_type_error(value: Any) -> None:
    with pytest.raises(TypeError, match="a document can't hold"):
        encode_field(value)
