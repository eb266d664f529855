"""The ledger's side: documents of many requests at a time, updates as they come, dead letters."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import grpc
from tests.faults.layout import AGENT_ID, Layout
from tests.faults.load import Request
from tests.faults.truth import Truth
from tests.faults.verdict import Kept

from rbm_ledger.domain.consent import describe_consent
from rbm_ledger.domain.json_bytes import decode_object
from rbm_ledger.domain.ledger import State, consent_path, conversation_path, message_path
from rbm_ops.documents import connect_firestore
from rbm_ops.local.addresses import PROJECT
from rbm_ops.local.pubsub_calls import AcknowledgeRequest, PullRequest, method_for
from rbm_ops.local.topology import CONSOLE_SUBSCRIPTIONS, DEAD_LETTERS, UPDATES

_BATCH = 300
_TIMEOUT_SECONDS = 60.0
_IDLE_SECONDS = 0.5
_RANKS = {state.label: state.value for state in State}


class Books:
    """`told_ranks`: the highest state that updates told of each message."""

    def __init__(self, layout: Layout, truth: Truth) -> None:
        self.told_ranks: dict[str, int] = defaultdict(lambda: -1)
        self.updates = 0
        self.dead_letters = 0
        self._layout = layout
        self._truth = truth
        self._client = connect_firestore(PROJECT, layout.hosts["firestore"])

    async def follow(self) -> None:
        """Pulls updates and dead letters until it is cancelled."""
        async with grpc.aio.insecure_channel(self._layout.hosts["pubsub"]) as channel:
            while True:
                with contextlib.suppress(grpc.aio.AioRpcError):  # the emulator is away now and then
                    if not await self._pull(channel):
                        await asyncio.sleep(_IDLE_SECONDS)
                    continue
                await asyncio.sleep(_IDLE_SECONDS)

    async def read(self, requests: Sequence[Request]) -> Mapping[int, Kept]:
        """By the request's number."""
        kept: dict[int, Kept] = {}
        for start in range(0, len(requests), _BATCH):
            kept |= await self._read_batch(requests[start : start + _BATCH])
        return kept

    async def count_spilled(self) -> Mapping[str, int]:
        """Deliveries that went to the second place, and those that still wait there."""
        spilled = [each.to_dict() or {} async for each in self._client.collection("spill").stream()]
        return {"spilled": len(spilled), "waiting": sum(each.get("drained", 0) == 0 for each in spilled)}

    async def _read_batch(self, requests: Sequence[Request]) -> Mapping[int, Kept]:
        paths: dict[str, tuple[str, ...]] = {}
        for request in requests:
            paths |= self._list_paths(request)
        references = [self._client.document(*path) for path in paths.values()]
        names = {reference.path: name for reference, name in zip(references, paths, strict=True)}
        found = {
            names[snapshot.reference.path]: snapshot.to_dict()
            async for snapshot in self._client.get_all(references, timeout=_TIMEOUT_SECONDS)
            if snapshot.exists
        }
        return {request.number: self._gather(request, found) for request in requests}

    def _list_paths(self, request: Request) -> Mapping[str, tuple[str, ...]]:
        conversation = conversation_path(AGENT_ID, request.phone_number)
        paths = {f"{request.number}/message": message_path(AGENT_ID, request.message_id)}
        for message_id in self._truth.user_messages.get(request.phone_number, ()):
            paths[f"{request.number}/{message_id}"] = (*conversation, "userMessages", message_id)
        if request.phone_number in self._truth.opted_out:
            paths[f"{request.number}/consent"] = consent_path(AGENT_ID, "", request.phone_number)
        return paths

    def _gather(self, request: Request, found: Mapping[str, Any]) -> Kept:
        message_ids = self._truth.user_messages.get(request.phone_number, ())
        return Kept(
            message=found.get(f"{request.number}/message"),
            user_messages={
                each: found[f"{request.number}/{each}"].get("kind", "")
                for each in message_ids
                if f"{request.number}/{each}" in found
            },
            opted_out="optedOutAtMs" in describe_consent(found.get(f"{request.number}/consent", {})),
            told_rank=self.told_ranks[request.message_id],
        )

    async def _pull(self, channel: Any) -> int:
        pulled = 0
        for name, topic in CONSOLE_SUBSCRIPTIONS.items():
            subscription = f"projects/{PROJECT}/subscriptions/{name}"
            request = PullRequest(subscription=subscription, max_messages=1000, return_immediately=True)
            answer = await method_for(channel, PullRequest)(request, timeout=_TIMEOUT_SECONDS)
            for received in answer.received_messages:
                self._note(topic, received.message)
            ack_ids = [received.ack_id for received in answer.received_messages]
            if ack_ids:
                acknowledge = AcknowledgeRequest(subscription=subscription, ack_ids=ack_ids)
                await method_for(channel, AcknowledgeRequest)(acknowledge, timeout=_TIMEOUT_SECONDS)
            pulled += len(ack_ids)
        return pulled

    def _note(self, topic: str, message: Any) -> None:
        if topic == DEAD_LETTERS:
            self.dead_letters += 1
        if topic != UPDATES:
            return
        self.updates += 1
        update = decode_object(message.data)
        if update.get("kind") == "message":
            message_id = str(update["messageId"])
            rank = _RANKS.get(str(update.get("state")), -1)
            self.told_ranks[message_id] = max(self.told_ranks[message_id], rank)
