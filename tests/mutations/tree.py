"""A copy of the repository with an environment of its own, to plant bugs in.

The environment has the packages of the one that runs, but not its editable install: that one names the real
tree, and functions are served with no PYTHONPATH at all.
"""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mutations.bug import Bug

from rbm_ops.terraform import find_offline_check

ROOT = Path(__file__).parents[2]
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", ".terraform*", "*.tfstate*"
)
_ENVIRONMENT = ".venv"
# Programs of the environment that tests start by their place beside the interpreter.
_PROGRAMS = ("functions-framework", "lint-imports", "rbm")
_NOT_INHERITED = ("PYTHONPATH", "PYTHONHOME", "PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST", "VIRTUAL_ENV")
_WHERE = "import rbm_ledger, rbm_ops; print(rbm_ledger.__file__, rbm_ops.__file__)"


class WrongTree(Exception):
    """What would be imported is not the copy: nothing that is seen there would count."""


@dataclass(frozen=True, slots=True)
class Tree:
    root: Path

    @property
    def python(self) -> str:
        return str(self.root / _ENVIRONMENT / "bin" / "python")

    @property
    def environ(self) -> dict[str, str]:
        offline_check = find_offline_check()
        beside = {"TERRAFORM_OFFLINE_CHECK": str(offline_check.resolve())} if offline_check else {}
        inherited = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
        return {**inherited, **beside}

    @contextlib.contextmanager
    def planted(self, bug: Bug) -> Iterator[None]:
        file = self.root / bug.file
        sound = file.read_text()
        self._write(file, plant(sound, bug))
        try:
            yield
        finally:
            self._write(file, sound)

    def _write(self, file: Path, text: str) -> None:
        """Byte code is told from its source by second and size alone: that of the other text must go."""
        file.write_text(text)
        if file.suffix == ".py":
            Path(importlib.util.cache_from_source(str(file))).unlink(missing_ok=True)


def plant(text: str, bug: Bug) -> str:
    assert text.count(bug.old) == 1, f"{bug.name}: {bug.file} has its text {text.count(bug.old)} times"
    return text.replace(bug.old, bug.new)


def copy_tree(home: Path) -> Tree:
    """Raises WrongTree where the copy would run the real tree's code."""
    tree = Tree(Path(shutil.copytree(ROOT, home / "tree", ignore=_LEFT_OUT)))
    environment = tree.root / _ENVIRONMENT
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(environment)}))
    found = (tree.root / "functions", tree.root / "infra", Path(sysconfig.get_path("purelib")))
    packages.joinpath("copied.pth").write_text("".join(f"{folder}\n" for folder in found))
    for name in _PROGRAMS:
        _copy_program(Path(sys.executable).with_name(name), environment / "bin" / name, tree.python)
    _check_imports(tree)
    return tree


def _copy_program(program: Path, copy: Path, python: str) -> None:
    _, _, script = program.read_text().partition("\n")
    copy.write_text(f"#!{python}\n{script}")
    copy.chmod(0o755)


def _check_imports(tree: Tree) -> None:
    command = [tree.python, "-c", _WHERE]
    asked = subprocess.run(
        command, cwd=tree.root, env=tree.environ, capture_output=True, text=True, check=False
    )
    files = asked.stdout.split()
    if len(files) != 2 or not all(Path(file).is_relative_to(tree.root) for file in files):
        raise WrongTree(asked.stdout + asked.stderr)
