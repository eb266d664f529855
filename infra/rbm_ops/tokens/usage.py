"""What each token has verified, and whether it can be retired: pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rbm_ledger.domain.signature import fingerprint_token

TokensByWebhook = Mapping[str, Sequence[str]]

# Google repeats a delivery for 7 days (guides/integrate/webhooks, read 2026-04); the rest is margin.
LEAST_DAYS = 8


@dataclass(frozen=True, slots=True)
class Use:
    """`verified` None: not counted. `last_at` None: never, as far as was looked."""

    verified: int | None = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """By webhook and fingerprint, in the last `days`; `unknown` says why that is not known."""

    by_token: Mapping[tuple[str, str], Use]
    days: int = LEAST_DAYS
    unknown: str = ""

    def of(self, webhook: str, fingerprint: str) -> Use:
        return self.by_token.get((webhook, fingerprint), Use())


@dataclass(frozen=True, slots=True)
class Standing:
    """One token: never itself, only its fingerprint."""

    webhook: str
    fingerprint: str
    use: Use
    is_safe_to_retire: bool
    why: str


def judge_tokens(tokens: TokensByWebhook, usage: Usage, now: datetime) -> list[Standing]:
    """Newest first, as the secret lists them."""
    return [
        standing
        for webhook, listed in tokens.items()
        for standing in _judge_webhook(webhook, [fingerprint_token(token) for token in listed], usage, now)
    ]


def _judge_webhook(
    webhook: str, fingerprints: Sequence[str], usage: Usage, now: datetime
) -> Iterator[Standing]:
    for position, fingerprint in enumerate(fingerprints):
        use = usage.of(webhook, fingerprint)
        newer = [usage.of(webhook, other) for other in fingerprints[:position]]
        problem = (
            "the only token of its webhook" if len(fingerprints) == 1 else _doubt(use, newer, usage, now)
        )
        why = problem or f"safe to retire: a newer one verifies, this one nothing for {usage.days} days"
        yield Standing(webhook, fingerprint, use, not problem, why)


def _doubt(use: Use, newer: Sequence[Use], usage: Usage, now: datetime) -> str:
    """Why this token has to stay; empty: nothing speaks for it."""
    since = now - timedelta(days=usage.days)
    if use.last_at is not None and use.last_at >= since:
        return f"in use: verified an event in the last {usage.days} days"
    if usage.unknown:
        return f"not known: {usage.unknown}"
    if usage.days < LEAST_DAYS:
        return f"not known: Google repeats for 7 days, so look at {LEAST_DAYS} at least"
    if not newer:
        return "the newest, and not used yet: is it entered in the RBM console?"
    if not any(other.last_at is not None and other.last_at >= since for other in newer):
        return "not known: no newer token has verified anything"
    return ""
