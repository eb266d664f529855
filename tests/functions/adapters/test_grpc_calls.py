"""One call: repeated while that helps and time is left, and every end translated."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from tests.functions.adapters.scripted_service import (
    PublishRequest,
    PublishResponse,
    ScriptedMethod,
    confirm_messages,
    publisher_service,
    serving,
)

from rbm_ledger.adapters.grpc_calls import call_service, translate_code
from rbm_ledger.domain.errors import NotConfirmed, Refused
from rbm_ops.ports import find_free_port

Code = grpc.StatusCode
TRANSIENT = (
    Code.UNAVAILABLE,
    Code.ABORTED,
    Code.CANCELLED,
    Code.INTERNAL,
    Code.UNKNOWN,
    Code.RESOURCE_EXHAUSTED,
)
REFUSALS = (Code.INVALID_ARGUMENT, Code.FAILED_PRECONDITION, Code.OUT_OF_RANGE)
FINAL = tuple(code for code in Code if code not in (Code.OK, *TRANSIENT, *REFUSALS))
REQUEST = PublishRequest(topic="projects/p/topics/rbm-events", messages=[{"data": b"one"}])
METADATA = (("x-goog-request-params", "topic=t"),)


@pytest.fixture
def publish() -> ScriptedMethod:
    return ScriptedMethod(confirm_messages)


@pytest.fixture
async def call(publish: ScriptedMethod) -> AsyncIterator[Any]:
    """The method of a real connection to a scripted service."""
    async with serving(publisher_service(publish)) as host, grpc.aio.insecure_channel(host) as channel:
        yield channel.unary_unary(
            "/google.pubsub.v1.Publisher/Publish",
            request_serializer=PublishRequest.SerializeToString,
            response_deserializer=PublishResponse.FromString,
        )


async def call_once(call: Any, *, timeout_seconds: float = 10) -> Any:
    return await call_service(call, REQUEST, timeout_seconds=timeout_seconds, metadata=METADATA)


async def test_answer_comes_back_and_request_and_metadata_arrive(call: Any, publish: ScriptedMethod) -> None:
    assert list((await call_once(call)).message_ids) == ["one"]
    assert publish.requests == [REQUEST]
    assert publish.metadata[0]["x-goog-request-params"] == "topic=t"


@pytest.mark.parametrize("code", TRANSIENT, ids=lambda code: code.name)
async def test_transient_failure_is_repeated(
    call: Any, publish: ScriptedMethod, code: grpc.StatusCode
) -> None:
    publish.failures = [code, code]
    assert list((await call_once(call)).message_ids) == ["one"]
    assert publish.requests == [REQUEST] * 3


@pytest.mark.parametrize("code", REFUSALS, ids=lambda code: code.name)
async def test_refusal_of_the_content_is_final_at_once(
    call: Any, publish: ScriptedMethod, code: grpc.StatusCode
) -> None:
    publish.failures = [code]
    with pytest.raises(Refused) as refused:
        await call_once(call)
    assert refused.value.reason == f"{code.name}: topic=t"
    assert len(publish.requests) == 1


@pytest.mark.parametrize("code", FINAL, ids=lambda code: code.name)
async def test_refusal_of_the_caller_or_address_is_final_but_not_the_contents_fault(
    call: Any, publish: ScriptedMethod, code: grpc.StatusCode
) -> None:
    publish.failures = [code]
    with pytest.raises(NotConfirmed) as error:
        await call_once(call)
    assert type(error.value) is NotConfirmed
    assert len(publish.requests) == 1


async def test_service_that_never_answers_is_given_up_when_the_time_is_up(
    call: Any, publish: ScriptedMethod
) -> None:
    publish.release.clear()
    with pytest.raises(NotConfirmed) as error:
        await call_once(call, timeout_seconds=0.2)
    assert error.value.reason.startswith("DEADLINE_EXCEEDED")
    assert len(publish.requests) == 1


async def test_service_that_stays_down_is_repeated_until_the_time_is_up(
    call: Any, publish: ScriptedMethod
) -> None:
    publish.failures = [Code.UNAVAILABLE] * 1000
    with pytest.raises(NotConfirmed) as error:
        await call_once(call, timeout_seconds=0.6)
    assert error.value.reason == "UNAVAILABLE: topic=t"
    assert 2 <= len(publish.requests) <= 8


async def test_no_call_is_made_once_the_time_is_up() -> None:
    timeouts: list[float] = []

    async def fail_late(_request: Any, *, timeout: float, metadata: Any) -> Any:
        timeouts.append(timeout)
        await asyncio.sleep(timeout * 0.95)
        raise grpc.aio.AioRpcError(Code.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata())

    with pytest.raises(NotConfirmed):
        await call_once(fail_late, timeout_seconds=0.2)
    assert len(timeouts) == 1


async def test_cancelled_caller_cancels_the_call(call: Any, publish: ScriptedMethod) -> None:
    publish.release.clear()
    caller = asyncio.create_task(call_once(call))
    await publish.wait_for_requests(1)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (Code.INVALID_ARGUMENT, Refused),
        (Code.ABORTED, NotConfirmed),
        (Code.UNAVAILABLE, NotConfirmed),
        (Code.PERMISSION_DENIED, NotConfirmed),
    ],
)
def test_status_that_stays_becomes_its_error(code: grpc.StatusCode, error: type[NotConfirmed]) -> None:
    translated = translate_code(code, "agents/a")
    assert type(translated) is error
    assert translated.reason == f"{code.name}: agents/a"


async def test_connection_that_nobody_takes_is_told_from_a_service_that_is_down() -> None:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{find_free_port()}") as channel:
        with pytest.raises(NotConfirmed) as error:
            await call_once(channel.unary_unary("/test.Echo/Call", PublishRequest.SerializeToString))
    assert error.value.reason == "UNAVAILABLE: topic=t: no connection"


@pytest.mark.parametrize("code", [code for code in Code if code is not Code.OK], ids=lambda code: code.name)
async def test_what_the_service_says_is_not_repeated(
    call: Any, publish: ScriptedMethod, code: grpc.StatusCode
) -> None:
    """It may quote what it was given."""
    publish.failures, publish.words = (
        [code] * 1000,
        'Invalid value, "Your balance is 1,234.56", of +4917612345678',
    )
    with pytest.raises(NotConfirmed) as error:
        await call_once(call, timeout_seconds=0.2)
    shown = f"{error.value} {error.value.reason}"
    assert "balance" not in shown
    assert "12345678" not in shown
