"""Is this call to the webhook Google's? The handshake, and the signature over a delivery.

Source: developers.google.com/business-communications/rcs-business-messaging/guides/integrate/webhooks,
read 2026-04: key = the client token as text, HMAC-SHA512 over the decoded bytes of `message.data`,
standard base64, header X-Goog-Signature. Nothing else in the body is signed.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from rbm_ledger.domain.errors import MalformedDelivery, NotJson
from rbm_ledger.domain.json_bytes import JsonObject, decode_base64, decode_object, is_utf8


@dataclass(frozen=True, slots=True)
class Handshake:
    """Google asks, unsigned, whether this address knows the token."""

    client_token: str
    secret: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a signature covers: the exact bytes of an event."""

    payload: bytes


def parse_webhook_body(body: bytes) -> Handshake | Delivery:
    """Takes the envelope apart without believing it; raises MalformedDelivery."""
    try:
        envelope = decode_object(body)
    except NotJson as error:
        raise MalformedDelivery(str(error)) from None
    if "message" in envelope:
        return Delivery(_decode_payload(envelope["message"]))
    return _read_handshake(envelope)


def sign(payload: bytes, token: str) -> str:
    """The value of X-Goog-Signature for these bytes."""
    return base64.b64encode(hmac.digest(_key(token), payload, "sha512")).decode()


def match_token(payload: bytes, signature: str, tokens: Sequence[str]) -> int | None:
    """The index of the token that signed these bytes, or None. An empty token signs nothing.

    The texts are compared, not the decoded digests: base64 has several spellings of the same bytes.
    """
    claimed = signature.encode(errors="surrogatepass")
    for index, token in enumerate(tokens):
        if token and hmac.compare_digest(sign(payload, token).encode(), claimed):
            return index
    return None


def fingerprint_token(token: str) -> str:
    """A name for it in logs and attributes, which stays when others are added before it.

    It tells who finds it nothing that helps: 32 bits of a hash, and a token has to be longer than guesses.
    """
    return hashlib.sha256(_key(token)).hexdigest()[:8]


def knows_token(handshake: Handshake, tokens: Sequence[str]) -> bool:
    claimed = _key(handshake.client_token)
    return any(token and hmac.compare_digest(_key(token), claimed) for token in tokens)


def _key(token: str) -> bytes:
    return token.encode(errors="surrogatepass")


def _decode_payload(message: object) -> bytes:
    payload = decode_base64(message.get("data")) if isinstance(message, dict) else None
    if payload is None:
        raise MalformedDelivery("The body has no text in standard base64 at message.data.")
    return payload


def _read_handshake(envelope: JsonObject) -> Handshake:
    token, secret = envelope.get("clientToken"), envelope.get("secret")
    if not isinstance(token, str) or not isinstance(secret, str) or not is_utf8(secret):
        raise MalformedDelivery(
            "The body is neither a delivery (message.data) nor a handshake (clientToken, secret)."
        )
    return Handshake(token, secret)
