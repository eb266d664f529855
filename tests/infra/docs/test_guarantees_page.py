"""GUARANTEES.md: every promise has a test, every test that it names exists, every link leads somewhere."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[3]
_PAGE = _ROOT / "infra" / "docs" / "GUARANTEES.md"
_TEXT = _PAGE.read_text()
_PROMISED, _, _NOT_PROMISED = _TEXT.partition("\n## Not promised\n")
_TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")


def find_rows(text: str) -> dict[str, str]:
    """By its first cell, the last one of each row of every table."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {row[0]: row[-1] for row in rows if row[-1] != "shown by"}


@cache
def find_tests(file: Path) -> frozenset[str]:
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    return frozenset(node.name for node in ast.parse(file.read_text()).body if isinstance(node, functions))


@pytest.mark.parametrize(("file", "test"), sorted(set(_TEST.findall(_TEXT))))
def test_named_test_exists(file: str, test: str) -> None:
    assert test.startswith("test_")
    assert test in find_tests(_ROOT / "tests" / file)


@pytest.mark.parametrize(("promise", "shown_by"), find_rows(_PROMISED).items())
def test_every_promise_is_shown_by_a_test(promise: str, shown_by: str) -> None:
    assert _TEST.search(shown_by)
    assert _TEST.sub("", shown_by).strip(", ") == ""


@pytest.mark.parametrize(("limit", "shown_by"), find_rows(_NOT_PROMISED).items())
def test_every_limit_is_shown_by_a_test_or_says_that_it_is_not(limit: str, shown_by: str) -> None:
    assert shown_by == "–" or _TEST.sub("", shown_by).strip(", ") == ""


def test_rows_are_told_apart() -> None:
    lines = [line for line in _TEXT.splitlines() if line.startswith("| ") and "| shown by |" not in line]
    assert len(lines) == len(find_rows(_PROMISED)) + len(find_rows(_NOT_PROMISED))


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)]+)\)", _TEXT))
def test_link_leads_somewhere(target: str) -> None:
    assert (_PAGE.parent / target).exists()
