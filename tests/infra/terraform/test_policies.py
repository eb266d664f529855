"""checkov finds nothing in what is planned; each rule that it leaves out has its reason."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.infra.terraform.plans import Plan

from rbm_ops.check import CHECKOV

_ROOT = Path(__file__).parents[3]
_TIMEOUT_SECONDS = 600


def test_plan_of_everything_breaks_no_policy(plans: dict[str, Plan], tmp_path: Path) -> None:
    """`rbm check policies` reads the configuration; this reads the values that come of it."""
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plans["everything"].as_terraform_shows_it()))
    uv = Path(sys.executable).with_name(CHECKOV[0])
    scanned = subprocess.run(
        [uv, *CHECKOV[1:], "--framework", "terraform_plan", "--file", str(file), "--output", "json"],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    found = json.loads(scanned.stdout)
    assert found["summary"]["passed"] > 50
    assert [(check["check_id"], check["resource"]) for check in found["results"]["failed_checks"]] == []


def test_every_rule_left_out_has_its_reason() -> None:
    left_out = re.findall(r"^  - CKV_GCP_\d+(.*)$", (_ROOT / ".checkov.yaml").read_text(), re.MULTILINE)
    assert left_out
    assert all(re.fullmatch(r" # .{8,}", reason) for reason in left_out)
