"""For other Python services: ask for messages, read what became of them, hear of it.

Contents and requests are plain JSON under types; every limit is checked, by the tables that `send` uses,
before anything is published. Google's libraries are loaded only once a LedgerClient is made.
"""

from rbm_ledger.client.contents import (
    Content,
    Media,
    Suggestion,
    calendar_event,
    card,
    carousel,
    dial,
    file,
    media,
    open_url,
    reply,
    share_location,
    text,
    uploaded_file,
    uploaded_media,
    view_location,
)
from rbm_ledger.client.ledger_client import LedgerClient
from rbm_ledger.client.records import Capability, MessageRecord
from rbm_ledger.client.requests import (
    BulkRequest,
    Fallback,
    Recipient,
    Request,
    agent_event,
    bulk,
    capability,
    consent,
    file_upload,
    message,
    message_id_of,
    message_ids_of,
    revoke,
)
from rbm_ledger.client.updates import MalformedUpdate, Update, UpdateKind, parse_update
from rbm_ledger.domain.errors import Fault, NotConfirmed
from rbm_ledger.domain.fallback import FallbackReason
from rbm_ledger.domain.ledger import State
from rbm_ledger.domain.requests import InvalidRequest

__all__ = [
    "BulkRequest",
    "Capability",
    "Content",
    "Fallback",
    "FallbackReason",
    "Fault",
    "InvalidRequest",
    "LedgerClient",
    "MalformedUpdate",
    "Media",
    "MessageRecord",
    "NotConfirmed",
    "Recipient",
    "Request",
    "State",
    "Suggestion",
    "Update",
    "UpdateKind",
    "agent_event",
    "bulk",
    "calendar_event",
    "capability",
    "card",
    "carousel",
    "consent",
    "dial",
    "file",
    "file_upload",
    "media",
    "message",
    "message_id_of",
    "message_ids_of",
    "open_url",
    "parse_update",
    "reply",
    "revoke",
    "share_location",
    "text",
    "uploaded_file",
    "uploaded_media",
    "view_location",
]
