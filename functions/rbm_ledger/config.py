"""The settings of each function: read once from a mapping, every fault reported together."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from rbm_ledger.domain.consent import Keywords
from rbm_ledger.domain.policies import AgentPolicies
from rbm_ledger.environment import Environment, is_loopback

Settings = TypeVar("Settings")
TokensByWebhook = Mapping[str, tuple[str, ...]]

_RBM_API_ENDPOINT = "https://rcsbusinessmessaging.googleapis.com"
# An authentic payload that nobody understands has to fit into one document of 1 MiB.
_MAX_MAX_BODY_BYTES = 1_300_000
# With the 4 s that the write may take, Google still gets its answer when it would without the spill.
_MAX_SPILL_AFTER_SECONDS = 4


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where Google's services answer; an emulator's host is empty in production."""

    project: str
    pubsub_emulator_host: str
    firestore_emulator_host: str


@dataclass(frozen=True, slots=True)
class SpillSettings:
    """Where `webhook` puts an event that was not published `after_seconds`."""

    firestore_database: str
    after_seconds: float


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Exactly one of `client_tokens` and `client_tokens_file` is there. `spill` None: nothing is spilled."""

    cloud: Cloud
    events_topic: str
    client_tokens: TokensByWebhook | None
    client_tokens_file: Path | None
    publish_timeout_seconds: float
    max_body_bytes: int
    spill: SpillSettings | None

    @property
    def publish_limit_seconds(self) -> float:
        """How long a publish may take; where events are spilled, Google has to hear of the rest in time."""
        limit_seconds = self.publish_timeout_seconds
        return min(limit_seconds, self.spill.after_seconds) if self.spill else limit_seconds


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """What `correlate` and `send` share: the documents, and the updates (`updates_topic` empty: none)."""

    cloud: Cloud
    firestore_database: str
    updates_topic: str
    retention: timedelta
    store_content: bool


@dataclass(frozen=True, slots=True)
class CorrelateSettings:
    """`events_topic`: where the drain publishes what `webhook` has spilled; empty: there is no drain."""

    ledger: LedgerSettings
    events_topic: str
    agents: AgentPolicies
    keywords: Keywords


@dataclass(frozen=True, slots=True)
class SendSettings:
    """Without a credentials file the ambient identity calls the platform.

    `send_requests_topic`: where a request to many is split to; empty: such requests are refused.
    """

    ledger: LedgerSettings
    send_requests_topic: str
    max_delivery_attempts: int
    capability_max_age: timedelta
    rbm_api_endpoint: str
    rbm_credentials_file: Path | None
    rbm_timeout_seconds: float
    agents: AgentPolicies

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.rbm_api_endpoint)


def read_webhook_settings(environ: Mapping[str, str]) -> WebhookSettings:
    return _read(environ, _webhook_settings)


def read_correlate_settings(environ: Mapping[str, str]) -> CorrelateSettings:
    return _read(environ, _correlate_settings)


def read_send_settings(environ: Mapping[str, str]) -> SendSettings:
    return _read(environ, _send_settings)


def parse_client_tokens(text: str) -> TokensByWebhook:
    """Webhook name → its tokens, newest first, from `{"": ["token", …], "agent": [...]}`; ValueError else."""
    try:
        webhooks = json.loads(text, object_pairs_hook=tuple)  # a dict would drop the first of two of a name
    except (ValueError, RecursionError):
        raise ValueError("must be JSON") from None
    if not isinstance(webhooks, tuple) or not webhooks:
        raise ValueError("must be an object: webhook name → list of tokens")
    for number, (_, tokens) in enumerate(webhooks, start=1):  # a token is easily put where a name belongs
        if not isinstance(tokens, list) or not tokens:
            raise ValueError(f"webhook number {number} needs a list of at least one token")
        if not all(isinstance(token, str) and token for token in tokens):
            raise ValueError(f"webhook number {number} has a token that is empty or not a text")
    by_webhook = {name.strip("/"): tuple(tokens) for name, tokens in webhooks}
    if len(by_webhook) < len(webhooks):
        raise ValueError("names a webhook twice; slashes around a name are no part of it")
    return by_webhook


def _read(environ: Mapping[str, str], read: Callable[[Environment], Settings]) -> Settings:
    environment = Environment(environ)
    settings = read(environment)
    environment.raise_faults()
    return settings


def _cloud(environment: Environment) -> Cloud:
    return Cloud(
        project=environment.text("GOOGLE_CLOUD_PROJECT"),
        pubsub_emulator_host=environment.text("PUBSUB_EMULATOR_HOST", ""),
        firestore_emulator_host=environment.text("FIRESTORE_EMULATOR_HOST", ""),
    )


def _webhook_settings(environment: Environment) -> WebhookSettings:
    settings = WebhookSettings(
        cloud=_cloud(environment),
        events_topic=environment.topic("RBM_EVENTS_TOPIC"),
        client_tokens=_client_tokens(environment),
        client_tokens_file=environment.file("RBM_CLIENT_TOKENS_FILE"),
        publish_timeout_seconds=environment.number("PUBLISH_TIMEOUT_SECONDS", 8, at_least=0.1, at_most=600),
        max_body_bytes=int(
            environment.number("MAX_BODY_BYTES", 1_048_576, at_least=1024, at_most=_MAX_MAX_BODY_BYTES)
        ),
        spill=_spill_settings(environment),
    )
    if (settings.client_tokens is None) == (settings.client_tokens_file is None):
        environment.refuse("RBM_CLIENT_TOKENS, RBM_CLIENT_TOKENS_FILE", "exactly one of them must be set")
    elif settings.client_tokens_file is not None and os.path.isfile(settings.client_tokens_file):
        _check_tokens_file(environment, settings.client_tokens_file)
    return settings


def _spill_settings(environment: Environment) -> SpillSettings | None:
    """Wrong ones are told though nothing is spilled."""
    is_on = environment.flag("SPILL", default=False)
    settings = SpillSettings(
        firestore_database=environment.text("FIRESTORE_DATABASE", "(default)"),
        after_seconds=environment.number(
            "SPILL_AFTER_SECONDS", 3, at_least=0.1, at_most=_MAX_SPILL_AFTER_SECONDS
        ),
    )
    return settings if is_on else None


def _client_tokens(environment: Environment) -> TokensByWebhook | None:
    value = environment.text("RBM_CLIENT_TOKENS", "")
    if not value:
        return None
    try:
        return parse_client_tokens(value)
    except ValueError as error:
        environment.refuse("RBM_CLIENT_TOKENS", str(error))
        return {}


def _check_tokens_file(environment: Environment, file: Path) -> None:
    try:
        parse_client_tokens(file.read_text())
    except (OSError, ValueError) as error:
        environment.refuse("RBM_CLIENT_TOKENS_FILE", str(error))


def _ledger_settings(environment: Environment) -> LedgerSettings:
    days = environment.number("RETENTION_DAYS", 90, at_least=1, at_most=3650)
    return LedgerSettings(
        cloud=_cloud(environment),
        firestore_database=environment.text("FIRESTORE_DATABASE", "(default)"),
        updates_topic=environment.topic("RBM_UPDATES_TOPIC", ""),
        retention=timedelta(days=days),
        store_content=environment.flag("STORE_CONTENT", default=True),
    )


def _correlate_settings(environment: Environment) -> CorrelateSettings:
    return CorrelateSettings(
        ledger=_ledger_settings(environment),
        events_topic=environment.topic("RBM_EVENTS_TOPIC", ""),
        agents=environment.agents("RBM_AGENTS"),
        keywords=Keywords(
            opt_out=frozenset(environment.names("RBM_OPT_OUT_KEYWORDS")),
            opt_in=frozenset(environment.names("RBM_OPT_IN_KEYWORDS")),
        ),
    )


def _send_settings(environment: Environment) -> SendSettings:
    max_age_seconds = environment.number("CAPABILITY_MAX_AGE_SECONDS", 86400, at_least=0, at_most=2_678_400)
    return SendSettings(
        ledger=_ledger_settings(environment),
        send_requests_topic=environment.topic("RBM_SEND_REQUESTS_TOPIC", ""),
        max_delivery_attempts=int(environment.number("MAX_DELIVERY_ATTEMPTS", 10, at_least=1, at_most=100)),
        capability_max_age=timedelta(seconds=max_age_seconds),
        rbm_api_endpoint=environment.endpoint("RBM_API_ENDPOINT", _RBM_API_ENDPOINT),
        rbm_credentials_file=environment.file("RBM_CREDENTIALS_FILE"),
        rbm_timeout_seconds=environment.number("RBM_TIMEOUT_SECONDS", 10, at_least=0.1, at_most=300),
        agents=environment.agents("RBM_AGENTS"),
    )
