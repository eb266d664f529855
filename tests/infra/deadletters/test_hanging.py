"""A Pub/Sub that hangs is no empty subscription."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
import pytest
from google.pubsub_v1.types import GetSubscriptionRequest, Subscription

from rbm_ledger.domain.errors import NotConfirmed
from rbm_ops.deadletters.subscription import KeptLetters

_SERVICE = "google.pubsub.v1.Subscriber"
_NAME = "projects/p/subscriptions/kept"

Answer = Callable[[Any, Any], Awaitable[Any]]


async def hang(_request: Any, _context: Any) -> Any:
    await asyncio.Event().wait()


async def answer(request: Any, _context: Any) -> Subscription:
    return Subscription(name=request.subscription)


async def deny(_request: Any, context: Any) -> Any:
    await context.abort(grpc.StatusCode.PERMISSION_DENIED, "pubsub.subscriptions.get")


@contextlib.asynccontextmanager
async def serving(get_subscription: Answer, *, timeout_seconds: float = 20) -> AsyncIterator[KeptLetters]:
    """No pull ends; the subscription is described so."""
    server = grpc.aio.server()
    described = grpc.unary_unary_rpc_method_handler(
        get_subscription, GetSubscriptionRequest.deserialize, Subscription.serialize
    )
    methods = {"Pull": grpc.unary_unary_rpc_method_handler(hang), "GetSubscription": described}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, methods),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield KeptLetters(channel, _NAME, "rbm", wait_seconds=0.2, timeout_seconds=timeout_seconds)
    finally:
        await server.stop(grace=None)


async def test_service_that_answers_nothing_at_all_is_not_taken_for_an_empty_one() -> None:
    async with serving(hang, timeout_seconds=0.2) as kept:
        with pytest.raises(NotConfirmed) as raised:
            await kept.pull(10)
    assert raised.value.reason.startswith("DEADLINE_EXCEEDED")


@pytest.mark.parametrize("get_subscription", [answer, deny])
async def test_service_that_waits_for_more_and_answers_else_has_none(get_subscription: Answer) -> None:
    async with serving(get_subscription) as kept:
        assert await kept.pull(10) == []
