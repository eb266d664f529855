"""The bearer token of the identity that a function runs as: Google's metadata server gives it."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.functions.adapters.scripted_platform import Reply, ScriptedPlatform

_FUNCTIONS = str(Path(__file__).parents[3] / "functions")
_IDENTITY = b'"email": "send@project.example", "scopes": [], "aliases": []'
# google-auth reads where the metadata server is when it is imported.
_ASK = """
from rbm_ledger.adapters.bearer_tokens import NoToken
from rbm_ledger.adapters.connections import make_pool
from rbm_ledger.adapters.google_tokens import GoogleTokens
try:
    print("token", GoogleTokens(None, make_pool(1), timeout_seconds=20).current())
except NoToken as error:
    print("none", error)
"""


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (b'"access_token": "ambient", "expires_in": 3599', "token ambient"),
        (b'"access_token": "ambient"', "none MalformedError"),
        (b'"access_token": "ambient", "expires_in": 1e300', "none MalformedError"),
        (b'"access_token": "ambient", "expires_in": null', "none MalformedError"),
    ],
    ids=["sound", "no end", "an end beyond any time", "an end that is none"],
)
async def test_answer_of_the_metadata_server_is_a_token_or_says_that_there_is_none(
    platform: ScriptedPlatform, token: bytes, said: str
) -> None:
    headers = {"Metadata-Flavor": "Google", "Content-Type": "application/json"}
    platform.replies = [Reply(200, b"{%s, %s}" % (_IDENTITY, token), headers)]
    assert await _ask(platform.url.removeprefix("http://")) == said


async def _ask(metadata_server: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GOOGLE_")}
    environment |= {"GCE_METADATA_HOST": metadata_server, "GCE_METADATA_IP": metadata_server}
    environment |= {
        "GOOGLE_CLOUD_PROJECT": "test",
        "PYTHONPATH": str(_FUNCTIONS),
        "CLOUDSDK_CONFIG": "/nowhere",
    }
    command = [sys.executable, "-c", _ASK]
    asked = await asyncio.to_thread(
        subprocess.run, command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert asked.returncode == 0, asked.stderr
    return asked.stdout.strip()
