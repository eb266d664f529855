"""The byte code of our own modules in the image of a function, made as Google's buildpack makes it.

It runs `python3 -m compileall -f -q .` on the source, with the variables of the build (buildpacks,
cmd/python/functions_framework/lib/lib.go); then the image gives every file the same time (lifecycle,
archive/writer.go: NormalizedModTime, 1980-01-01 00:00:01). Dependencies it compiles by hash whatever the
variables say (buildpacks, pkg/python/python.go).
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.infra.terraform.deploy_script import GcloudCommand, find_commands, parse_gcloud, print_commands

FUNCTIONS = Path(__file__).parents[2] / "functions"
IMAGE_TIME = 315_532_801
# Byte code would not be found where the build put it, or what is missing would be compiled again and again.
SPOILING_VARIABLES = {"PYTHONDONTWRITEBYTECODE", "PYTHONOPTIMIZE", "PYTHONPYCACHEPREFIX"}

_START = "import rbm_ledger.send_wiring; from rbm_ledger.start import finish_start; finish_start('started')"


@pytest.fixture(scope="module")
def deployments() -> list[GcloudCommand]:
    """Tests of Terraform hold its plan to the same variables."""
    commands = [parse_gcloud(command) for command in print_commands() if command[0] == "gcloud"]
    return list(find_commands(commands, "functions", "deploy").values())


def build_image(folder: Path, variables: Mapping[str, str]) -> None:
    shutil.copytree(FUNCTIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(
        [sys.executable, "-m", "compileall", "-f", "-q", "."], cwd=folder, env=variables, check=True
    )
    for file in folder.rglob("*"):
        os.utime(file, (IMAGE_TIME, IMAGE_TIME))


def start(folder: Path) -> dict[str, Any]:
    """What a function of this image logs first. Nothing is written: each instance starts from the image."""
    environment = {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    started = subprocess.run(
        [sys.executable, "-c", _START], env=environment, capture_output=True, check=True, text=True
    )
    entry: dict[str, Any] = json.loads(started.stdout)
    return entry


def test_image_that_is_deployed_has_byte_code_of_our_modules(
    deployments: list[GcloudCommand], tmp_path: Path
) -> None:
    builds = {deployment.flag("set-build-env-vars").partition(",")[2] for deployment in deployments}
    assert builds == {"SOURCE_DATE_EPOCH=315532800"}
    build_image(tmp_path / "image", dict(pair.split("=") for pair in builds))
    entry = start(tmp_path / "image")
    assert "rbm_ledger" not in entry.get("compiled_anew", "")


def test_image_that_is_built_without_a_date_says_that_it_compiles_anew(tmp_path: Path) -> None:
    build_image(tmp_path / "image", {})
    entry = start(tmp_path / "image")
    assert "rbm_ledger" in entry["compiled_anew"]
    assert (entry["severity"], entry["has_byte_code"]) == ("WARNING", False)


def test_no_variable_makes_python_look_elsewhere_for_byte_code(deployments: list[GcloudCommand]) -> None:
    assert len(deployments) == 3
    for deployment in deployments:
        set_variables = ",".join((deployment.flag("set-env-vars"), deployment.flag("set-build-env-vars")))
        names = {pair.partition("=")[0] for pair in set_variables.split(",")}
        assert "SOURCE_DATE_EPOCH" in names
        assert names & SPOILING_VARIABLES == set()
