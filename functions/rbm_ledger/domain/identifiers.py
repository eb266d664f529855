"""Names of agents, messages and documents."""

import hashlib
import re
import uuid
from urllib.parse import quote

# Ours alone and for ever: message ids made from idempotency keys depend on it.
_MESSAGE_ID_NAMESPACE = uuid.UUID("7a1f3c52-9f0b-4c8e-8d52-6b0f4e1f2a90")
UUID_PATTERN = r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_AGENT_DOMAIN = "@rbm.goog"
# What Firestore reserves, and what marks a hash: no name can take the place of another's hash.
_RESERVED_DOCUMENT_ID = re.compile(r"\.{1,2}|__.*__|~.*", re.DOTALL)
_MAX_DOCUMENT_ID_BYTES = 400
# A phone makes ids; none that is known is half as long.
_MAX_NAME_BYTES = 256
# Most names: what is neither escaped nor reserved nor too long.
_PLAIN_DOCUMENT_ID = re.compile(r"[A-Za-z0-9+][A-Za-z0-9+_-]{0,399}")


def shorten_agent_id(agent_id: str) -> str:
    """`name` for `name@rbm.goog` and for `name` (rbm-platform, section 0, fact 19)."""
    return agent_id.removesuffix(_AGENT_DOMAIN)


def derive_message_id(agent_id: str, key: str) -> str:
    """The UUIDv5 of agent and key: the same on every repeat."""
    return str(uuid.uuid5(_MESSAGE_ID_NAMESPACE, f"{shorten_agent_id(agent_id)}/{key}"))


def parse_uuid(text: str) -> str | None:
    """The canonical lower-case form, or None. (`uuid.UUID` also takes `urn:`, blanks and underscores.)"""
    return text.lower() if re.fullmatch(UUID_PATTERN, text) else None


def name_shortly(name: str) -> str:
    """The name, or its digest where it is long: many of them fill no document."""
    encoded = name.encode()
    return name if len(encoded) <= _MAX_NAME_BYTES else f"sha256:{hashlib.sha256(encoded).hexdigest()}"


def make_document_id(name: str) -> str:
    """A Firestore document id for any name; names that are usable as they are stay readable.

    Ids hold no slash, are not `.`, `..` or `__…__` and have at most 1,500 bytes
    (cloud.google.com/firestore/quotas, read 2026-11).
    """
    if _PLAIN_DOCUMENT_ID.fullmatch(name):
        return name
    escaped = quote(name, safe="+@:=,;!$&'()* ", errors="surrogatepass")
    if not escaped or _RESERVED_DOCUMENT_ID.fullmatch(escaped) or len(escaped) > _MAX_DOCUMENT_ID_BYTES:
        return "~" + hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
    return escaped
