"""How the Terraform configuration is checked and planned: without an account, and anywhere."""

import json
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]
_OFFLINE_CHECK = "../shared/terraform-offline/check"
_TIMEOUT_SECONDS = 600

# What `terraform test -json -verbose` says of one run: addresses and values of all that it would make.
Plan = Mapping[str, Any]


class TerraformFailed(Exception):
    """Terraform refuses the configuration; the text is what it said."""


def find_offline_check() -> Path | None:
    """The checker for where the registry can't be reached, beside this checkout or named from its root.

    An empty TERRAFORM_OFFLINE_CHECK means the registry, whatever is beside the checkout.
    """
    named = os.environ.get("TERRAFORM_OFFLINE_CHECK")
    if named is not None:
        return _ROOT / named if named else None
    beside = _ROOT / _OFFLINE_CHECK
    return beside if beside.is_file() else None


def make_check_commands() -> list[tuple[str, ...]]:
    """Run from the root of the repository, all of them must succeed. Only offline a plan needs no account."""
    offline_check = find_offline_check()
    if offline_check is not None:
        return [(str(offline_check), "infra", "-var=project_id=demo-project")]
    terraform = ("terraform", "-chdir=infra")
    return [
        (*terraform, "init", "-backend=false", "-input=false"),
        (*terraform, "validate"),
        (*terraform, "fmt", "-check", "-diff", "-recursive"),
        (*terraform, "test"),
    ]


def plan_runs(test_file: Mapping[str, Any]) -> dict[str, Plan]:
    """The plan of each run of a .tftest.json by the run's name; raises TerraformFailed.

    Its mocked providers stand for the cloud: no account is needed, and what only the cloud would make up
    (addresses, numbers) is known. Terraform works in a copy, which leaves the checkout as it was.
    """
    with tempfile.TemporaryDirectory(prefix="rbm-plan-") as home:
        folder = _copy_configuration(Path(home))
        plans = folder / "plans"
        plans.mkdir()
        (plans / "plans.tftest.json").write_text(json.dumps(test_file))
        _run_terraform(folder, "init", "-backend=false", "-input=false")
        report = _run_terraform(folder, "test", "-json", "-verbose", "-test-directory=plans")
    return dict(_find_plans(report))


def _copy_configuration(home: Path) -> Path:
    """The folder as it is deployed from, with the functions beside it."""
    left_out = shutil.ignore_patterns("rbm_ops", "screenshots", ".terraform*", "*.tfstate*", "__pycache__")
    shutil.copytree(_ROOT / "functions", home / "functions", ignore=left_out)
    return Path(shutil.copytree(_ROOT / "infra", home / "infra", ignore=left_out))


def _run_terraform(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["terraform", *arguments],
        cwd=folder,
        env={**os.environ, **_find_providers(), "TF_IN_AUTOMATION": "1"},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    if done.returncode:
        raise TerraformFailed("\n".join((*_find_errors(done.stdout), done.stderr)))
    return done.stdout


def _find_providers() -> dict[str, str]:
    """The variable by which Terraform takes its providers from beside the checkout, where they are."""
    offline_check = find_offline_check()
    if offline_check is None:
        return {}
    exports = subprocess.run(
        [offline_check.with_name("setup")],
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=True,
    ).stdout
    words = (word for word in shlex.split(exports, comments=True) if "=" in word)
    return dict(word.rstrip(";").split("=", 1) for word in words)


def _find_plans(report: str) -> Iterator[tuple[str, Plan]]:
    for message in map(json.loads, report.splitlines()):
        if message["type"] == "test_plan":
            yield message["@testrun"], message["test_plan"]


def _find_errors(output: str) -> Iterator[str]:
    """Of the JSON that `terraform test` prints, what is wrong; other output as it is."""
    for line in output.splitlines():
        if not line.startswith("{"):
            yield line
            continue
        message = json.loads(line)
        if message["@level"] == "error":
            yield f"{message['@message']} {message.get('diagnostic', {}).get('detail', '')}"
