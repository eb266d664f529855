"""The audit of what is deployed: a known weakness fails it, and a database that is away is no verdict.

The database's answers are recorded (tests/payloads/advisories): this machine may not reach it.
"""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.support.payloads import load_bytes

from rbm_ops.advisories import NO_DATA, list_findings
from rbm_ops.ports import find_free_port

_ROOT = Path(__file__).parents[2]
_DEPLOYED = str(_ROOT / "functions" / "requirements.txt")
_WEAK = f"urllib3==1.26.4 --hash=sha256:{64 * '0'}\n"


@contextlib.contextmanager
def database(status: int = 200) -> Iterator[str]:
    """Knows of one weakness, in one version of urllib3."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            is_weak = b'"urllib3"' in asked and b'"1.26.4"' in asked
            body = load_bytes("advisories/urllib3-1.26.4.json") if is_weak else b"{}"
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    thread.join()
    server.server_close()


def audit(requirements: str, url: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "rbm_ops.advisories", "--requirements", requirements, "--osv-url", url],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_pin_with_a_known_weakness_fails_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text(_WEAK)
    with database() as url:
        audited = audit(str(tmp_path / "requirements.txt"), url)
    assert audited.returncode == 1, audited.stderr
    assert "urllib3 1.26.4: CVE-2021-33503, GHSA-q2q7-5pp4-w6pg; mended in 1.26.5" in audited.stdout


def test_what_is_deployed_is_asked_about_pin_by_pin() -> None:
    with database() as url:
        audited = audit(_DEPLOYED, url)
    assert (audited.returncode, audited.stderr) == (0, "")
    pins, _, findings = audited.stdout.strip().partition(", ")
    assert int(pins.split()[0]) > 30
    assert findings == "0 findings"


@pytest.mark.parametrize("status", [403, 503])
def test_database_that_refuses_is_no_verdict(status: int) -> None:
    with database(status) as url:
        audited = audit(_DEPLOYED, url)
    assert audited.returncode == NO_DATA
    assert audited.stdout.startswith("no data: ")


def test_database_that_is_away_is_no_verdict() -> None:
    audited = audit(_DEPLOYED, f"http://127.0.0.1:{find_free_port()}/v1/query")
    assert audited.returncode == NO_DATA


@pytest.mark.parametrize("text", ["urllib3==1.26.4\n", "urllib3>=1\n", "no requirement at all\n"])
def test_requirements_that_cannot_be_audited_fail(tmp_path: Path, text: str) -> None:
    (tmp_path / "requirements.txt").write_text(text)
    with database() as url:
        audited = audit(str(tmp_path / "requirements.txt"), url)
    assert audited.returncode == 1
    assert audited.stdout.startswith("pip-audit failed: ")


def test_pin_that_nobody_could_ask_about_is_a_finding() -> None:
    skipped = {"name": "urllib3", "skip_reason": "not found"}
    assert list(list_findings([skipped])) == ["urllib3: not looked at: not found"]
