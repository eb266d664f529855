"""What a wrong setting is told: by its name, all faults at once, never with a secret in it."""

import json
import subprocess
from pathlib import Path

import pytest
from tests.functions.entrypoints.serving import (
    FUNCTIONS_FOLDER,
    START_SECONDS,
    environment,
    framework_command,
)
from tests.functions.sound_settings import NEEDED, READERS, TOKEN, WEBHOOK

from rbm_ledger.domain.errors import InvalidSettings


def find_faults(name: str, settings: dict[str, str]) -> dict[str, str]:
    with pytest.raises(InvalidSettings) as refused:
        READERS[name](settings)
    return {fault.path: fault.problem for fault in refused.value.faults}


AGENTS_FORM = 'must name an agent and its policy, as JSON like {"growing-tree-bank": {}}; empty: any agent'

WRONG = {
    f"{name}: {setting}={value}": (name, setting, value, problem)
    for name, setting, value, problem in (
        ("webhook", "GOOGLE_CLOUD_PROJECT", "", "is not set"),
        ("webhook", "RBM_EVENTS_TOPIC", " ", "is not set"),
        ("webhook", "PUBLISH_TIMEOUT_SECONDS", "0", "must be a number from 0.1 to 600, not '0'"),
        ("webhook", "PUBLISH_TIMEOUT_SECONDS", "soon", "must be a number from 0.1 to 600, not 'soon'"),
        ("webhook", "PUBLISH_TIMEOUT_SECONDS", "inf", "must be a number from 0.1 to 600, not 'inf'"),
        ("webhook", "PUBLISH_TIMEOUT_SECONDS", "nan", "must be a number from 0.1 to 600, not 'nan'"),
        ("webhook", "MAX_BODY_BYTES", "1023", "must be a number from 1024 to 1300000, not '1023'"),
        ("webhook", "MAX_BODY_BYTES", "1300001", "must be a number from 1024 to 1300000, not '1300001'"),
        ("webhook", "SPILL", "maybe", "must be true or false, not 'maybe'"),
        ("webhook", "SPILL_AFTER_SECONDS", "5", "must be a number from 0.1 to 4, not '5'"),
        ("correlate", "GOOGLE_CLOUD_PROJECT", "", "is not set"),
        ("correlate", "RETENTION_DAYS", "0", "must be a number from 1 to 3650, not '0'"),
        ("correlate", "RETENTION_DAYS", "-1", "must be a number from 1 to 3650, not '-1'"),
        ("correlate", "RETENTION_DAYS", "3651", "must be a number from 1 to 3650, not '3651'"),
        ("correlate", "STORE_CONTENT", "yes", "must be true or false, not 'yes'"),
        ("send", "GOOGLE_CLOUD_PROJECT", "", "is not set"),
        ("send", "RETENTION_DAYS", "90 days", "must be a number from 1 to 3650, not '90 days'"),
        ("send", "MAX_DELIVERY_ATTEMPTS", "0", "must be a number from 1 to 100, not '0'"),
        (
            "send",
            "CAPABILITY_MAX_AGE_SECONDS",
            "2678401",
            "must be a number from 0 to 2678400, not '2678401'",
        ),
        *(
            (name, "RBM_AGENTS", agents, AGENTS_FORM)
            for name in ("send", "correlate")
            for agents in ("one, two", "[]", "{}", "7", "{", "[" * 100_000)
        ),
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
    "an object of tokens": f'{{"": {{"{TOKEN}": 1}}}}',
    "a webhook twice": f'{{"a": ["{TOKEN}"], "a": ["{TOKEN}2"]}}',
    "a webhook twice, with slashes": f'{{"a": ["{TOKEN}"], "/a/": ["{TOKEN}2"]}}',
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
@pytest.mark.parametrize(
    ("name", "setting"), [("webhook", "RBM_CLIENT_TOKENS_FILE"), ("send", "RBM_CREDENTIALS_FILE")]
)
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
NOT_SET = {
    "webhook": {"GOOGLE_CLOUD_PROJECT", "RBM_EVENTS_TOPIC"},
    "correlate": {"GOOGLE_CLOUD_PROJECT"},
    "send": {"GOOGLE_CLOUD_PROJECT"},
}


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


def test_every_fault_of_every_agent_is_named_by_its_path() -> None:
    agents = {"one": {"rate": 1}, "two": {"endpoint": "http://example.com"}, "three": []}
    assert find_faults("send", {**NEEDED["send"], "RBM_AGENTS": json.dumps(agents)}) == {
        "RBM_AGENTS one.rate": "is no field of this object, which has brand, endpoint, sources, prefixes, "
        "ratePerSecond, allowedWhenOptedOut",
        "RBM_AGENTS two.endpoint": "must be an https address, or an http one on this machine",
        "RBM_AGENTS three": "must be an object",
    }
