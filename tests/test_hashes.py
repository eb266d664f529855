"""What is installed is what was pinned, byte for byte: pip refuses the rest, as our commands call it."""

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
_KIND = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """That of `pinned`; one of `other` is beside it."""
    make_wheel(tmp_path, "other")
    return make_wheel(tmp_path, "pinned")


def make_wheel(folder: Path, name: str) -> Path:
    file = folder / f"{name}-1.0-py3-none-any.whl"
    about = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{name}.py", "")
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{about}/WHEEL", _KIND)
        archive.writestr(f"{about}/RECORD", "")
    return file


def install(requirements: str, wheel: Path) -> "subprocess.CompletedProcess[str]":
    """As README, Cloud Build and Google's buildpack do: pip, a file, and no option about hashes."""
    file = wheel.with_name("requirements.txt")
    file.write_text(requirements)
    source = ["--no-index", "--find-links", str(wheel.parent), "--target", str(wheel.with_name("installed"))]
    return subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", *source, "-r", str(file)],
        env={name: value for name, value in os.environ.items() if not name.startswith("PIP_")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def pin(wheel: Path) -> str:
    return f"pinned==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def test_package_with_its_hash_is_installed(wheel: Path) -> None:
    installed = install(pin(wheel), wheel)
    assert installed.returncode == 0, installed.stderr
    assert wheel.with_name("installed").joinpath("pinned.py").exists()


def test_package_that_was_changed_under_its_name_is_refused(wheel: Path) -> None:
    pinned = pin(wheel)
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("hostile.py", "")
    refused = install(pinned, wheel)
    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    assert not wheel.with_name("installed").exists()


@pytest.mark.parametrize("unpinned", ["other\n", "other==1.0\n"])
def test_package_without_a_hash_beside_one_that_has_one_is_refused(wheel: Path, unpinned: str) -> None:
    refused = install(pin(wheel) + unpinned, wheel)
    assert refused.returncode != 0
    assert re.search("--require-hashes mode|hashes are required", refused.stderr, re.IGNORECASE)


def test_all_that_installs_what_is_deployed_leaves_the_hashes_on() -> None:
    """With a hash in the file, pip wants one of every package; nothing of ours takes that back."""
    build = yaml.safe_load((ROOT / "cloudbuild.yaml").read_text())
    texts = [(ROOT / "README.md").read_text(), *(str(step.get("args", "")) for step in build["steps"])]
    installs = re.findall(r"pip install [^&\n;]*", "\n".join(texts).replace("\\n", "\n"))
    deployed = [command for command in installs if "functions/requirements.txt" in command]
    assert len(deployed) >= 3
    for command in deployed:
        assert re.fullmatch(r"pip install -q -r functions/requirements\.txt *", command), command
