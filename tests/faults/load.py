"""What is sent while things break: to phones of every fate, published or POSTed, some of it twice."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

import aiohttp
from tests.faults.layout import AGENT_ID, Layout

from rbm_ledger.adapters.pubsub import PubSubPublisher
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.domain.identifiers import derive_message_id
from rbm_ledger.domain.json_bytes import encode_compact
from rbm_ops.local.addresses import PROJECT
from rbm_ops.requests.publishing import connect_send_requests

# Endings of numbers (README, "The simulator"), and how many of a hundred requests go to one of each.
_WEIGHTS = {
    "5555": 40, "0101": 12, "0102": 4, "0103": 4, "0104": 5, "0105": 4, "0106": 5, "0107": 4, "0108": 4,
    "0109": 3, "0110": 2, "0111": 2, "0112": 3, "0113": 3, "0114": 1, "0115": 2, "0116": 2, "0117": 2,
    "0118": 2, "0119": 2,
}  # fmt: skip
_EXPIRING = frozenset({"0103", "0110", "0118"})
_TTL = "20s"
_PUBLISHED_RATIO, _REPEATED_RATIO = 0.75, 0.15
# What a POST may be answered that no repeat would change.
_FINAL_STATUSES = frozenset({200, 400, 403, 404, 409, 422})
_REPEAT_SECONDS = 0.5
_ANSWER_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Request:
    """One message that somebody wants sent, once."""

    number: int
    ending: str
    is_published: bool
    copies: int

    @property
    def key(self) -> str:
        return f"order-{self.number}"

    @property
    def phone_number(self) -> str:
        """Each request has a phone of its own."""
        return f"+1{200_000 + self.number}{self.ending}"

    @property
    def message_id(self) -> str:
        return derive_message_id(AGENT_ID, self.key)

    @property
    def expires(self) -> bool:
        return self.ending in _EXPIRING

    def encode(self) -> bytes:
        taps = {"suggestions": [{"reply": {"text": "Thanks", "postbackData": self.key}}]}
        return encode_compact(
            {
                "agentId": AGENT_ID,
                "phoneNumber": self.phone_number,
                "contentMessage": {"text": f"Order {self.number}", **(taps if self.ending == "0108" else {})},
                "messageTrafficType": "TRANSACTION",
                "idempotencyKey": self.key,
                "source": "faults",
                "clientReference": self.key,
                **({"trackTaps": True} if self.ending == "0108" else {}),
                **({"ttl": _TTL} if self.expires else {}),
            }
        )


def draw_request(number: int, dice: Random) -> Request:
    (ending,) = dice.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
    copies = 2 if dice.random() < _REPEATED_RATIO else 1
    return Request(number, ending, dice.random() < _PUBLISHED_RATIO, copies)


class Load:
    """Open loop: a request every so often, however long the others take. `requests`: all that were begun."""

    def __init__(self, layout: Layout, dice: Random, rate_per_second: float) -> None:
        self.requests: list[Request] = []
        self.posts = 0
        self._dice = dice
        self._wait_seconds = 1 / rate_per_second
        self._publisher: PubSubPublisher = connect_send_requests(PROJECT, layout.hosts["pubsub"])
        self._send_url = f"http://{layout.hosts['push-send']}/"
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until it is cancelled; then those that were begun are taken to their end by `finish`."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS))
        due = asyncio.get_running_loop().time()
        while True:
            due += self._wait_seconds
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
            request = draw_request(len(self.requests), self._dice)
            self.requests.append(request)
            for _ in range(request.copies):
                self._start(self._publish if request.is_published else self._post, request)

    async def finish(self, patience_seconds: float) -> None:
        """What is not settled by then is given up, and its document will tell."""
        if self._under_way:
            _, endless = await asyncio.wait(self._under_way, timeout=patience_seconds)
            for task in endless:
                task.cancel()
            await asyncio.gather(*endless, return_exceptions=True)
        await self._session.close()

    def _start(self, deliver: Callable[[Request], Awaitable[bool]], request: Request) -> None:
        task = asyncio.create_task(_repeat(deliver, request))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _publish(self, request: Request) -> bool:
        try:
            await self._publisher.publish(request.encode(), {})
        except NotConfirmed:
            return False
        return True

    async def _post(self, request: Request) -> bool:
        self.posts += 1
        try:
            async with self._session.post(self._send_url, data=request.encode()) as response:
                return response.status in _FINAL_STATUSES
        except (aiohttp.ClientError, TimeoutError):
            return False


async def _repeat(deliver: Callable[[Request], Awaitable[bool]], request: Request) -> None:
    """As who sends has to: again with the same key, until it is settled."""
    while not await deliver(request):  # noqa: ASYNC110 - it delivers, it does not look
        await asyncio.sleep(_REPEAT_SECONDS)
