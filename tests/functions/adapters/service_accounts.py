"""A service account's key file, and what its token endpoint is asked and answers."""

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.functions.adapters.scripted_platform import Reply, ScriptedPlatform

EMAIL = "rbm-send@rbm.iam.gserviceaccount.com"


def make_private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def write_key_file(folder: Path, private_key: str, token_uri: str) -> Path:
    key = {
        "type": "service_account",
        "project_id": "rbm",
        "private_key_id": "1",
        "private_key": private_key,
        "client_email": EMAIL,
        "token_uri": token_uri,
    }
    (folder / "key.json").write_text(json.dumps(key))
    return folder / "key.json"


def token_reply(token: str, *, expires_in_seconds: int = 3600) -> Reply:
    fields = {"access_token": token, "expires_in": expires_in_seconds, "token_type": "Bearer"}
    return Reply(200, json.dumps(fields).encode(), {"Content-Type": "application/json"})


def read_claims(endpoint: ScriptedPlatform) -> dict[str, Any]:
    """What the first request for a token asserts."""
    [assertion] = parse_qs(endpoint.requests[0].body.decode())["assertion"]
    claims = assertion.split(".")[1]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    return read


def tokens_seen(platform: ScriptedPlatform) -> list[str]:
    return [received.headers["Authorization"].removeprefix("Bearer ") for received in platform.requests]
