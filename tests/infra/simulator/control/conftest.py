"""A caller of the control API that holds every answer against the operation that promises it."""

import re

import msgspec
import pytest

from rbm_ops.simulator.control.api import OPERATIONS
from rbm_ops.simulator.control.operation import Operation


def find_operation(method: str, path: str) -> Operation:
    for operation in OPERATIONS:
        pattern = re.sub(r"\{\w+\}", "[^/]+", operation.path)
        if isinstance(operation, Operation) and operation.method == method and re.fullmatch(pattern, path):
            return operation
    raise LookupError(f"{method} {path}")


def check_answer(operation: Operation, status: int, answer: dict) -> None:
    """It has the documented shape, or is a documented refusal."""
    if status == 200:
        msgspec.convert(answer, operation.answer)
    else:
        assert answer["error"]["code"] == status
        assert answer["error"]["status"] in ("INVALID_ARGUMENT", *operation.errors)


@pytest.fixture
def control(business):
    """`await control("PATCH", "phones/+1…", {…})`: the status and the answer."""

    async def call(method: str, path: str, body: dict | None = None, **parameters: str) -> tuple[int, dict]:
        path = f"/control/{path}"
        status, answer = await business.call(method, path, json=body, params=parameters)
        check_answer(find_operation(method, path), status, answer)
        return status, answer

    return call


@pytest.fixture
def refusal(control):
    """The status and the message of a call that is refused."""

    async def call(*arguments, **parameters: str) -> tuple[str, str]:
        status, answer = await control(*arguments, **parameters)
        assert status != 200, answer
        return answer["error"]["status"], answer["error"]["message"]

    return call
