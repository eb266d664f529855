"""Nobody is logged in: each command that talks to a cloud says so, with status 2 and no traceback."""

import os
from pathlib import Path

import pytest
from tests.support.commands import make_parsers
from tests.support.operators import Operator

_LOGIN = "gcloud auth application-default login"
_TALK_TO_NOBODY = {"up", "demo", "simulator", "completion", "bench", "capacity", "check"}
# Each other command, and what it has to be told.
_ARGUMENTS = {
    "send": "+14155550101 --text Hello",
    "show": "m-1",
    "pause": "bank",
    "resume": "bank",
    "agents": "",
    "explain": "m-1",
    "find": "",
    "deadletters list": "",
    "deadletters replay": "",
    "deadletters drop": "--save saved.jsonl",
    "quarantine list": "",
    "quarantine replay": "",
    "spill status": "",
    "spill drain": "",
    "rebuild": "--all",
    "forget": "+14155550101",
    "tokens status": "",
    "tokens add": "",
    "tokens retire": "0a1b2c3d",
    "doctor": "",
    "smoke": "--webhook http://127.0.0.1:9/ --project other",
}


@pytest.fixture
def nobody(tmp_path: Path) -> Operator:
    """In a project, without a key, a login or the metadata server of Google's machines."""
    pointers = ("EMULATOR_HOST", "GOOGLE_", "CLOUDSDK_", "FIRESTORE_")
    kept = {name: os.environ[name] for name in os.environ if not any(each in name for each in pointers)}
    return Operator(
        {
            **kept,
            "GOOGLE_CLOUD_PROJECT": "other",
            "RBM_STATE_DIR": str(tmp_path),
            "RBM_CLIENT_TOKENS": '{"": ["LOCALCLIENTTOKEN"]}',
            "HOME": str(tmp_path),
            "CLOUDSDK_CONFIG": str(tmp_path),
            "GCE_METADATA_HOST": "127.0.0.1:9",
            "NO_GCE_CHECK": "true",
        }
    )


def test_every_command_talks_to_a_cloud_or_to_nobody() -> None:
    assert sorted([*_ARGUMENTS, *_TALK_TO_NOBODY]) == sorted(make_parsers())


@pytest.mark.parametrize("command", _ARGUMENTS)
def test_command_without_a_login_says_how_to_log_in(nobody: Operator, command: str) -> None:
    refused = nobody.run(*command.split(), *_ARGUMENTS[command].split())
    assert (refused.returncode, refused.stdout) == (2, ""), refused.stderr
    assert refused.stderr.startswith("rbm: ")
    assert _LOGIN in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("command", ["agents", "send", "doctor"])
def test_key_that_is_none_is_told_in_a_sentence(nobody: Operator, tmp_path: Path, command: str) -> None:
    key = tmp_path / "key.json"
    key.write_text("no key")
    environment = {**nobody.environment, "GOOGLE_APPLICATION_CREDENTIALS": str(key)}
    refused = Operator(environment).run(command, *_ARGUMENTS[command].split())
    assert (refused.returncode, refused.stdout) == (2, "")
    assert _LOGIN in refused.stderr
    assert "Error(" not in refused.stderr
