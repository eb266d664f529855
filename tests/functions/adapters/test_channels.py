"""The channel to a real service: encrypted, and each call carries the token of the ambient identity.

gRPC reads its root certificates once in a process, so the calls are made by another one.
"""

import asyncio
import base64
import datetime
import ipaddress
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.functions.adapters.raw_server import answering
from tests.functions.adapters.service_accounts import EMAIL, make_private_key, write_key_file

from rbm_ledger.adapters.channels import open_channel
from rbm_ledger.domain.errors import NotConfirmed

_FUNCTIONS = Path(__file__).parents[3] / "functions"
_CALL = """
import asyncio, sys
from rbm_ledger.adapters.channels import open_channel, prepare_channels

async def call(address):
    prepare_channels("")
    method = open_channel(address, emulator_host="").unary_unary("/test.Echo/Call")
    await method(b"", timeout=20)

asyncio.run(call(sys.argv[1]))
"""

_CALL_AND_LOG = """
import asyncio, sys
from rbm_ledger.adapters.channels import open_channel
from rbm_ledger.adapters.grpc_calls import call_service
from rbm_ledger.domain.errors import NotConfirmed
from rbm_ledger.logs import log, take_library_reports

async def call(address):
    method = open_channel(address, emulator_host="").unary_unary("/test.Echo/Call")
    try:
        await call_service(method, b"", timeout_seconds=5, metadata=(("x-goog-request-params", "topic=t"),))
    except NotConfirmed as error:
        log("webhook_call_not_done", reason=error.reason)

take_library_reports()
asyncio.run(call(sys.argv[1]))
"""


class Service:
    """Answers every call, and remembers what came with it."""

    def __init__(self) -> None:
        self.metadata: list[dict[str, Any]] = []
        self.port = 0

    async def answer(self, _request: bytes, context: Any) -> bytes:
        self.metadata.append(dict(context.invocation_metadata()))
        return b""


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Encrypted, with a certificate of its own in `tmp_path`."""
    service = Service()
    key, certificate = make_certificate()
    (tmp_path / "roots.pem").write_bytes(certificate)
    handler = grpc.unary_unary_rpc_method_handler(service.answer)
    server = grpc.aio.server()
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("test.Echo", {"Call": handler})])
    service.port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(key, certificate)]))
    await server.start()
    yield service
    await server.stop(None)


async def test_call_to_a_service_carries_the_ambient_identity(service: Service, tmp_path: Path) -> None:
    key_file = write_key_file(tmp_path, make_private_key(), "http://127.0.0.1:1/token")
    called = await call_service(service, tmp_path / "roots.pem", key_file)
    assert called.returncode == 0, called.stderr
    [metadata] = service.metadata
    scheme, _, token = str(metadata["authorization"]).partition(" ")
    claims = token.split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert (scheme, said["iss"], said["aud"]) == ("Bearer", EMAIL, "https://127.0.0.1/")


async def test_service_with_a_strangers_certificate_is_not_called(service: Service, tmp_path: Path) -> None:
    key_file = write_key_file(tmp_path, make_private_key(), "http://127.0.0.1:1/token")
    (tmp_path / "others.pem").write_bytes(make_certificate()[1])
    called = await call_service(service, tmp_path / "others.pem", key_file)
    assert called.returncode != 0
    assert service.metadata == []


async def test_unreadable_credentials_are_not_confirmed_and_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key.json").write_text("a secret, but no key")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    with pytest.raises(NotConfirmed) as error:
        open_channel("pubsub.googleapis.com:443", emulator_host="")
    assert error.value.reason == "no credentials: DefaultCredentialsError"


async def test_words_of_whoever_gives_no_token_are_not_printed(service: Service, tmp_path: Path) -> None:
    """gRPC logs what its plugin raised, and ends the call with it: the metadata server's words."""
    headers = b"Metadata-Flavor: Google\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n"
    answer = b"HTTP/1.1 200 OK\r\n" + headers + b"THE-RESPONSE"
    with answering(answer) as url:
        metadata_server = url.removeprefix("http://")
        ambient = {"GCE_METADATA_HOST": metadata_server, "GCE_METADATA_IP": metadata_server}
        ambient["GOOGLE_CLOUD_PROJECT"] = "test"
        called = await call_service(service, tmp_path / "roots.pem", "", script=_CALL_AND_LOG, **ambient)
    assert called.returncode == 0, called.stderr
    entries = [json.loads(line) for line in called.stdout.splitlines()]
    assert entries[-1]["reason"] == "UNAVAILABLE: topic=t: no token"
    assert any(entry.get("logger") == "grpc._plugin_wrapping" for entry in entries)
    assert "THE-RESPONSE" not in called.stdout + called.stderr
    assert service.metadata == []


async def call_service(
    service: Service, roots: Path, key_file: Path | str, *, script: str = _CALL, **ambient: str
) -> "subprocess.CompletedProcess[str]":
    environment = {
        **os.environ,
        **ambient,
        "GOOGLE_APPLICATION_CREDENTIALS": str(key_file),
        "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(roots),
        "PYTHONPATH": str(_FUNCTIONS),
    }
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", script, f"127.0.0.1:{service.port}"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def make_certificate() -> tuple[bytes, bytes]:
    """Key and certificate of 127.0.0.1, which signs for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    return (
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        certificate.public_bytes(serialization.Encoding.PEM),
    )
