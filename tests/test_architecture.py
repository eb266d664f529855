"""The rules of DESIGN, section 9: who may import whom, what is deployed, and with which packages."""

import ast
import importlib.metadata
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from rbm_ops.local.addresses import PORT_NAMES

from .functions.entrypoints.asgi import call_function, load_function
from .functions.entrypoints.serving import FUNCTIONS

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
    """As in the cloud: a copy of the folder and the packages; `-S` hides the checkout that is installed here."""
    copy = shutil.copytree(SOURCE, tmp_path / "functions", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-I", "-S", "-c", BOOT_ALL, str(copy), sysconfig.get_path("purelib"), *FUNCTIONS]
    booted = subprocess.run(
        command, cwd=tmp_path, env=SETTINGS, capture_output=True, text=True, timeout=60, check=False
    )
    assert booted.returncode == 0, booted.stderr
    assert Path(booted.stdout.strip()) == copy / "rbm_ledger" / "__init__.py"


# Its packages


@dataclass(frozen=True, slots=True)
class Pin:
    """One line of functions/requirements.txt."""

    requirement: Requirement
    hashes: tuple[str, ...]

    @property
    def version(self) -> str:
        [specifier] = self.requirement.specifier
        return specifier.version

    @property
    def applies(self) -> bool:
        """Whether it is for a Python like this one."""
        return applies(self.requirement)


Pins = Mapping[str, Pin]
REQUIREMENTS = (SOURCE / "requirements.txt").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def read_pins(text: str) -> Pins:
    """By canonical name; fails on a line that is anything else than a pin."""
    logical = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^\s*#.*\n", "", text))
    pins = {}
    for line in filter(None, logical.splitlines()):
        spelled, *hashes = line.split(" --hash=")
        requirement = Requirement(spelled)
        assert [each.operator for each in requirement.specifier] == ["=="], f"{spelled} is not pinned"
        pins[canonicalize_name(requirement.name)] = Pin(requirement, tuple(map(str.strip, hashes)))
    return pins


def applies(requirement: Requirement, extra: str = "") -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def find_stale(dependencies: Iterable[str], pins: Pins) -> list[str]:
    """What the pins do not satisfy of these dependencies."""
    stale = []
    for requirement in filter(applies, map(Requirement, dependencies)):
        pin = pins.get(canonicalize_name(requirement.name))
        if pin is None or not requirement.specifier.contains(pin.version, prereleases=True):
            stale.append(f"{requirement} ({f'pinned is {pin.version}' if pin else 'not pinned'})")
    return stale


def assert_fresh(dependencies: Iterable[str], text: str = REQUIREMENTS) -> None:
    stale = find_stale(dependencies, read_pins(text))
    command = text.splitlines()[1].lstrip("# ")
    assert not stale, (
        f"functions/requirements.txt is older than pyproject.toml: {', '.join(stale)}. Make it anew: {command}"
    )


def find_needed(dependencies: Iterable[str]) -> dict[str, set[str]]:
    """Every installed package that these dependencies need here, all the way down, and who needs it."""
    needed: dict[str, set[str]] = {}
    waiting = [("pyproject.toml", Requirement(each)) for each in dependencies]
    seen = set()
    while waiting:
        needer, requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        needed.setdefault(name, set()).add(needer)
        for extra in ("", *requirement.extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            further = map(Requirement, importlib.metadata.requires(name) or ())
            waiting += [(name, each) for each in further if applies(each, extra)]
    return needed


def test_requirements_name_the_command_that_makes_them() -> None:
    command = REQUIREMENTS.splitlines()[1]
    assert re.fullmatch(r"#\s+uv pip compile pyproject\.toml .*--generate-hashes .*-o functions/requirements\.txt", command)


def test_requirements_satisfy_the_project() -> None:
    assert_fresh(PROJECT["dependencies"])


CHANGES = {
    "a dependency was added": ["no-such-package-yet>=1"],
    "a lower bound was raised": ["google-auth>=9999"],
    "an upper bound was lowered": ["urllib3<1"],
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
def test_requirements_that_are_stale_fail_with_the_command_that_mends_them(changed: list[str]) -> None:
    with pytest.raises(AssertionError) as failed:
        assert_fresh([*PROJECT["dependencies"], *changed])
    assert changed[0] in str(failed.value)
    assert "Make it anew: uv pip compile pyproject.toml" in str(failed.value)


def test_requirements_are_all_pinned_with_hashes() -> None:
    pins = read_pins(REQUIREMENTS)
    assert len(pins) > len(PROJECT["dependencies"])
    for pin in pins.values():
        assert pin.hashes, f"{pin.requirement} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in pin.hashes)


def test_line_that_pins_nothing_is_noticed() -> None:
    with pytest.raises(AssertionError, match="not pinned"):
        read_pins("flask>=3 \\\n    --hash=sha256:00\n")


def test_requirements_are_closed_and_hold_nothing_that_is_not_needed() -> None:
    """So no test tool can be among them, and pip with hashes finds all it wants."""
    here = {name for name, pin in read_pins(REQUIREMENTS).items() if pin.applies}
    needed = find_needed(PROJECT["dependencies"])
    missing = {name: sorted(needers) for name, needers in needed.items() if name not in here}
    assert missing == {}, f"needed and not pinned: {missing}"
    assert here - needed.keys() == set()


def test_requirements_hold_no_test_tool() -> None:
    tools = {"pytest", "pytest-asyncio", "hypothesis", "mypy", "ruff", "import-linter", "uv", "aiohttp", "rich"}
    named = {canonicalize_name(Requirement(each).name) for each in PROJECT["optional-dependencies"]["dev"]}
    assert len(tools & named) > 5
    assert tools.isdisjoint(read_pins(REQUIREMENTS))


def test_installed_here_is_what_is_deployed() -> None:
    pins = read_pins(REQUIREMENTS).items()
    pinned = {name: pin.version for name, pin in pins if pin.applies}
    installed = {name: importlib.metadata.version(name) for name in pinned}
    assert installed == pinned, "Install what is pinned: pip install -r functions/requirements.txt"


def test_requirements_leave_the_registry_to_whoever_installs() -> None:
    assert "://" not in REQUIREMENTS
    assert "--index-url" not in REQUIREMENTS
