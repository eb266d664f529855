"""Every setting: its default, what it may be, and what a wrong one is told, all faults at once."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.functions.sound_settings import NEEDED, READERS, TOKEN, WEBHOOK

from rbm_ledger.config import (
    Cloud,
    CorrelateSettings,
    LedgerSettings,
    SendSettings,
    SpillSettings,
    WebhookSettings,
    parse_client_tokens,
)
from rbm_ledger.domain.consent import Keywords
from rbm_ledger.domain.policies import AgentPolicies, AgentPolicy


def read(name: str, **changes: str) -> Any:
    """Settings with what is needed and these changes."""
    return READERS[name](NEEDED[name] | changes)


# Defaults


def test_webhook_needs_a_project_a_topic_and_tokens_and_no_more() -> None:
    assert read("webhook") == WebhookSettings(
        cloud=Cloud("some-project", pubsub_emulator_host="", firestore_emulator_host=""),
        events_topic="projects/some-project/topics/rbm-events",
        client_tokens={"": (TOKEN,)},
        client_tokens_file=None,
        publish_timeout_seconds=8,
        max_body_bytes=1_048_576,
        spill=None,
    )


LEDGER = LedgerSettings(
    cloud=Cloud("some-project", pubsub_emulator_host="", firestore_emulator_host=""),
    firestore_database="(default)",
    updates_topic="",
    retention=timedelta(days=90),
    store_content=True,
)


def test_correlate_needs_a_project_and_no_more() -> None:
    assert read("correlate") == CorrelateSettings(
        LEDGER, events_topic="", agents=AgentPolicies({}), keywords=Keywords()
    )


def test_send_needs_a_project_and_no_more() -> None:
    settings = read("send")
    assert settings == SendSettings(
        ledger=LEDGER,
        send_requests_topic="",
        max_delivery_attempts=10,
        capability_max_age=timedelta(days=1),
        rbm_api_endpoint="https://rcsbusinessmessaging.googleapis.com",
        rbm_credentials_file=None,
        rbm_timeout_seconds=10,
        agents=AgentPolicies({}),
    )
    assert not settings.is_loopback


# What each setting may be

TOPICS = "projects/some-project/topics"

SOUND: dict[str, tuple[str, str, str, Callable[[Any], Any], Any]] = {
    f"{name}: {setting}={value}": (name, setting, value, read_back, expected)
    for name, setting, value, read_back, expected in (
        (
            "webhook",
            "PUBSUB_EMULATOR_HOST",
            "127.0.0.1:1",
            lambda read: read.cloud.pubsub_emulator_host,
            "127.0.0.1:1",
        ),
        (
            "webhook",
            "RBM_EVENTS_TOPIC",
            "projects/p/topics/t",
            lambda read: read.events_topic,
            "projects/p/topics/t",
        ),
        (
            "webhook",
            "RBM_EVENTS_TOPIC",
            " short ",
            lambda read: read.events_topic,
            "projects/some-project/topics/short",
        ),
        ("webhook", "PUBLISH_TIMEOUT_SECONDS", "0.1", lambda read: read.publish_timeout_seconds, 0.1),
        ("webhook", "PUBLISH_TIMEOUT_SECONDS", "600", lambda read: read.publish_timeout_seconds, 600),
        ("webhook", "MAX_BODY_BYTES", "1024", lambda read: read.max_body_bytes, 1024),
        ("webhook", "MAX_BODY_BYTES", "1300000", lambda read: read.max_body_bytes, 1_300_000),
        ("webhook", "SPILL", "TRUE", lambda read: read.spill, SpillSettings("(default)", after_seconds=3)),
        ("webhook", "SPILL", "false", lambda read: read.spill, None),
        ("webhook", "SPILL_AFTER_SECONDS", "0.1", lambda read: read.spill, None),
        ("correlate", "RBM_EVENTS_TOPIC", "e", lambda read: read.events_topic, f"{TOPICS}/e"),
        (
            "correlate",
            "FIRESTORE_EMULATOR_HOST",
            "[::1]:2",
            lambda read: read.ledger.cloud.firestore_emulator_host,
            "[::1]:2",
        ),
        ("correlate", "FIRESTORE_DATABASE", "ledger", lambda read: read.ledger.firestore_database, "ledger"),
        (
            "correlate",
            "RBM_UPDATES_TOPIC",
            "u",
            lambda read: read.ledger.updates_topic,
            "projects/some-project/topics/u",
        ),
        ("correlate", "RETENTION_DAYS", "1", lambda read: read.ledger.retention, timedelta(days=1)),
        ("correlate", "RETENTION_DAYS", "3650", lambda read: read.ledger.retention, timedelta(days=3650)),
        ("correlate", "STORE_CONTENT", "False", lambda read: read.ledger.store_content, False),
        ("correlate", "STORE_CONTENT", "true", lambda read: read.ledger.store_content, True),
        ("send", "RETENTION_DAYS", "30", lambda read: read.ledger.retention, timedelta(days=30)),
        ("send", "RBM_TIMEOUT_SECONDS", "300", lambda read: read.rbm_timeout_seconds, 300),
        (
            "send",
            "RBM_AGENTS",
            '{"one": {}, "two@rbm.goog": {"brand": "b"}}',
            lambda read: dict(read.agents.by_agent),
            {"one": AgentPolicy(), "two": AgentPolicy(brand="b")},
        ),
        ("correlate", "RBM_AGENTS", '{"*": {"brand": "b"}}', lambda read: read.agents.brand_of("one"), "b"),
        ("send", "RBM_SEND_REQUESTS_TOPIC", "s", lambda read: read.send_requests_topic, f"{TOPICS}/s"),
        ("send", "MAX_DELIVERY_ATTEMPTS", "5", lambda read: read.max_delivery_attempts, 5),
        ("send", "CAPABILITY_MAX_AGE_SECONDS", "0", lambda read: read.capability_max_age, timedelta(0)),
        (
            "correlate",
            "RBM_OPT_OUT_KEYWORDS",
            " FERMA ,Arrêt,",
            lambda read: read.keywords.opt_out,
            frozenset({"FERMA", "Arrêt"}),
        ),
        ("correlate", "RBM_OPT_IN_KEYWORDS", "oui", lambda read: read.keywords.opt_in, frozenset({"oui"})),
        (
            "send",
            "RBM_API_ENDPOINT",
            "https://example.com/",
            lambda read: read.rbm_api_endpoint,
            "https://example.com",
        ),
        ("send", "RBM_API_ENDPOINT", "http://127.0.0.1:8", lambda read: read.is_loopback, True),
        ("send", "RBM_API_ENDPOINT", "http://localhost", lambda read: read.is_loopback, True),
        ("send", "RBM_API_ENDPOINT", "http://[::1]:8", lambda read: read.is_loopback, True),
    )
}


@pytest.mark.parametrize(("name", "setting", "value", "read_back", "expected"), SOUND.values(), ids=SOUND)
def test_sound_value_is_taken(
    name: str, setting: str, value: str, read_back: Callable[[Any], Any], expected: object
) -> None:
    assert read_back(read(name, **{setting: value})) == expected


@pytest.mark.parametrize("setting", ["MAX_BODY_BYTES", "PUBLISH_TIMEOUT_SECONDS", "PUBSUB_EMULATOR_HOST"])
def test_empty_setting_is_the_default(setting: str) -> None:
    assert read("webhook", **{setting: "  "}) == read("webhook")


def test_spill_has_a_database_and_a_time_of_its_own() -> None:
    settings = read("webhook", SPILL="true", SPILL_AFTER_SECONDS="0.5", FIRESTORE_DATABASE="ledger")
    assert settings.spill == SpillSettings("ledger", after_seconds=0.5)


@pytest.mark.parametrize(
    ("spill", "publish_seconds", "limit_seconds"), [("true", "8", 3), ("true", "2", 2), ("false", "8", 8)]
)
def test_publish_takes_no_longer_than_google_waits_for_the_rest(
    spill: str, publish_seconds: str, limit_seconds: float
) -> None:
    settings = read("webhook", SPILL=spill, PUBLISH_TIMEOUT_SECONDS=publish_seconds)
    assert settings.publish_limit_seconds == limit_seconds


def test_credentials_file_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text("{}")
    assert read("send", RBM_CREDENTIALS_FILE=str(file)).rbm_credentials_file == file


def test_tokens_file_replaces_the_tokens(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    file.write_text(WEBHOOK["RBM_CLIENT_TOKENS"])
    settings = read("webhook", RBM_CLIENT_TOKENS="", RBM_CLIENT_TOKENS_FILE=str(file))
    assert (settings.client_tokens, settings.client_tokens_file) == (None, file)


def test_tokens_are_kept_by_webhook_in_their_order() -> None:
    text = '{"": ["newest", "older"], "/some-agent/": ["its-own"]}'
    assert parse_client_tokens(text) == {"": ("newest", "older"), "some-agent": ("its-own",)}
