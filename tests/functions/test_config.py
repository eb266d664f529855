"""Every setting: its default, what it may be, and what a wrong one is told, all faults at once."""

import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rbm_ledger.config import (
    Cloud,
    LedgerSettings,
    SendSettings,
    WebhookSettings,
    parse_client_tokens,
    read_correlate_settings,
    read_send_settings,
    read_webhook_settings,
)
from rbm_ledger.domain.errors import InvalidSettings

from .entrypoints.serving import FUNCTIONS_FOLDER, START_SECONDS, environment, framework_command

TOKEN = "SJENCPGJESMGUFPY"
PROJECT = {"GOOGLE_CLOUD_PROJECT": "some-project"}
WEBHOOK = {**PROJECT, "RBM_EVENTS_TOPIC": "rbm-events", "RBM_CLIENT_TOKENS": json.dumps({"": [TOKEN]})}
READERS: dict[str, Callable[[dict[str, str]], Any]] = {
    "webhook": read_webhook_settings,
    "correlate": read_correlate_settings,
    "send": read_send_settings,
}
NEEDED = {"webhook": WEBHOOK, "correlate": PROJECT, "send": PROJECT}


def read(name: str, **changes: str) -> Any:
    """Settings with what is needed and these changes."""
    return READERS[name](NEEDED[name] | changes)


def find_faults(name: str, settings: dict[str, str]) -> dict[str, str]:
    with pytest.raises(InvalidSettings) as refused:
        READERS[name](settings)
    return {fault.path: fault.problem for fault in refused.value.faults}


# Defaults


def test_webhook_needs_a_project_a_topic_and_tokens_and_no_more() -> None:
    assert read("webhook") == WebhookSettings(
        cloud=Cloud("some-project", pubsub_emulator_host="", firestore_emulator_host=""),
        events_topic="projects/some-project/topics/rbm-events",
        client_tokens={"": (TOKEN,)},
        client_tokens_file=None,
        publish_timeout_seconds=8,
        max_body_bytes=1_048_576,
    )


LEDGER = LedgerSettings(
    cloud=Cloud("some-project", pubsub_emulator_host="", firestore_emulator_host=""),
    firestore_database="(default)",
    updates_topic="",
    retention=timedelta(days=90),
    store_content=True,
)


def test_correlate_needs_a_project_and_no_more() -> None:
    assert read("correlate") == LEDGER


def test_send_needs_a_project_and_no_more() -> None:
    settings = read("send")
    assert settings == SendSettings(
        ledger=LEDGER,
        rbm_api_endpoint="https://rcsbusinessmessaging.googleapis.com",
        rbm_credentials_file=None,
        rbm_timeout_seconds=10,
        agents=frozenset(),
    )
    assert not settings.is_loopback


# What each setting may be

SOUND: dict[str, tuple[str, str, str, Callable[[Any], Any], Any]] = {
    f"{name}: {setting}={value}": (name, setting, value, read_back, expected)
    for name, setting, value, read_back, expected in (
        ("webhook", "PUBSUB_EMULATOR_HOST", "127.0.0.1:1", lambda read: read.cloud.pubsub_emulator_host, "127.0.0.1:1"),
        ("webhook", "RBM_EVENTS_TOPIC", "projects/p/topics/t", lambda read: read.events_topic, "projects/p/topics/t"),
        ("webhook", "RBM_EVENTS_TOPIC", " short ", lambda read: read.events_topic, "projects/some-project/topics/short"),
        ("webhook", "PUBLISH_TIMEOUT_SECONDS", "0.1", lambda read: read.publish_timeout_seconds, 0.1),
        ("webhook", "PUBLISH_TIMEOUT_SECONDS", "600", lambda read: read.publish_timeout_seconds, 600),
        ("webhook", "MAX_BODY_BYTES", "1024", lambda read: read.max_body_bytes, 1024),
        ("webhook", "MAX_BODY_BYTES", "1300000", lambda read: read.max_body_bytes, 1_300_000),
        ("correlate", "FIRESTORE_EMULATOR_HOST", "[::1]:2", lambda read: read.cloud.firestore_emulator_host, "[::1]:2"),
        ("correlate", "FIRESTORE_DATABASE", "ledger", lambda read: read.firestore_database, "ledger"),
        ("correlate", "RBM_UPDATES_TOPIC", "u", lambda read: read.updates_topic, "projects/some-project/topics/u"),
        ("correlate", "RETENTION_DAYS", "1", lambda read: read.retention, timedelta(days=1)),
        ("correlate", "RETENTION_DAYS", "3650", lambda read: read.retention, timedelta(days=3650)),
        ("correlate", "STORE_CONTENT", "False", lambda read: read.store_content, False),
        ("correlate", "STORE_CONTENT", "true", lambda read: read.store_content, True),
        ("send", "RETENTION_DAYS", "30", lambda read: read.ledger.retention, timedelta(days=30)),
        ("send", "RBM_TIMEOUT_SECONDS", "300", lambda read: read.rbm_timeout_seconds, 300),
        ("send", "RBM_AGENTS", "one, two@rbm.goog ,", lambda read: read.agents, frozenset({"one", "two"})),
        ("send", "RBM_API_ENDPOINT", "https://example.com/", lambda read: read.rbm_api_endpoint, "https://example.com"),
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


# What a wrong value is told

WRONG = {
    f"{name}: {setting}={value}": (name, setting, value, problem)
    for name, setting, value, problem in (
        ("webhook", "GOOGLE_CLOUD_PROJECT", "", "is not set"),
        ("webhook", "RBM_EVENTS_TOPIC", " ", "is not set"),
        ("webhook", "PUBLISH_TIMEOUT_SECONDS", "0", "must be a number from 0.1 to 600, not '0'"),
        ("webhook", "PUBLISH_TIMEOUT_SECONDS", "soon", "must be a number from 0.1 to 600, not 'soon'"),
        ("webhook", "PUBLISH_TIMEOUT_SECONDS", "inf", "must be a number from 0.1 to 600, not 'inf'"),
        ("webhook", "PUBLISH_TIMEOUT_SECONDS", "nan", "must be a number from 0.1 to 600, not 'nan'"),
        ("webhook", "MAX_BODY_BYTES", "1023", "must be a number from 1024 to 1.3e+06, not '1023'"),
        ("webhook", "MAX_BODY_BYTES", "1300001", "must be a number from 1024 to 1.3e+06, not '1300001'"),
        ("correlate", "GOOGLE_CLOUD_PROJECT", "", "is not set"),
        ("correlate", "RETENTION_DAYS", "0", "must be a number from 1 to 3650, not '0'"),
        ("correlate", "RETENTION_DAYS", "-1", "must be a number from 1 to 3650, not '-1'"),
        ("correlate", "RETENTION_DAYS", "3651", "must be a number from 1 to 3650, not '3651'"),
        ("correlate", "STORE_CONTENT", "yes", "must be true or false, not 'yes'"),
        ("send", "GOOGLE_CLOUD_PROJECT", "", "is not set"),
        ("send", "RETENTION_DAYS", "90 days", "must be a number from 1 to 3650, not '90 days'"),
        ("send", "RBM_TIMEOUT_SECONDS", "301", "must be a number from 0.1 to 300, not '301'"),
        *(
            ("send", "RBM_API_ENDPOINT", endpoint, "must be an https address, or an http one on this machine")
            for endpoint in (
                "http://example.com",
                "http://127.0.0.1.example.com",
                "http://localhost@example.com",
                "ftp://localhost",
                "https://",
                "localhost:8080",
                "http://[::1",
                "/v1",
            )
        ),
    )
}


@pytest.mark.parametrize(("name", "setting", "value", "problem"), WRONG.values(), ids=WRONG)
def test_wrong_value_is_named(name: str, setting: str, value: str, problem: str) -> None:
    assert find_faults(name, NEEDED[name] | {setting: value}) == {setting: problem}


WRONG_TOKENS = {
    "no JSON": TOKEN,
    "cut JSON": f'{{"": ["{TOKEN}"',
    "deep JSON": "[" * 100_000,
    "a text": f'"{TOKEN}"',
    "a list": f'["{TOKEN}"]',
    "nothing": "{}",
    "a token without a list": f'{{"": "{TOKEN}"}}',
    "no token": f'{{"": ["{TOKEN}"], "agent": []}}',
    "an empty token": f'{{"": ["{TOKEN}", ""]}}',
    "a number": f'{{"": ["{TOKEN}", 7]}}',
    "a nested list": f'{{"": [["{TOKEN}"]]}}',
}


@pytest.mark.parametrize("tokens", WRONG_TOKENS.values(), ids=WRONG_TOKENS)
def test_wrong_tokens_are_refused_and_never_repeated(tokens: str, tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    file.write_text(tokens)
    in_environment = find_faults("webhook", WEBHOOK | {"RBM_CLIENT_TOKENS": tokens})
    in_file = find_faults("webhook", WEBHOOK | {"RBM_CLIENT_TOKENS": "", "RBM_CLIENT_TOKENS_FILE": str(file)})
    assert list(in_environment) == ["RBM_CLIENT_TOKENS"]
    assert list(in_file) == ["RBM_CLIENT_TOKENS_FILE"]
    assert TOKEN not in repr((in_environment, in_file))


def test_tokens_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    file.write_bytes(b'{"": ["\xff"]}')
    settings = WEBHOOK | {"RBM_CLIENT_TOKENS": "", "RBM_CLIENT_TOKENS_FILE": str(file)}
    assert list(find_faults("webhook", settings)) == ["RBM_CLIENT_TOKENS_FILE"]


@pytest.mark.parametrize("settings", [{"RBM_CLIENT_TOKENS": ""}, {"RBM_CLIENT_TOKENS_FILE": __file__}])
def test_tokens_come_from_exactly_one_place(settings: dict[str, str]) -> None:
    faults = find_faults("webhook", WEBHOOK | settings)
    assert faults == {"RBM_CLIENT_TOKENS, RBM_CLIENT_TOKENS_FILE": "exactly one of them must be set"}


CONTENT_FOR_PATH = {"short": TOKEN, "longer than a name may be": json.dumps({"": [TOKEN * 100]})}


@pytest.mark.parametrize("value", [*CONTENT_FOR_PATH.values(), "/nowhere/at-all", "/"])
@pytest.mark.parametrize(("name", "setting"), [("webhook", "RBM_CLIENT_TOKENS_FILE"), ("send", "RBM_CREDENTIALS_FILE")])
def test_path_that_names_no_file_is_refused_and_not_repeated(name: str, setting: str, value: str) -> None:
    """The secret itself is easily put where its path belongs."""
    faults = find_faults(name, NEEDED[name] | {"RBM_CLIENT_TOKENS": "", setting: value})
    assert faults == {setting: "must be the path of a file that is there"}


# All faults at once

ALL_WRONG = {
    "webhook": {
        "RBM_CLIENT_TOKENS": f'{{"": "{TOKEN}"}}',
        "PUBLISH_TIMEOUT_SECONDS": "soon",
        "MAX_BODY_BYTES": "1",
    },
    "correlate": {"RETENTION_DAYS": "0", "STORE_CONTENT": "maybe"},
    "send": {
        "RETENTION_DAYS": "0",
        "STORE_CONTENT": "maybe",
        "RBM_API_ENDPOINT": "http://example.com",
        "RBM_CREDENTIALS_FILE": "/nowhere/at-all",
        "RBM_TIMEOUT_SECONDS": "never",
    },
}
NOT_SET = {"webhook": {"GOOGLE_CLOUD_PROJECT", "RBM_EVENTS_TOPIC"}, "correlate": {"GOOGLE_CLOUD_PROJECT"}, "send": {"GOOGLE_CLOUD_PROJECT"}}


@pytest.mark.parametrize("name", ALL_WRONG)
def test_all_faults_are_named_together(name: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        READERS[name](ALL_WRONG[name])
    named = {fault.path for fault in refused.value.faults}
    assert named == ALL_WRONG[name].keys() | NOT_SET[name]
    assert all(setting in str(refused.value) for setting in named)


@pytest.mark.parametrize("name", ALL_WRONG)
def test_served_function_with_wrong_settings_ends_at_once_and_says_why(name: str) -> None:
    ended = subprocess.run(
        framework_command(name, 1),
        cwd=FUNCTIONS_FOLDER,
        env=environment(ALL_WRONG[name]),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    printed = ended.stdout + ended.stderr
    assert ended.returncode == 1
    assert "Wrong settings:\n" in printed
    assert all(f"\n  {setting}: " in printed for setting in ALL_WRONG[name].keys() | NOT_SET[name])
    assert "Traceback" not in printed
    assert TOKEN not in printed
