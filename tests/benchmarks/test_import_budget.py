"""What each function may import, counted in an interpreter of its own: a cold start is mostly imports.

`modules` are those of packages and of ours, beyond what the framework's async server imports by itself; how
many of Python's own there are depends on its version. `ratio` is of all modules to the framework's. A budget
with more than 5 % to spare fails too, so that the table says what is true.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pytest
from tests.functions.entrypoints.serving import FUNCTIONS_FOLDER, environment

from rbm_ops.bench.imports import LOAD_IDENTITY
from rbm_ops.local.addresses import choose_addresses
from rbm_ops.local.cloud import function_commands


@dataclass(frozen=True, slots=True)
class Budget:
    """`heavy`: those of HEAVY that it needs, and no other."""

    modules: int
    ratio: float
    heavy: frozenset[str] = frozenset()


# What comes with Google's client libraries, or is not deployed at all.
HEAVY = (
    *("aiohttp", "cryptography", "google.api_core", "google.auth", "google.cloud.firestore"),
    *("google.cloud.firestore_v1", "google.cloud.pubsub_v1", "google.iam", "google.oauth2"),
    *("google.pubsub_v1", "msgspec", "opentelemetry", "proto", "pyasn1", "requests", "urllib3"),
)
_KEY_FILE = frozenset({"cryptography", "google.auth", "google.oauth2", "urllib3"})
_IDENTITY = _KEY_FILE | {"requests"}

# On emulators, and with all that a first call in the cloud needs: an identity.
LOCAL = {
    "webhook": Budget(modules=127, ratio=1.32, heavy=frozenset({"proto"})),
    "correlate": Budget(modules=160, ratio=1.4, heavy=frozenset({"proto"})),
    "send": Budget(modules=206, ratio=1.52, heavy=frozenset({"proto", "urllib3"})),
}
CLOUD = {
    "webhook": Budget(modules=333, ratio=1.87, heavy=_IDENTITY | {"proto"}),
    "correlate": Budget(modules=366, ratio=1.95, heavy=_IDENTITY | {"proto"}),
    "send": Budget(modules=385, ratio=2.0, heavy=_IDENTITY | {"proto"}),
}
BUDGETS = {
    (name, place): budget
    for place, budgets in (("local", LOCAL), ("cloud", CLOUD))
    for name, budget in budgets.items()
}

_SPARE = 0.05
_FRAMEWORK = "import functions_framework.aio"
_STATEMENTS = {"local": "import {}", "cloud": f"import {{}}; {LOAD_IDENTITY}"}
# What a function logs at its start comes first.
_LIST_MODULES = "import json, sys; {}; print(); print(json.dumps(sorted(sys.modules)))"


@cache
def imported(name: str, place: str) -> frozenset[str]:
    return list_modules(_STATEMENTS[place].format(name), name)


@cache
def list_modules(statement: str, name: str = "") -> frozenset[str]:
    """With the settings of the local cloud, in the folder that is deployed."""
    listed = subprocess.run(
        [sys.executable, "-c", _LIST_MODULES.format(statement)],
        cwd=FUNCTIONS_FOLDER,
        env=environment(settings().get(name, {})),
        capture_output=True,
        text=True,
        check=True,
    )
    return frozenset(json.loads(listed.stdout.splitlines()[-1]))


@cache
def settings() -> dict[str, Mapping[str, str]]:
    addresses = choose_addresses(None, emulators={})
    return {command.name: command.environment or {} for command in function_commands(addresses)}


def of_packages(modules: frozenset[str]) -> set[str]:
    return {name for name in modules if name.partition(".")[0] not in sys.stdlib_module_names}


def measure(name: str, place: str) -> dict[str, float]:
    modules, framework = imported(name, place), list_modules(_FRAMEWORK)
    return {
        "modules": len(of_packages(modules) - framework),
        "ratio": round(len(modules) / len(framework), 2),
    }


@pytest.mark.parametrize(("name", "place"), BUDGETS)
@pytest.mark.parametrize("figure", ["modules", "ratio"])
def test_function_imports_what_its_budget_says(name: str, place: str, figure: str) -> None:
    found, allowed = measure(name, place)[figure], getattr(BUDGETS[name, place], figure)
    assert found <= allowed, f"{name} imports more; by package: {count_by_package(name, place)}"
    assert found >= allowed * (1 - _SPARE), f"{name} imports less: set {figure}={found}"


@pytest.mark.parametrize(("name", "place"), BUDGETS)
def test_function_imports_no_heavy_package_but_its_own(name: str, place: str) -> None:
    assert set(HEAVY) & imported(name, place) == BUDGETS[name, place].heavy


def count_by_package(name: str, place: str) -> dict[str, int]:
    """The largest first."""
    added = of_packages(imported(name, place)) - list_modules(_FRAMEWORK)
    counts = Counter(".".join(module.split(".")[:2]) for module in added)
    return dict(counts.most_common(15))
