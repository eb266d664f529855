"""The README's page "Send a message, know what became of it", run line by line as it stands there."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from tests.support.local_cloud import PATIENCE_SECONDS, Rbm, find_port_row, wait_until

_ROOT = Path(__file__).parents[3]
_PAGE = (_ROOT / "README.md").read_text().partition("## Send a message, know what became of it")[2]
# What `rbm up` takes without --port-base.
_PORTS = {"8702": "send", "8704": "pubsub", "8705": "firestore"}
_MARK = "--- next ---"


def read_block(language: str) -> str:
    """The first block of the page in this language."""
    found = re.search(rf"^```{language}\n(.*?)^```$", _PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def move_to(running: Any, block: str) -> str:
    """The same on the ports of this test, with this interpreter's folder on the PATH."""
    for port, name in _PORTS.items():
        assert f"127.0.0.1:{port}" in block
        block = block.replace(f"127.0.0.1:{port}", running[name])
    return block.replace(". .venv/bin/activate", ":")


def run_lines(block: str, rbm: Rbm) -> dict[str, str]:
    """What each line printed, by the line."""
    lines = block.splitlines()
    script = f"\necho; echo '{_MARK}'\n".join(lines)
    environment = {**rbm.environment, "PATH": f"{rbm.path}:/usr/bin:/bin"}
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=environment,
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return dict(zip(lines, ended.stdout.split(_MARK), strict=True))


def test_every_line_of_the_page_does_what_it_says(rbm: Rbm) -> None:
    with rbm.started("up", "--port-base", find_port_row()):
        rbm.wait_until_ready()
        printed = run_lines(move_to(rbm.running(), read_block("bash")), rbm)
        answers = [json.loads(text) for line, text in printed.items() if line.startswith("curl")]
        first, conflict, rehearsed, opted_out, suppressed, split, capability = answers
        assert first["state"] in ("accepted", "delivered", "read")
        assert conflict["error"]["code"] == 409
        assert (rehearsed["validateOnly"], rehearsed["call"]["method"]) == (True, "POST")
        assert opted_out["state"] == "optedOut"
        assert (suppressed["state"], suppressed["suppressedReason"]) == ("suppressed", "opted_out")
        assert len(split["recipients"]) == 2
        assert capability["state"] == "reachable"
        shown = next(text for line, text in printed.items() if line.startswith("rbm show"))
        assert "requested" in shown
        for recipient in split["recipients"]:
            message_id = recipient["messageId"]
            wait_until(lambda: "read" in rbm.run("show", message_id).stdout, what="it is read")  # noqa: B023


def test_python_of_the_page_prints_what_became_of_it(rbm: Rbm) -> None:
    with rbm.started("up", "--port-base", find_port_row()):
        rbm.wait_until_ready()
        running: Any = rbm.running()
        ended = subprocess.run(
            ["python", "-c", read_block("python")],
            env={
                **rbm.environment,
                "PUBSUB_EMULATOR_HOST": running["pubsub"],
                "FIRESTORE_EMULATOR_HOST": running["firestore"],
            },
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("unreachable There is no RCS at this number")
