"""cloudbuild.yaml is what Cloud Build takes, checks all that `rbm check` does, and gives nothing away."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from rbm_ops.check import STEPS
from rbm_ops.cli import COMMANDS

_ROOT = Path(__file__).parents[2]
_TEXT = (_ROOT / "cloudbuild.yaml").read_text()
_ORDER = [
    *("terraform", "install", "lint", "types", "audit", "policies", "tests", "faults", "terraform-tests"),
    *("plan", "apply", "smoke"),
]
# Cloud Build knows these by itself.
_BUILT_IN = {"PROJECT_ID", "BUILD_ID"}


@pytest.fixture(scope="module")
def build() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load(_TEXT)
    return parsed


@pytest.fixture(scope="module")
def commands(build: dict[str, Any]) -> dict[str, str]:
    """What each step runs, as one text."""
    return {step["id"]: " ".join((step["entrypoint"], *step["args"])) for step in build["steps"]}


def test_steps_come_in_order(build: dict[str, Any]) -> None:
    assert [step["id"] for step in build["steps"]] == _ORDER
    # None starts before the one above it has ended.
    assert not any("waitFor" in step for step in build["steps"])


def test_every_step_of_rbm_check_is_run(commands: dict[str, str]) -> None:
    run = " ".join(re.findall(r"rbm check([ \w-]+)", "\n".join(commands.values())))
    assert sorted(run.split()) == sorted(STEPS)


def test_substitutions_are_declared_and_used(build: dict[str, Any]) -> None:
    used = set(re.findall(r"\$\{?([A-Z_]+)", re.sub(r"^ *#.*$", "", _TEXT, flags=re.MULTILINE)))
    assert used == set(build["substitutions"]) | _BUILT_IN


def test_nothing_is_applied_unless_somebody_says_so(build: dict[str, Any], commands: dict[str, str]) -> None:
    assert build["substitutions"]["_APPLY"] == "false"
    for name in ("apply", "smoke"):
        guarded = commands[name].partition('if [ "${_APPLY}" != true ]; then')[2]
        assert "exit 0" in guarded.partition("fi")[0]
    applying = [name for name, command in commands.items() if "terraform apply" in command]
    assert applying == ["apply"]


def test_what_is_applied_is_what_was_planned(build: dict[str, Any], commands: dict[str, str]) -> None:
    assert "-out=plan.tfplan" in commands["plan"]
    assert commands["apply"].rstrip().endswith("plan.tfplan")
    assert set(build["artifacts"]["objects"]["paths"]) == {"infra/plan.txt", "infra/plan.json"}


def test_build_runs_as_an_account_of_its_own_and_logs_to_cloud_logging(build: dict[str, Any]) -> None:
    account = build["serviceAccount"].rpartition("/")[2]
    assert account == "rbm-deploy@${PROJECT_ID}.iam.gserviceaccount.com"
    assert build["options"]["logging"] == "CLOUD_LOGGING_ONLY"


def test_every_remote_step_has_a_time_limit_within_that_of_the_build(build: dict[str, Any]) -> None:
    limits = {
        step["id"]: int(step["timeout"].removesuffix("s")) for step in build["steps"] if "timeout" in step
    }
    assert limits.keys() >= {"install", "tests", "faults", "terraform-tests", "plan", "apply", "smoke"}
    assert sum(limits.values()) <= int(build["timeout"].removesuffix("s"))


def test_images_have_a_version(build: dict[str, Any]) -> None:
    for step in build["steps"]:
        image = build["substitutions"][step["name"].strip("${}")]
        assert re.search(r":\d[\w.-]+$|@sha256:[0-9a-f]{64}$", image), image


def test_secret_goes_from_a_file_to_rbm_and_nowhere_else(commands: dict[str, str]) -> None:
    assert [name for name, command in commands.items() if "gcloud secrets" in command] == ["smoke"]
    fetch, use = (line.strip() for line in commands["smoke"].splitlines() if "tokens.json" in line)
    assert re.fullmatch(
        r"gcloud secrets versions access latest --secret=\S+ --out-file=/tmp/tokens.json", fetch
    )
    assert re.search(r"\| \S+/rbm smoke .*--tokens-file /tmp/tokens.json$", use)
    assert not any(re.search(r"bash.* -\w*x|set -\w*x", command) for command in commands.values())


def test_what_is_named_exists(commands: dict[str, str]) -> None:
    text = "\n".join(commands.values())
    assert set(re.findall(r"bin/rbm (\w+)", text)) <= set(COMMANDS)
    assert all((_ROOT / path).is_file() for path in re.findall(r"-r (\S+)", text))


def test_variables_of_an_environment_have_an_example(build: dict[str, Any]) -> None:
    assert (_ROOT / "infra" / f"{build['substitutions']['_VAR_FILE']}.example").is_file()
