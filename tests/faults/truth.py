"""What the platform says of itself: the messages that it took, the events that it called back."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import aiohttp

_WAIT_SECONDS = 1.0
_TIMEOUT = aiohttp.ClientTimeout(total=120)


class WireLost(Exception):
    """The simulator forgot records before they were read: nothing can be said of the run."""


class Truth:
    """Follows the simulator's wire. `events` by message; `user_messages` by number, with their kinds."""

    def __init__(self, simulator: str) -> None:
        self.events: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self.user_messages: dict[str, dict[str, str]] = defaultdict(dict)
        self.opted_out: set[str] = set()
        self.tries = 0
        self.dropped = 0
        self._url = f"http://{simulator}/control"
        self._last = 0

    async def __aenter__(self) -> "Truth":
        self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def follow(self) -> None:
        """Until it is cancelled; raises WireLost."""
        while True:
            for record in await self._fetch():
                self._note(record)

    async def count_pending(self) -> int:
        """Callbacks that nobody has acknowledged yet."""
        return int((await self._ask("callbacks"))["pending"])

    async def list_accepted(self) -> Mapping[str, list[dict[str, Any]]]:
        """The messages that the platform took, by number; `creates`: how often it was asked to."""
        accepted: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for message in (await self._ask("messages", limit="100000"))["messages"]:
            accepted[message["phoneNumber"]].append(message)
        return accepted

    @property
    def event_count(self) -> int:
        return (
            sum(map(len, self.events.values()))
            + sum(map(len, self.user_messages.values()))
            + len(self.opted_out)
        )

    async def _fetch(self) -> list[dict[str, Any]]:
        answer = await self._ask("wire", after=str(self._last), limit="2000", waitSeconds=str(_WAIT_SECONDS))
        records: list[dict[str, Any]] = answer["records"]
        if records and records[0]["number"] != self._last + 1:
            raise WireLost(f"records {self._last + 1} to {records[0]['number'] - 1}")
        if records:
            self._last = records[-1]["number"]
        return records

    async def _ask(self, what: str, **parameters: str) -> Any:
        async with self._session.get(f"{self._url}/{what}", params=parameters) as response:
            return await response.json()

    def _note(self, record: Mapping[str, Any]) -> None:
        if record["kind"] != "callback":
            return
        self.tries += 1
        self.dropped += record["outcome"] == "dropped"
        event = record["event"]
        if "eventType" not in event:
            self.user_messages[event["senderPhoneNumber"]][event["messageId"]] = record["eventType"]
        elif event.get("messageId"):
            self.events[event["messageId"]].add((event["eventId"], event["eventType"]))
        elif event["eventType"] == "UNSUBSCRIBE":
            self.opted_out.add(event["senderPhoneNumber"])
