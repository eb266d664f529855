"""Who may load what: a service that only builds requests, and the functions themselves."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.functions.entrypoints.serving import FUNCTIONS
from tests.test_architecture import SOURCE, find_imports

LOADED = """
import sys
before = set(sys.modules)  # the names that Google's packages share are there from the start
import rbm_ledger.client
new = {name.partition(".")[0] for name in sys.modules.keys() - before}
print(sorted(new - sys.stdlib_module_names))
"""


def test_client_loads_no_other_package_until_it_connects() -> None:
    loaded = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "['rbm_ledger']"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_never_imports_the_client(name: str) -> None:
    assert not [module for module in find_imports(SOURCE / f"{name}.py") if "rbm_ledger.client" in module]


def test_only_the_connection_talks_to_google() -> None:
    files = Path(SOURCE, "rbm_ledger", "client").glob("*.py")
    talking = {file.name for file in files if any(name.startswith("google") for name in find_imports(file))}
    assert talking == {"ledger_client.py"}
