"""`rbm smoke` against a local cloud that works, and against webhooks that fail in every way it knows."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import Emulators
from tests.infra.smoke.false_webhook import Answer, running_webhook
from tests.support.local_cloud import Rbm, find_port_row

from rbm_ops.local.addresses import CLIENT_TOKEN
from rbm_ops.ports import find_free_port

_BIN = Path(sys.executable).parent
_TIMEOUT_SECONDS = 60
_TOKENS = json.dumps({"": [CLIENT_TOKEN]})

_OUR_JSON = "application/json"
_WRONG_TOKEN = Answer(403, b'{"error": {"code": 403}}', _OUR_JSON)
_CLOUD_RUN_403 = Answer(403, b"<html>Your client does not have permission</html>", "text/html")
_CLOUD_RUN_404 = Answer(404, b"<html>Not Found</html>", "text/html")
_ELSEWHERE = Answer(200, b"Welcome!", "text/html")
_NOT_AUTHENTIC = Answer(401, b'{"error": {"code": 401}}', _OUR_JSON)
_NOT_PUBLISHED = Answer(503, b'{"error": {"code": 503}}', _OUR_JSON)
_DOES_NOT_START = Answer(503, b"Service Unavailable", "text/html")
_TEAPOT = Answer(418, b"", "text/plain")
_PUBLISHED = Answer(200, b"", "text/plain")


def _smoke(
    webhook: str, firestore: str, *arguments: str, tokens: str = _TOKENS, project: str = "rbm-local"
) -> "subprocess.CompletedProcess[str]":
    command = [str(_BIN / "rbm"), "smoke", "--webhook", webhook, "--project", project]
    return subprocess.run(
        [*command, "--database", "(default)", *arguments],
        env={**os.environ, "FIRESTORE_EMULATOR_HOST": firestore, "RBM_CLIENT_TOKENS": tokens},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rbm]:
    rbm = Rbm(tmp_path_factory.mktemp("cloud"))
    with rbm.started("up", "--port-base", find_port_row()):
        rbm.wait_until_ready()
        yield rbm


def test_system_that_works_passes_and_says_how_long_each_step_took(cloud: Rbm) -> None:
    where = cloud.running()
    smoked = _smoke(f"http://{where['webhook']}/", str(where["firestore"]))
    assert smoked.returncode == 0, smoked.stdout + smoked.stderr
    steps = [line.partition(":")[0] for line in smoked.stdout.splitlines()]
    assert steps[:3] == ["handshake", "signed event", "document"]


def test_target_is_what_terraform_says_and_the_token_comes_from_a_file(cloud: Rbm, tmp_path: Path) -> None:
    where = cloud.running()
    outputs = {
        "webhook_address": {"value": f"http://{where['webhook']}/"},
        "database": {"value": f"projects/{where['project']}/databases/(default)"},
    }
    tokens_file = tmp_path / "tokens.json"
    tokens_file.write_text(_TOKENS)
    smoked = subprocess.run(
        [str(_BIN / "rbm"), "smoke", "--terraform-output", "-", "--tokens-file", str(tokens_file)],
        input=json.dumps(outputs),
        env={**os.environ, "FIRESTORE_EMULATOR_HOST": str(where["firestore"])},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    assert smoked.returncode == 0, smoked.stdout + smoked.stderr


def test_wrong_token_is_named_and_never_printed(cloud: Rbm) -> None:
    where = cloud.running()
    smoked = _smoke(f"http://{where['webhook']}/", str(where["firestore"]), tokens='{"": ["WRONGTOKEN"]}')
    assert smoked.returncode == 1
    assert "handshake: FAILED" in smoked.stdout
    assert "no such client token" in smoked.stdout
    assert "WRONGTOKEN" not in smoked.stdout + smoked.stderr


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (_WRONG_TOKEN, "HTTP 403: webhook has no such client token"),
        (_CLOUD_RUN_403, "HTTP 403: webhook is not public"),
        (_CLOUD_RUN_404, "HTTP 404: there is no webhook at this address"),
        (_DOES_NOT_START, "HTTP 503: webhook does not start"),
        (_ELSEWHERE, "did not give the secret back"),
        (_TEAPOT, "HTTP 418: this address does not answer as webhook does"),
    ],
)
def test_handshake_that_fails_says_why(answer: Answer, cause: str) -> None:
    with running_webhook(handshake=answer, delivery=_PUBLISHED) as webhook:
        smoked = _smoke(webhook, "127.0.0.1:1")
    assert smoked.returncode == 1
    assert "handshake: FAILED" in smoked.stdout
    assert cause in smoked.stdout


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (_NOT_AUTHENTIC, "HTTP 401: webhook has no such client token: the signature is wrong"),
        (_NOT_PUBLISHED, "HTTP 503: webhook could not publish"),
    ],
)
def test_event_that_is_not_taken_says_why(answer: Answer, cause: str) -> None:
    with running_webhook(delivery=answer) as webhook:
        smoked = _smoke(webhook, "127.0.0.1:1")
    assert smoked.returncode == 1
    assert "signed event: FAILED" in smoked.stdout
    assert cause in smoked.stdout


def test_webhook_that_hangs_is_given_up(embedded_emulators: Emulators) -> None:
    with running_webhook(handshake=Answer(200, b"", "text/plain", is_late=True)) as webhook:
        smoked = _smoke(webhook, embedded_emulators.firestore_host, "--answer-seconds", "0.5")
    assert smoked.returncode == 1
    assert "no answer in time: webhook hangs or does not start" in smoked.stdout


def test_address_where_nobody_answers_is_named() -> None:
    smoked = _smoke(f"http://127.0.0.1:{find_free_port()}/", "127.0.0.1:1")
    assert smoked.returncode == 1
    assert "nothing answers there" in smoked.stdout


def test_document_that_never_comes_leads_to_subscription_and_grants(embedded_emulators: Emulators) -> None:
    with running_webhook(delivery=_PUBLISHED) as webhook:
        smoked = _smoke(webhook, embedded_emulators.firestore_host, "--document-seconds", "1")
    assert smoked.returncode == 1
    assert "document: FAILED" in smoked.stdout
    assert "rbm-events-correlate" in smoked.stdout
    assert "roles/run.invoker" in smoked.stdout


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (["--tokens-file", "no-such-file"], "No such file or directory"),
        (["--terraform-output", "no-such-file"], "terraform output -json"),
    ],
)
def test_what_is_missing_is_named(arguments: list[str], cause: str) -> None:
    smoked = _smoke("http://127.0.0.1:1/", "127.0.0.1:1", *arguments)
    assert smoked.returncode == 2
    assert cause in smoked.stderr
    assert "Traceback" not in smoked.stderr


@pytest.mark.parametrize("tokens", ["", "TOKEN", '{"agent": ["TOKEN"]}', '{"": []}'])
def test_tokens_that_are_none_are_refused_and_not_repeated(tokens: str) -> None:
    smoked = _smoke("http://127.0.0.1:1/", "127.0.0.1:1", tokens=tokens)
    assert smoked.returncode == 2
    assert smoked.stderr.startswith("rbm: ")
    assert "TOKEN" not in smoked.stderr.replace("RBM_CLIENT_TOKENS", "")
