"""All variants are planned once, by the code that `rbm check` uses too; deploy.sh is asked once."""

import os
import shutil

import pytest
from tests.infra.terraform.deploy_script import GcloudCommand, parse_gcloud, print_commands
from tests.infra.terraform.plans import Plan
from tests.infra.terraform.variants import VARIANTS, make_test_file

from rbm_ops.terraform import plan_runs

_NO_TERRAFORM = "These tests need terraform, 1.11 or later, on the PATH."


@pytest.fixture(scope="session")
def plans() -> dict[str, Plan]:
    """By the name of the variant."""
    if not shutil.which("terraform"):
        if os.environ.get("CI"):
            pytest.fail(_NO_TERRAFORM)
        pytest.skip(_NO_TERRAFORM)
    return {name: Plan(planned) for name, planned in plan_runs(make_test_file()).items()}


@pytest.fixture(params=VARIANTS)
def any_plan(plans: dict[str, Plan], request: pytest.FixtureRequest) -> Plan:
    """Each variant in turn: what must hold in all of them."""
    return plans[request.param]


@pytest.fixture
def default_plan(plans: dict[str, Plan]) -> Plan:
    return plans["invoker"]


@pytest.fixture(scope="session")
def commands() -> list[GcloudCommand]:
    """Those of gcloud in infra/deploy.sh."""
    return [parse_gcloud(command) for command in print_commands() if command[0] == "gcloud"]
