"""What production refuses to store. Where a limit has a last good value, both sides of it are tested."""

from typing import Any

import grpc
import pytest
from google.cloud.firestore_v1 import types


def _nested(depth: int) -> Any:
    """A value inside `depth` maps."""
    value: Any = 1
    for _ in range(depth):
        value = {"m": value}
    return value


def _assert_refused(raw: Any, write: types.Write) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        raw.commit(write)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert refused.value.details()


BAD_PATHS = ["c", "c/a/b", "c//a", "c/a/", "c/.", "c/..", "c/__a__", "__c__/a", "c/" + "a" * 1501]


@pytest.mark.parametrize("path", BAD_PATHS, ids=lambda path: path[:10])
def test_bad_document_name_refused(raw: Any, path: str) -> None:
    _assert_refused(raw, raw.write(path, {"x": 1}))


GOOD_PATHS = ["c/__a", "c/...", "c/__id7__", "c/é ü", "c/" + "a" * 1500, "a/b/c/d/e/f"]


@pytest.mark.parametrize("path", GOOD_PATHS, ids=lambda path: path[:10])
def test_odd_but_good_document_name_accepted(raw: Any, path: str) -> None:
    raw.commit(raw.write(path, {"x": 1}))
    assert raw.fields(path) == {"x": 1}


BAD_FIELDS = [
    pytest.param({"": 1}, id="empty name"),
    pytest.param({"__x__": 1}, id="reserved name"),
    pytest.param({"a" * 1501: 1}, id="long name"),
    pytest.param({"m": {"": 1}}, id="empty name inside"),
    pytest.param({"m": {"__x__": 1}}, id="reserved name inside"),
    pytest.param({"a": [{"": 1}]}, id="empty name in an array"),
    pytest.param({"a": [[1]]}, id="array in array"),
    pytest.param({"m": _nested(21)}, id="21 maps deep"),
    pytest.param({"m": [_nested(20)]}, id="array and 20 maps deep"),
    pytest.param({"m": types.Value()}, id="no value"),
    pytest.param({"m": types.Value(timestamp_value={"seconds": 253402300800})}, id="year 10000"),
    pytest.param({"m": "a" * 600_000, "n": "a" * 600_000}, id="over 1 MiB"),
]


@pytest.mark.parametrize("fields", BAD_FIELDS)
def test_bad_fields_refused(raw: Any, fields: dict[str, Any]) -> None:
    _assert_refused(raw, raw.write("c/a", fields))


GOOD_FIELDS = [
    pytest.param({"__x": 1, "x__": 1, "a b": 1, "a.b": 1}, id="odd names"),
    pytest.param({"a" * 1500: 1}, id="name of 1500 bytes"),
    pytest.param({"a": [{"b": [1]}]}, id="array in map in array"),
    pytest.param({"m": _nested(20)}, id="20 maps deep"),
    pytest.param({"m": [_nested(19)]}, id="array and 19 maps deep"),
]


@pytest.mark.parametrize("fields", GOOD_FIELDS)
def test_odd_but_good_fields_accepted(raw: Any, fields: dict[str, Any]) -> None:
    raw.commit(raw.write("c/a", fields))
    assert raw.fields("c/a") == fields


def test_largest_document_fits_and_one_byte_more_does_not(raw: Any) -> None:
    # By cloud.google.com/firestore/docs/storage-size: 16 + "c" + "size" + 32; each name and text + 1.
    overhead_bytes = 16 + 2 + 5 + 32 + 4 * 2 + 1 + (8 + 8 + 1) + 1
    room = (1 << 20) - overhead_bytes - 500_000
    fields = {"x": "a" * 499_999, "n": [1, 1.5, None], "m": {}}
    raw.commit(raw.write("c/size", {**fields, "y": "a" * room}))
    _assert_refused(raw, raw.write("c/size", {**fields, "y": "a" * (room + 1)}))


BAD_FIELD_PATHS = ["", "a..b", "a.", "1a", "a-b", "é", "`a", "a b", "__x__", "`__x__`"]


@pytest.mark.parametrize("field_path", BAD_FIELD_PATHS)
def test_bad_field_path_in_mask_refused(raw: Any, field_path: str) -> None:
    _assert_refused(raw, raw.write("c/a", {"a": 1}, mask=[field_path]))


def test_timestamps_are_rounded_down_to_microseconds(raw: Any) -> None:
    def late(seconds: int) -> types.Value:
        return types.Value(timestamp_value={"seconds": seconds, "nanos": 999_999_999})

    transform = raw.transform("array", append_missing_elements=[late(7)])
    raw.commit(raw.write("c/a", {"x": late(5), "m": {"y": [late(-5)]}}, transforms=[transform]))
    fields = raw.fields("c/a")
    times = [fields["x"], fields["m"]["y"][0], fields["array"][0]]
    assert [time.nanosecond for time in times] == [999_999_000] * 3
    assert [time.timestamp() // 1 for time in times] == [5, -5, 7]


def test_array_appended_to_array_refused(raw_embedded: Any) -> None:
    # Google's emulator does not look into the elements of transforms.
    transform = raw_embedded.transform("x", append_missing_elements=[[1]])
    _assert_refused(raw_embedded, raw_embedded.write("c/a", {}, transforms=[transform]))


@pytest.mark.parametrize(("depth", "accepted"), [(20, True), (21, False)])
def test_depth_counts_in_transforms(raw_embedded: Any, depth: int, accepted: bool) -> None:
    # Google's emulator does not count the depth of transforms.
    transform = raw_embedded.transform(".".join(["m"] * (depth + 1)), increment=1)
    write = raw_embedded.write("c/a", {}, transforms=[transform])
    if accepted:
        raw_embedded.commit(write)
        assert raw_embedded.fields("c/a") == {"m": _nested(depth)}
    else:
        _assert_refused(raw_embedded, write)


def test_transform_of_the_name_refused(raw_embedded: Any) -> None:
    # Google's emulator stores a field __key__.
    transform = raw_embedded.transform("__name__", increment=1)
    _assert_refused(raw_embedded, raw_embedded.write("c/a", {}, transforms=[transform]))
