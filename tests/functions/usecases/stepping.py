"""Use cases stopped at their steps: killed there, or interleaved with each other."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rbm_ledger.domain.ledger import DocumentPath, Merge, Query, Reached, Record
from rbm_ledger.domain.outcomes import Answer
from rbm_ledger.domain.platform_calls import PlatformCall
from rbm_ledger.usecases.ports import Ledger, Publisher, RbmApi

Result = TypeVar("Result")


class Killed(BaseException):
    """The process is gone; nothing in it can catch that."""


@dataclass
class Steps:
    """Before and after everything that the world hears of there is a step; `kill_at` is the last one."""

    kill_at: int | None = None
    taken: int = 0

    async def pass_one(self) -> None:
        self.taken += 1
        if self.taken == self.kill_at:
            raise Killed
        await asyncio.sleep(0)

    async def surround(self, call: Callable[[], Awaitable[Result]]) -> Result:
        await self.pass_one()
        result = await call()
        await self.pass_one()
        return result


@dataclass
class SteppedLedger:
    ledger: Ledger
    steps: Steps

    async def merge(self, merge: Merge) -> Reached:
        return await self.steps.surround(lambda: self.ledger.merge(merge))

    async def read(self, document: DocumentPath) -> Record | None:
        return await self.steps.surround(lambda: self.ledger.read(document))

    async def find(self, query: Query) -> Sequence[Record]:
        return await self.steps.surround(lambda: self.ledger.find(query))


@dataclass
class SteppedPublisher:
    publisher: Publisher
    steps: Steps

    async def publish(self, data: bytes, attributes: Mapping[str, str]) -> str:
        return await self.steps.surround(lambda: self.publisher.publish(data, attributes))


@dataclass
class SteppedRbmApi:
    api: RbmApi
    steps: Steps

    async def call(self, call: PlatformCall) -> Answer:
        return await self.steps.surround(lambda: self.api.call(call))


@dataclass
class Platform:
    """Takes each message once; a repeat of its id is answered 200 and ignored. Revokes what it took.

    Where it `refuses` messages, with which status.
    """

    messages: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)
    refuses: int = 0

    async def call(self, call: PlatformCall) -> Answer:
        if call.method == "DELETE":
            known = self.messages.pop(call.path.rpartition("/")[2], None)
            return Answer(404 if known is None else 200)
        if not call.path.endswith("/agentMessages"):
            return Answer(200, body={"name": "files/1", "features": ["ACTION_DIAL"]})
        if self.refuses:
            return Answer(self.refuses)
        self.messages.setdefault(call.query["messageId"], call.body)
        return Answer(200, body={"sendTime": "2026-11-22T10:00:04Z"})
