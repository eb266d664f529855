"""functions/requirements.txt: what pyproject.toml asks for, all of it pinned, and nothing else."""

import importlib.metadata
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "functions"


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
    assert not stale, f"functions/requirements.txt is stale: {', '.join(stale)}. Make it anew: {command}"


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
    assert re.fullmatch(
        r"#\s+uv pip compile pyproject\.toml .*--generate-hashes .*-o functions/requirements\.txt", command
    )


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
    tools = {
        "pytest",
        "pytest-asyncio",
        "hypothesis",
        "mypy",
        "ruff",
        "import-linter",
        "uv",
        "aiohttp",
        "rich",
    }
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
