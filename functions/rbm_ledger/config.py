"""The settings of each function: read once from a mapping, every fault reported together."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from rbm_ledger.domain.errors import Fault, InvalidSettings
from rbm_ledger.domain.identifiers import shorten_agent_id

Settings = TypeVar("Settings")
TokensByWebhook = Mapping[str, tuple[str, ...]]

# An authentic payload that nobody understands has to fit into one document of 1 MiB.
_MAX_MAX_BODY_BYTES = 1_300_000
_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where Google's services answer; an emulator's host is empty in production."""

    project: str
    pubsub_emulator_host: str
    firestore_emulator_host: str


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Exactly one of `client_tokens` and `client_tokens_file` is there."""

    cloud: Cloud
    events_topic: str
    client_tokens: TokensByWebhook | None
    client_tokens_file: Path | None
    publish_timeout_seconds: float
    max_body_bytes: int


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """What `correlate` and `send` share: the documents, and the updates (`updates_topic` empty: none)."""

    cloud: Cloud
    firestore_database: str
    updates_topic: str
    retention: timedelta
    store_content: bool


@dataclass(frozen=True, slots=True)
class SendSettings:
    """`agents` empty: all. Without a credentials file the ambient identity calls the platform."""

    ledger: LedgerSettings
    rbm_api_endpoint: str
    rbm_credentials_file: Path | None
    rbm_timeout_seconds: float
    agents: frozenset[str]

    @property
    def is_loopback(self) -> bool:
        return _split_address(self.rbm_api_endpoint)[1] in _LOOPBACK_HOSTS


def read_webhook_settings(environ: Mapping[str, str]) -> WebhookSettings:
    return _read(environ, _webhook_settings)


def read_correlate_settings(environ: Mapping[str, str]) -> LedgerSettings:
    return _read(environ, _ledger_settings)


def read_send_settings(environ: Mapping[str, str]) -> SendSettings:
    return _read(environ, _send_settings)


def parse_client_tokens(text: str) -> TokensByWebhook:
    """Webhook name → its tokens, newest first, from `{"": ["token", …], "agent": [...]}`; ValueError else."""
    try:
        webhooks = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("must be JSON") from None
    if not isinstance(webhooks, dict) or not webhooks:
        raise ValueError("must be an object: webhook name → list of tokens")
    for number, tokens in enumerate(webhooks.values(), start=1):  # a token is easily put where a name belongs
        if not isinstance(tokens, list) or not tokens:
            raise ValueError(f"webhook number {number} needs a list of at least one token")
        if not all(isinstance(token, str) and token for token in tokens):
            raise ValueError(f"webhook number {number} has a token that is empty or not a text")
    return {name.strip("/"): tuple(tokens) for name, tokens in webhooks.items()}


class _Environment:
    """Reads setting by setting and remembers every fault."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.faults: list[Fault] = []

    def text(self, name: str, default: str | None = None) -> str:
        value = self._environ.get(name, "").strip()
        if value or default is not None:
            return value or default or ""
        self.refuse(name, "is not set")
        return ""

    def number(self, name: str, default: float, *, at_least: float, at_most: float) -> float:
        value = self.text(name, str(default))
        try:
            number = float(value)
        except ValueError:
            number = at_least - 1
        if not at_least <= number <= at_most:
            self.refuse(name, f"must be a number from {at_least:.9g} to {at_most:.9g}, not {value!r}")
            return default
        return number

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.text(name, str(default)).lower()
        if value not in ("true", "false"):
            self.refuse(name, f"must be true or false, not {value!r}")
        return value == "true"

    def file(self, name: str) -> Path | None:
        """Never repeats the value: a secret is easily put where its path belongs."""
        value = self.text(name, "")
        if value and not os.path.isfile(value):  # `Path.is_file` raises for what is too long for a path
            self.refuse(name, "must be the path of a file that is there")
        return Path(value) if value else None

    def topic(self, name: str, default: str | None = None) -> str:
        """The full name of a topic, from a full or a short one."""
        value = self.text(name, default)
        project = self._environ.get("GOOGLE_CLOUD_PROJECT", "").strip()
        return value if "/" in value or not value else f"projects/{project}/topics/{value}"

    def refuse(self, name: str, problem: str) -> None:
        self.faults.append(Fault(name, problem))


def _read(environ: Mapping[str, str], read: Callable[[_Environment], Settings]) -> Settings:
    environment = _Environment(environ)
    settings = read(environment)
    if environment.faults:
        raise InvalidSettings(environment.faults)
    return settings


def _cloud(environment: _Environment) -> Cloud:
    return Cloud(
        project=environment.text("GOOGLE_CLOUD_PROJECT"),
        pubsub_emulator_host=environment.text("PUBSUB_EMULATOR_HOST", ""),
        firestore_emulator_host=environment.text("FIRESTORE_EMULATOR_HOST", ""),
    )


def _webhook_settings(environment: _Environment) -> WebhookSettings:
    settings = WebhookSettings(
        cloud=_cloud(environment),
        events_topic=environment.topic("RBM_EVENTS_TOPIC"),
        client_tokens=_client_tokens(environment),
        client_tokens_file=environment.file("RBM_CLIENT_TOKENS_FILE"),
        publish_timeout_seconds=environment.number("PUBLISH_TIMEOUT_SECONDS", 8, at_least=0.1, at_most=600),
        max_body_bytes=int(
            environment.number("MAX_BODY_BYTES", 1_048_576, at_least=1024, at_most=_MAX_MAX_BODY_BYTES)
        ),
    )
    if (settings.client_tokens is None) == (settings.client_tokens_file is None):
        environment.refuse("RBM_CLIENT_TOKENS, RBM_CLIENT_TOKENS_FILE", "exactly one of them must be set")
    elif settings.client_tokens_file is not None and os.path.isfile(settings.client_tokens_file):
        _check_tokens_file(environment, settings.client_tokens_file)
    return settings


def _client_tokens(environment: _Environment) -> TokensByWebhook | None:
    value = environment.text("RBM_CLIENT_TOKENS", "")
    if not value:
        return None
    try:
        return parse_client_tokens(value)
    except ValueError as error:
        environment.refuse("RBM_CLIENT_TOKENS", str(error))
        return {}


def _check_tokens_file(environment: _Environment, file: Path) -> None:
    try:
        parse_client_tokens(file.read_text())
    except (OSError, ValueError) as error:
        environment.refuse("RBM_CLIENT_TOKENS_FILE", str(error))


def _ledger_settings(environment: _Environment) -> LedgerSettings:
    days = environment.number("RETENTION_DAYS", 90, at_least=1, at_most=3650)
    return LedgerSettings(
        cloud=_cloud(environment),
        firestore_database=environment.text("FIRESTORE_DATABASE", "(default)"),
        updates_topic=environment.topic("RBM_UPDATES_TOPIC", ""),
        retention=timedelta(days=days),
        store_content=environment.flag("STORE_CONTENT", default=True),
    )


def _send_settings(environment: _Environment) -> SendSettings:
    agents = environment.text("RBM_AGENTS", "").split(",")
    return SendSettings(
        ledger=_ledger_settings(environment),
        rbm_api_endpoint=_endpoint(environment),
        rbm_credentials_file=environment.file("RBM_CREDENTIALS_FILE"),
        rbm_timeout_seconds=environment.number("RBM_TIMEOUT_SECONDS", 10, at_least=0.1, at_most=300),
        agents=frozenset(shorten_agent_id(agent.strip()) for agent in agents if agent.strip()),
    )


def _endpoint(environment: _Environment) -> str:
    endpoint = environment.text("RBM_API_ENDPOINT", "https://rcsbusinessmessaging.googleapis.com").rstrip("/")
    scheme, host = _split_address(endpoint)
    if not host or not (scheme == "https" or (scheme == "http" and host in _LOOPBACK_HOSTS)):
        environment.refuse("RBM_API_ENDPOINT", "must be an https address, or an http one on this machine")
    return endpoint


def _split_address(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.scheme, parts.hostname or ""
