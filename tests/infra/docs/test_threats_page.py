"""THREATS.md and PERSONAL_DATA.md: what they name as shown by tests is; what they count is so many."""

import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[3]
_FOLDER = _ROOT / "infra" / "docs"
_PAGES = {name: (_FOLDER / name).read_text() for name in ("THREATS.md", "PERSONAL_DATA.md")}
_THREATS = _PAGES["THREATS.md"]


@pytest.mark.parametrize("page", _PAGES)
def test_every_file_of_tests_that_is_named_exists(page: str) -> None:
    named = re.findall(r"`(?:tests/)?([\w/]+\.py)`", _PAGES[page])
    assert named
    missing = [
        file for file in named if "\ndef test_" not in _read(file) and "\nasync def test_" not in _read(file)
    ]
    assert missing == []


def _read(file: str) -> str:
    path = _ROOT / "tests" / file
    return path.read_text() if path.is_file() else ""


@pytest.mark.parametrize("page", _PAGES)
def test_links_lead_somewhere(page: str) -> None:
    assert [
        link for link in re.findall(r"\]\(([^)]+)\)", _PAGES[page]) if not (_FOLDER / link).is_file()
    ] == []


def test_pins_are_as_many_as_the_page_says() -> None:
    pins = re.findall(r"(?m)^[\w.-]+==", (_ROOT / "functions" / "requirements.txt").read_text())
    assert f"{len(pins)} pins with hashes" in _THREATS


def test_every_actor_has_every_cell() -> None:
    table = _THREATS.partition("## Who could try")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    assert len(rows) > 15
    assert {len(row) for row in rows} == {5}
