"""Whatever is sent to the control API, it answers with a refusal, never with a fault of its own."""

import asyncio
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rbm_ops.simulator.control.api import OPERATIONS
from rbm_ops.simulator.control.operation import Nothing, Operation

HEADERS = {"Content-Type": "application/json"}
WITH_BODY = [each for each in OPERATIONS if isinstance(each, Operation) and each.body is not Nothing]
NAMES = sorted(
    {name for each in WITH_BODY for name in each.example}
    | {"script", "steps", "event", "copies", "launches", "testers", "missingFeatures", "refusal", "content"}
)
RAW = {
    "empty": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "null": b"null",
    "no UTF-8": b'{"event": "\xff"}',
    "half a surrogate": b'{"event": {"agentId": "\\ud800"}}',
    "nested deep": b'{"event": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}",
    "too large": b'{"event": {"text": "' + b"x" * 2_000_000 + b'"}}',
    "not a number": b'{"seconds": NaN}',
    "out of range": b'{"seconds": 1e999}',
}

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(exclude_categories=["Cs"]))
    | st.sampled_from(["*", "+14155550107", "LAUNCHED", "hand", "text", "location", "open", "a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner),
    max_leaves=8,
)


def path_of(operation: Operation) -> str:
    return operation.path.format(phone="+4915155501234", agentId="growing-tree-bank")


@pytest.mark.parametrize("kind", RAW)
async def test_what_is_no_json_object_is_refused(business, kind: str) -> None:
    for operation in WITH_BODY:
        options = {"data": io.BytesIO(RAW[kind]), "headers": HEADERS}
        status, answer = await business.call(operation.method, path_of(operation), **options)
        assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT"), operation.path


async def test_members_of_any_kind_are_taken_or_refused(business, simulator, webhook) -> None:
    """The events that are taken go out, too: on the way nothing fails either."""
    loop_faults: list[dict] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: loop_faults.append(context))
    for operation in WITH_BODY:
        for body in sample_bodies(operation):
            status, answer = await business.call(
                operation.method, path_of(operation), data=json.dumps(body).encode(), headers=HEADERS
            )
            assert status in (200, 400, 403, 404), (operation.path, body, answer)
    await simulator.advance(3600)
    for what in (
        "phones",
        "conversations",
        "agents",
        "webhooks",
        "callbacks",
        "messages",
        "wire",
        "settings",
    ):
        assert (await business.call("GET", f"/control/{what}"))[0] == 200
    assert not loop_faults


def sample_bodies(operation: Operation) -> list[dict]:
    """The example with one member at a time replaced by anything, and bodies of any members."""
    bodies: list[dict] = []

    @settings(max_examples=25, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(sorted(operation.example)), values, st.dictionaries(st.sampled_from(NAMES), values)
    )
    def collect(name: str, value: object, members: dict) -> None:
        bodies.append({**operation.example, name: value})
        bodies.append(members)

    collect()
    return bodies


@pytest.mark.parametrize(
    "query", ["limit=1&limit=2", "limit=%00", "limit=" + "9" * 5000, "%FF=1", "limit=nan"]
)
async def test_any_query_is_answered(business, query: str) -> None:
    status, _ = await business.call("GET", f"/control/wire?{query}")
    assert status in (200, 400)
