"""The tokens with one more, or one less; refused is what would lock Google out."""

import json
import re
import secrets
import string
from collections.abc import Sequence

from rbm_ledger.domain.signature import fingerprint_token
from rbm_ops.tokens.holding import TokensByWebhook
from rbm_ops.tokens.usage import Standing

# guides/integrate/webhooks, read 2026-04: examples are 16 upper-case letters, and the operator may choose.
_LEAST_LENGTH = 16
_MADE_LENGTH = 32
_WEBHOOK = re.compile(r"[A-Za-z0-9_-]*")
_MAX_BYTES = 65_536  # cloud.google.com/secret-manager/quotas, read 2026-11


class Refusal(Exception):
    """It would lock Google out, or do nothing; the text has no token in it."""


def make_token() -> str:
    return "".join(secrets.choice(string.ascii_uppercase) for _ in range(_MADE_LENGTH))


def add_token(tokens: TokensByWebhook, webhook: str, token: str) -> TokensByWebhook:
    """In front of those that there are, which stay; raises Refusal."""
    if not _WEBHOOK.fullmatch(webhook):
        raise Refusal("The name of a webhook has letters, digits, hyphens and underscores.")
    if len(token) < _LEAST_LENGTH or not token.isascii() or not token.isprintable() or " " in token:
        raise Refusal(
            f"A token has at least {_LEAST_LENGTH} ASCII characters, and no blanks: easily guessed else."
        )
    if token in tokens.get(webhook, ()):
        raise Refusal(f"{describe(webhook)} has this token already, as {fingerprint_token(token)}.")
    added = {**tokens, webhook: (token, *tokens.get(webhook, ()))}
    if len(encode(added).encode()) > _MAX_BYTES:
        raise Refusal("A secret holds 64 KiB: retire a token first.")
    return added


def retire_token(
    tokens: TokensByWebhook, standings: Sequence[Standing], fingerprint: str, *, is_forced: bool
) -> tuple[TokensByWebhook, Standing]:
    """Raises Refusal."""
    found = [standing for standing in standings if standing.fingerprint == fingerprint]
    if len(found) != 1:
        raise Refusal(
            f"{fingerprint} is a token of {len(found)} webhooks: name one by --webhook."
            if found
            else f"There is no token {fingerprint}. See: rbm tokens status"
        )
    (standing,) = found
    left = tuple(t for t in tokens[standing.webhook] if fingerprint_token(t) != fingerprint)
    if not left:
        raise Refusal(
            f"{fingerprint} is the only token of {describe(standing.webhook)}: add another one first."
        )
    if not standing.is_safe_to_retire and not is_forced:
        raise Refusal(f"{fingerprint} is not safe to retire ({standing.why}). --force does it all the same.")
    return {**tokens, standing.webhook: left}, standing


def encode(tokens: TokensByWebhook) -> str:
    return json.dumps({webhook: list(listed) for webhook, listed in tokens.items()})


def describe(webhook: str) -> str:
    return f"webhook /{webhook}" if webhook else "the partner webhook"
