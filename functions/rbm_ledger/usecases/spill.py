"""Where an event goes: to its topic, or, while that takes none, into the documents, for the drain to publish.

    publish ─▶ confirmed: 200
       └─ not in time ─▶ spill ─▶ confirmed: 200, drained later
                            └─ not in time: 503, and Google calls again

A publish that was not confirmed may have succeeded all the same, and the drain publishes the event a second
time: repeats change nothing (eventKey, and merges that commute).
"""

import asyncio
from collections.abc import Callable, Mapping

from rbm_ledger.domain.errors import NotConfirmed, Refused
from rbm_ledger.domain.ledger import stamp
from rbm_ledger.domain.spilling import merge_spilled
from rbm_ledger.usecases.ports import Clock, Ledger, Publisher

# Many times what a publish takes, and short enough for an instance to keep up with Google meanwhile.
_PATIENCE_SECONDS = 0.25


class Spill:
    """Lives in one event loop. `connect_ledger` is called for the first event that is spilled, and for each.

    While the last publish to end has failed, an event waits for its own `patience_seconds` only. It is tried
    all the same, and the first that succeeds, late or not, ends that time.
    """

    def __init__(
        self,
        events: Publisher,
        connect_ledger: Callable[[], Ledger],
        clock: Clock,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self._events = events
        self._connect_ledger = connect_ledger
        self._clock = clock
        self._patience_seconds = patience_seconds
        self._is_away = False
        self._publishing: set[asyncio.Task[str]] = set()  # the loop itself holds them but weakly

    async def hand_on(self, payload: bytes, attributes: Mapping[str, str]) -> str:
        """Why it was spilled, empty where it is published; raises NotConfirmed where it is neither."""
        publish = self._publish_briefly if self._is_away else self._publish
        try:
            await publish(payload, attributes)
        except NotConfirmed as error:
            await self._keep(payload, attributes, error.reason)
            return error.reason
        return ""

    async def _publish(self, payload: bytes, attributes: Mapping[str, str]) -> None:
        try:
            await self._events.publish(payload, attributes)
        except Refused:  # the topic answers, and this one event is at fault
            raise
        except NotConfirmed:
            self._is_away = True
            raise
        self._is_away = False

    async def _publish_briefly(self, payload: bytes, attributes: Mapping[str, str]) -> None:
        """Goes on by itself when the patience is over: its outcome says whether the topic is back."""
        publishing = asyncio.create_task(self._publish_for_outcome(payload, attributes))
        self._publishing.add(publishing)
        publishing.add_done_callback(self._forget)
        await asyncio.wait((publishing,), timeout=self._patience_seconds)
        if not publishing.done():
            raise NotConfirmed("the topic is away, and did not confirm at once")
        publishing.result()

    async def _publish_for_outcome(self, payload: bytes, attributes: Mapping[str, str]) -> str:
        message_id = await self._events.publish(payload, attributes)
        self._is_away = False
        return message_id

    def _forget(self, publishing: "asyncio.Task[str]") -> None:
        self._publishing.discard(publishing)
        if not publishing.cancelled():
            publishing.exception()  # else one that nobody waits for any more is reported as lost

    async def _keep(self, payload: bytes, attributes: Mapping[str, str], unpublished: str) -> None:
        merge = stamp(merge_spilled(payload, attributes), now=self._clock(), retention=None)
        try:
            await self._connect_ledger().merge(merge)
        except NotConfirmed as error:
            raise NotConfirmed(f"not published: {unpublished}; not spilled: {error.reason}") from error
