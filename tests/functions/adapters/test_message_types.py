"""Messages are loaded past their packages, and the packages work all the same whoever comes first."""

import subprocess
import sys
from pathlib import Path

import pytest

from rbm_ledger.adapters.message_types import load_message

_FUNCTIONS = Path(__file__).parents[3] / "functions"
_LOAD = (
    "import sys\n"
    "from rbm_ledger.adapters.message_types import load_message\n"
    'Message = load_message("google.pubsub_v1.types.pubsub", "PubsubMessage")\n'
    'Write = load_message("google.cloud.firestore_v1.types.write", "Write")\n'
)
_USE_PACKAGES = (
    "import google.cloud.firestore\n"
    "import google.cloud.pubsub_v1\n"
    "import google.pubsub_v1\n"
    "from google.cloud.firestore_v1 import types\n"
    "from google.pubsub_v1.services.publisher import PublisherClient\n"
)
_COMPARE = (
    "assert google.pubsub_v1.PubsubMessage.pb() is Message\n"
    "assert types.Write.pb() is Write\n"
    'assert PublisherClient.topic_path("p", "t") == "projects/p/topics/t"\n'
    'print("good")\n'
)


def run_python(code: str) -> str:
    """In an interpreter of its own: what is imported stays."""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=_FUNCTIONS,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


@pytest.mark.parametrize(
    "module", ["google.pubsub_v1", "google.cloud.firestore_v1", "google.api_core", "requests"]
)
def test_messages_do_not_bring_the_clients(module: str) -> None:
    assert run_python(f"{_LOAD}print({module!r} in sys.modules)") == "False"


@pytest.mark.parametrize("code", [_LOAD + _USE_PACKAGES, _USE_PACKAGES + _LOAD], ids=["before", "after"])
def test_clients_share_the_messages_whoever_comes_first(code: str) -> None:
    assert run_python(code + _COMPARE) == "good"


def test_message_goes_over_the_wire_and_back() -> None:
    message_type = load_message("google.pubsub_v1.types.pubsub", "PubsubMessage")
    message = message_type(data=b"signed", attributes={"type": "READ"})
    assert message_type.FromString(message.SerializeToString()) == message


@pytest.mark.parametrize("module", ["google.no_such_package.types.x", "json.decoder.types.x"])
def test_what_is_no_package_of_messages_is_an_import_error(module: str) -> None:
    with pytest.raises(ImportError):
        load_message(module, "Message")
