"""Taps on suggestions that know their message (postbacks.py): what they say, and where that is written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rbm_ledger.domain.deadlines import ORPHAN_DUE, SHARD, orphan_deadline_ms, shard_of
from rbm_ledger.domain.events import UserMessage
from rbm_ledger.domain.identifiers import name_shortly
from rbm_ledger.domain.json_bytes import JsonObject, encode_compact, storable
from rbm_ledger.domain.ledger import Merge, message_path
from rbm_ledger.domain.postbacks import unwrap_postback

_CONTENT = ("postbackData", "text")
# Far above what a suggestion can say; what is longer stands with the user alone.
_MAX_BYTES = 16_000


def read_tap(event: UserMessage) -> tuple[str | None, JsonObject]:
    """The message whose suggestion was tapped, if it says so; the fields as the caller knows them."""
    response = event.fields.get("suggestionResponse")
    postback = response.get("postbackData") if isinstance(response, Mapping) else None
    if not isinstance(response, Mapping) or not isinstance(postback, str):
        return None, event.fields
    message_id, own = unwrap_postback(postback)
    if message_id is None:
        return None, event.fields
    return message_id, {**event.fields, "suggestionResponse": {**response, "postbackData": own}}


def merge_tap(
    event: UserMessage, received_at: datetime, send_time: Mapping[str, Any], *, store_content: bool
) -> tuple[Merge, ...]:
    """Beside the message that was tapped. It says nothing of that message itself: a tap is easily made up."""
    message_id, fields = read_tap(event)
    if message_id is None:
        return ()
    response = fields["suggestionResponse"]
    names = (*_CONTENT, "type") if store_content else ("type",)
    said = {name: storable(response[name]) for name in names if name in response}
    if len(encode_compact(said)) > _MAX_BYTES:
        said = {}
    element = {"messageId": name_shortly(event.message_id), **send_time, **said}
    return (
        Merge(
            message_path(event.agent_id, message_id),
            values={
                ("agentId",): event.agent_id,
                ("messageId",): message_id,
                SHARD: shard_of(message_id),
            },
            maxima={ORPHAN_DUE: orphan_deadline_ms(received_at)},
            unions={("taps",): (element,)},
        ),
    )
