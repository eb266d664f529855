"""infra/deploy.sh as it runs, with a gcloud that only writes down what it is asked."""

import os
import subprocess
from pathlib import Path

import pytest
from tests.infra.terraform.deploy_script import ROOT

_TIMEOUT_SECONDS = 120

# Says that nothing is there (or all, if IS_THERE is set), and that secrets have a value if HAS_VALUE is set.
_GCLOUD = """#!/usr/bin/env bash
echo "$*" >>"$LOG"
case "$*" in
    "projects describe"*) echo 123456789012 ;;
    "run services describe"*) echo "https://$4.example" ;;
    "auth print-access-token") echo ya29.access ;;
    "secrets versions describe"*) [ -n "${HAS_VALUE:-}" ] ;;
    *" schedules list"* | *" composite list"*) echo "${IS_THERE:-}" ;;
    *" describe "*) [ -n "${IS_THERE:-}" ] ;;
esac
"""
_CURL = """#!/usr/bin/env bash
echo "curl $* <<< $(cat)" >>"$LOG"
"""
_SLEEP = "#!/bin/sh\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    for name, script in {"gcloud": _GCLOUD, "curl": _CURL, "sleep": _SLEEP}.items():
        program = tmp_path / name
        program.write_text(script)
        program.chmod(0o755)
    return tmp_path / "log"


def _deploy(log: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    log.write_text("")
    return subprocess.run(
        [ROOT / "infra" / "deploy.sh", *arguments],
        env={**os.environ, "PATH": f"{log.parent}:{os.environ['PATH']}", "LOG": str(log), **environment},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )


def _created(log: Path) -> list[str]:
    return [line for line in log.read_text().splitlines() if " create " in line and "identity" not in line]


def test_first_run_makes_everything_and_says_where_webhook_is(log: Path) -> None:
    deployed = _deploy(log, "demo-project", HAS_VALUE="yes")
    assert deployed.returncode == 0, deployed.stderr
    assert "webhook is at https://rbm-webhook.example" in deployed.stdout
    assert len(_created(log)) == 23
    pushing = next(line for line in _created(log) if "subscriptions create rbm-events-correlate" in line)
    assert "--push-endpoint=https://rbm-correlate.example " in pushing


def test_repeated_run_makes_nothing_anew_and_deploys_again(log: Path) -> None:
    deployed = _deploy(log, "demo-project", HAS_VALUE="yes", IS_THERE="yes")
    assert deployed.returncode == 0, deployed.stderr
    assert _created(log) == []
    assert log.read_text().count("functions deploy") == 3


def test_secret_without_a_value_stops_it_before_the_functions_and_says_what_to_do(log: Path) -> None:
    deployed = _deploy(log, "demo-project")
    assert deployed.returncode == 1
    assert (
        "gcloud secrets versions add rbm-client-tokens --project=demo-project --data-file=-"
        in deployed.stderr
    )
    assert "functions deploy" not in log.read_text()


def test_access_token_is_on_no_command_line_and_never_printed(log: Path) -> None:
    deployed = _deploy(log, "demo-project", HAS_VALUE="yes")
    (call,) = (line for line in log.read_text().splitlines() if line.startswith("curl"))
    arguments, _, standard_input = call.partition(" <<< ")
    assert standard_input == "Authorization: Bearer ya29.access"
    assert "ya29" not in arguments + deployed.stdout + deployed.stderr


@pytest.mark.parametrize("arguments", [(), ("--dry-run",), ("one", "two", "three")])
def test_wrong_arguments_are_answered_with_the_usage(log: Path, arguments: tuple[str, ...]) -> None:
    deployed = _deploy(log, *arguments)
    assert deployed.returncode == 2
    assert "usage: infra/deploy.sh" in deployed.stderr
    assert log.read_text() == ""


def test_dry_run_asks_gcloud_nothing(log: Path) -> None:
    assert _deploy(log, "--dry-run", "demo-project", "europe-west3").returncode == 0
    assert log.read_text() == ""
