"""The rules of DESIGN, section 9: who may import whom, what is deployed, and with which packages."""

import ast
import json
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.functions.entrypoints.asgi import call_function, load_function
from tests.functions.entrypoints.serving import FUNCTIONS

from rbm_ops.local.addresses import PORT_NAMES

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "functions"
TOP_LEVEL = {"README.md", "LICENSE", "pyproject.toml", "cloudbuild.yaml", "functions", "infra", "tests"}

# Together they let every function load.
SETTINGS = {
    "GOOGLE_CLOUD_PROJECT": "some-project",
    "RBM_EVENTS_TOPIC": "rbm-events",
    "RBM_CLIENT_TOKENS": '{"": ["TOKEN"]}',
}


# Imports


def test_contracts_of_the_import_linter_are_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    linted = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert re.search(r"Contracts: [1-9]\d* kept, 0 broken", linted.stdout), linted.stdout + linted.stderr
    assert linted.returncode == 0


ALLOWED = {
    "domain": ("rbm_ledger.domain",),
    "usecases": ("rbm_ledger.domain", "rbm_ledger.usecases"),
    "adapters": ("rbm_ledger.domain", "rbm_ledger.adapters", "google", "grpc", "urllib3"),
    "client": ("rbm_ledger.domain", "rbm_ledger.client", "google"),
}


@pytest.mark.parametrize(("layer", "allowed"), ALLOWED.items(), ids=ALLOWED)
def test_layer_imports_what_it_may_and_the_standard_library(layer: str, allowed: tuple[str, ...]) -> None:
    files = sorted((SOURCE / "rbm_ledger" / layer).glob("*.py"))
    assert files
    for file in files:
        strangers = [
            module
            for module in find_imports(file)
            if module.partition(".")[0] not in sys.stdlib_module_names
            and not any(module == name or module.startswith(f"{name}.") for name in allowed)
        ]
        assert strangers == [], f"{file.relative_to(ROOT)} imports {strangers}"


def test_nothing_imports_an_entry_point() -> None:
    for file in (*SOURCE.rglob("*.py"), *(ROOT / "infra").rglob("*.py")):
        assert set(FUNCTIONS).isdisjoint(find_imports(file)), file.relative_to(ROOT)


def test_deployed_source_never_imports_what_people_run() -> None:
    for file in SOURCE.rglob("*.py"):
        assert "rbm_ops" not in {module.partition(".")[0] for module in find_imports(file)}, file.name


def find_imports(file: Path) -> Iterator[str]:
    """The full name of every module that this file imports."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports by a relative name"
            yield node.module or ""


# What is deployed


def test_project_has_no_other_top_level_entries() -> None:
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith((".", "__"))}
    assert found <= TOP_LEVEL


def test_deployed_folder_holds_the_functions_their_package_and_their_requirements() -> None:
    found = {path.name for path in SOURCE.iterdir() if not path.name.startswith((".", "__"))}
    assert found == {f"{name}.py" for name in FUNCTIONS} | {"rbm_ledger", "requirements.txt"}


def test_local_cloud_serves_every_function() -> None:
    assert set(FUNCTIONS) < set(PORT_NAMES)


@pytest.mark.parametrize("name", FUNCTIONS)
async def test_function_stands_under_its_own_name_and_boots(name: str) -> None:
    answer = await call_function(load_function(name, SETTINGS), method="GET")
    assert (answer.status, answer.body) == (405, b"Only POST is answered here.\n")


BOOT_ALL = """
import sys
source, site_packages, *functions = sys.argv[1:]
sys.path.append(site_packages)
from functions_framework import create_app
for name in functions:
    create_app(name, f"{source}/{name}.py")
import rbm_ledger
print(rbm_ledger.__file__)
"""


def test_deployed_folder_boots_alone(tmp_path: Path) -> None:
    """As in the cloud: a copy of the folder, and the packages; `-S` hides the checkout that is installed."""
    copy = shutil.copytree(SOURCE, tmp_path / "functions", ignore=shutil.ignore_patterns("__pycache__"))
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        BOOT_ALL,
        str(copy),
        sysconfig.get_path("purelib"),
        *FUNCTIONS,
    ]
    booted = subprocess.run(
        command, cwd=tmp_path, env=SETTINGS, capture_output=True, text=True, timeout=60, check=False
    )
    assert booted.returncode == 0, booted.stderr
    *started, package = booted.stdout.splitlines()
    assert [json.loads(line)["event"] for line in started] == [f"{name}_started" for name in FUNCTIONS]
    assert Path(package) == copy / "rbm_ledger" / "__init__.py"
